"""What happens when a run asks whether it is its turn (domain.md B): increments in sequence, provinces after banks."""

from reconciliation import queries, turn
from reconciliation.flows import overtaking
from reconciliation.flows.stage import moving
from reconciliation.flows.work import Work
from reconciliation.models import Run
from reconciliation.states import RunState


def take_turn(work: Work) -> bool:
    """Let the run go on, or note what it waits for; people may have let it go before its turn."""
    with moving(work.run, RunState.OPENED) as run:
        overtaking.by_earlier_full(run, now=work.now())
        if run.state != RunState.OPENED:
            return False
        obstacle = None if run.released_by_id else _obstacle(run)
        if obstacle is None:
            run.take_turn()
        else:
            run.waits_for, run.waits_for_what = obstacle[0], obstacle[1][:400]
        run.save()
    return obstacle is None


def _obstacle(run: Run) -> tuple[str, str] | None:
    return turn.first_obstacle(
        predecessors=set(queries.predecessors(run)), banks=set(queries.uneven_banks(run))
    )
