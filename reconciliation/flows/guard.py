"""What happens when a full list would end much of our book: the run stops until people say that it is right
(domain.md B, the shrink guard). Everything else goes on by itself.
"""

from reconciliation import queries
from reconciliation.flows.stage import moving
from reconciliation.flows.work import Work
from reconciliation.models import Discrepancy, Run
from reconciliation.shrinkage import is_too_much
from reconciliation.states import ENDING, DiscrepancyState, Period, RunState, Side


def pass_or_stop(work: Work) -> bool:
    """Approve the run, or stop it where it would end more than the guard lets pass."""
    with moving(work.run, RunState.MATCHED) as run:
        run.shrink_count = would_end(run)
        permille = queries.guard_of(run.partner_id).shrink_permille
        stops = run.period == Period.FULL and is_too_much(
            ending=run.shrink_count, standing=_book_size(run), permille=permille
        )
        if stops:
            run.stop()
        else:
            run.approve(by_id=None)
        run.save()
    return not stops


def would_end(run: Run) -> int:
    """Return how many contracts the run would end as things stand."""
    found = Discrepancy.objects.filter(run=run, round=run.round, state=DiscrepancyState.OPEN)
    return found.filter(treatment__in=ENDING).count()


def _book_size(run: Run) -> int:
    """The size of the book that would shrink: ours, or the province's."""
    return (run.our_count if run.side == Side.BANK else run.their_count) or 0
