"""The way of a run, stage by stage: what is done and when, where it stands, and what it waits for in plain words."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from reconciliation.models import Run
from reconciliation.states import RunState, Side, Waiting
from unipay import clock
from unipay.backoffice.admin.stages import Progress, Stage

# The state in which a run is still working at the stage, in order; a run that has passed it is at a later one.
_OF_BANK = (RunState.OPENED, RunState.RECEIVED, RunState.MATCHED, RunState.APPROVED, RunState.CORRECTED)
_OF_PROVINCE = (*_OF_BANK[:4], RunState.EXPORTED, RunState.ANSWERED)


def stages(run: Run) -> list[Stage]:
    """Return the stages of the run."""
    order = _OF_BANK if run.side == Side.BANK else _OF_PROVINCE
    file = Stage(_("file accepted"), run.file.settled_at or run.opened_at, Progress.DONE)
    reached = _reached(run, order)
    return [
        file,
        *(_stage(run, state, place, reached) for place, state in enumerate(order[:-1])),
        *_end(run),
    ]


def _reached(run: Run, order: tuple[RunState, ...]) -> int:
    """The place of the stage the run is working at; one past the last for a run that is over."""
    if run.state == RunState.AWAITING_APPROVAL:
        return order.index(RunState.MATCHED)
    if run.state in order:
        return order.index(RunState(run.state))
    if run.state == RunState.CLOSED:
        return len(order)
    return order.index(RunState.MATCHED) if run.matched_at else 0


def _stage(run: Run, state: RunState, place: int, reached: int) -> Stage:
    title, at = _titled(run, state)
    if place < reached:
        return Stage(title, at, Progress.DONE)
    if run.state in (RunState.REFUSED, RunState.OVERTAKEN):
        return Stage(title, None, Progress.SKIPPED)
    if place > reached:
        return Stage(title, None, Progress.TODO)
    is_stopped = run.state == RunState.AWAITING_APPROVAL or bool(run.last_error)
    return Stage(title, None, Progress.STOPPED if is_stopped else Progress.NOW)


def _titled(run: Run, state: RunState) -> tuple[str, datetime | None]:
    match state:
        case RunState.OPENED:
            return _("its turn"), None
        case RunState.RECEIVED:
            return _("compared"), run.matched_at
        case RunState.MATCHED:
            return _("allowed to go on"), None
        case RunState.APPROVED if run.side == Side.PROVINCE:
            return _("correction file sent"), run.exported_at
        case RunState.APPROVED:
            return _("our book corrected"), run.corrected_at
        case _:
            return _("answered by the province"), run.answered_at


def _end(run: Run) -> Iterator[Stage]:
    match run.state:
        case RunState.CLOSED:
            yield Stage(_("closed"), run.closed_at, Progress.DONE)
        case RunState.REFUSED | RunState.OVERTAKEN:
            yield Stage(str(RunState(run.state).label), run.closed_at, Progress.STOPPED)
        case _:
            yield Stage(_("closed"), None, Progress.TODO)


def waits(run: Run) -> str:
    """Return what the run waits for, in a sentence; nothing for one that is over."""
    match run.state:
        case RunState.OPENED:
            return _turn(run)
        case RunState.RECEIVED:
            return _("It is being compared with our book.")
        case RunState.AWAITING_APPROVAL:
            return _(
                "It would end more contracts than may pass unseen: people must say whether that is right."
            )
        case RunState.APPROVED if run.side == Side.PROVINCE:
            return _("The correction file is being written.")
        case RunState.MATCHED | RunState.APPROVED:
            return _("The corrections are being made.")
        case RunState.EXPORTED:
            return _("The province has not answered every line of the correction file yet.")
        case RunState.CORRECTED | RunState.ANSWERED:
            return _("Everything is done; it is about to be closed.")
    return ""


def _turn(run: Run) -> str:
    named = {"what": run.waits_for_what}
    match run.waits_for:
        case Waiting.PREDECESSOR:
            return _("Increments are applied in order; an earlier day is still missing: %(what)s") % named
        case Waiting.BANKS:
            return _("Provinces follow the banks; these banks are not even with us yet: %(what)s") % named
        case Waiting.LAYOUT:
            return _("Nobody has described yet how the correction file is written: %(what)s") % named
    return _("It begins in a moment.")


def failure(run: Run) -> str:
    """Return what went wrong and when it is tried again, in a sentence; nothing where nothing did."""
    if not run.last_error:
        return ""
    at = localtime(run.next_attempt_at, clock.BUSINESS_ZONE) if run.next_attempt_at else None
    said = {"attempts": run.attempts, "at": f"{at:%Y-%m-%d %H:%M}" if at else "—"}
    return _("It failed %(attempts)d times; it is tried again at %(at)s.") % said
