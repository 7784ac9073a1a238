"""What happens when nothing is left to do in a run: it is closed."""

from reconciliation.flows.stage import moving
from reconciliation.flows.work import Work
from reconciliation.states import RunState


def close(work: Work) -> bool:
    """Close a run whose corrections are made, or answered."""
    with moving(work.run, RunState.CORRECTED, RunState.ANSWERED) as run:
        run.close(now=work.now())
        run.save()
    return True
