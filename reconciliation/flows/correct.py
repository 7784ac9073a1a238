"""What happens when our book is made even with the bank's (domain.md B, step 2): each discrepancy is treated as the
table
says, in chunks of one transaction each, so that a crash loses no more than the chunk it broke off.

What ends is done before what changes, and that before what is new: a number that one contract frees may be signed by
another. A collision at any row becomes a case, and the rest goes on.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from reconciliation.flows import correction_chunk, give_back, overtaking
from reconciliation.flows.stage import moving
from reconciliation.flows.work import Work
from reconciliation.matching import carried
from reconciliation.models import Discrepancy, Run
from reconciliation.states import Difference, DiscrepancyState, Period, RunState, Treatment

IN_ORDER = (Treatment.TERMINATE, Treatment.AMEND, Treatment.CREATE, Treatment.CASE)


def correct(work: Work) -> bool:
    """Treat every open discrepancy, and say that our book is even with the bank's."""
    for treatment in IN_ORDER:
        while correction_chunk.correct(work.run, treatment=treatment, now=work.now()):
            pass
    _ignore(work.run, now=work.now())
    give_back.give_back(work.run, now=work.now())
    with moving(work.run, RunState.APPROVED) as run:
        run.correct(now=work.now())
        run.save()
        if run.period == Period.FULL:
            overtaking.increments_by(run, now=work.now())
            carried.to_take_up(run).update(taken_up_by=run)
    return True


@transaction.atomic
def _ignore(run: Run, *, now: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        silent, by_rule = _("The next full list decides."), _("Left as it is, by the treatment rules.")
    left = Discrepancy.objects.filter(
        run=run, round=run.round, state=DiscrepancyState.OPEN, treatment=Treatment.IGNORE
    )
    settled = {"state": DiscrepancyState.IGNORED, "settled_at": now}
    left.filter(difference=Difference.UNCONFIRMED).update(**settled, remark=silent)
    left.update(**settled, remark=by_rule)
