"""What happens when a run's bills are selected (domain.md C3): numbers that changed hands are suspended, a run without
an item is over, one that asks for much waits for people, any other goes on.
"""

from billing.flows import guard_numbers
from billing.flows.debit_stage import Work, moving
from billing.states import RunState


def pass_or_wait(work: Work) -> bool:
    """Let the run pass, or leave it to people; tells whether it goes on by itself."""
    guard_numbers.suspend_changed_hands(work.run, now=work.now())
    with moving(work.run, RunState.SELECTED) as run:
        if not run.item_count:
            run.close(now=work.now())
        elif run.asked_fen > run.arrangement.approve_above_fen:
            run.ask_approval()
        else:
            run.approve(by_id=None)
        run.save()
        return run.state == RunState.APPROVED
