"""The way of a debit run, stage by stage, and what it waits for in plain words."""

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.models import DebitRun
from billing.states import RunState
from unipay import clock
from unipay.backoffice.admin.stages import Progress, Stage

# Allowed to leave, files out, answered: a run without debits never comes to these.
_MIDDLE = range(2, 5)
# How many stages are over in each state; a cancelled run's are told by its times.
_OVER = {
    RunState.OPENED: 1,
    RunState.SELECTED: 2,
    RunState.AWAITING_APPROVAL: 2,
    RunState.APPROVED: 3,
    RunState.SENT: 4,
    RunState.CLOSED: 6,
}


def stages(run: DebitRun) -> list[Stage]:
    """Return the stages of the run."""
    over = _over(run)
    return [Stage(title, at, _progress(run, place, over)) for place, (title, at) in enumerate(_titles(run))]


def waits(run: DebitRun) -> str:
    """Return what the run waits for, in a sentence; nothing for one that is over or stopped."""
    if run.is_stopped:
        return ""
    match run.state:
        case RunState.OPENED:
            return _("Its bills are being selected.")
        case RunState.AWAITING_APPROVAL:
            return _(
                "It asks for more than may leave unseen: somebody must propose to send it, and another approve."
            )
        case RunState.SELECTED:
            return _("Its bills are selected; it goes on in a moment.")
        case RunState.APPROVED:
            return _("Its request files are being written.")
        case RunState.SENT:
            return _("The request files are out; the bank has not answered every line yet.")
    return ""


def failure(run: DebitRun) -> str:
    """Return what went wrong and when it is tried again, in a sentence; nothing where nothing did."""
    if not run.last_error:
        return ""
    at = localtime(run.next_attempt_at, clock.BUSINESS_ZONE) if run.next_attempt_at else None
    said = {"attempts": run.attempts, "at": f"{at:%Y-%m-%d %H:%M}" if at else "—", "why": run.last_error}
    return _("It failed %(attempts)d times; it is tried again at %(at)s: %(why)s") % said


def _titles(run: DebitRun) -> list[tuple[str, datetime | None]]:
    last = _("cancelled") if run.state == RunState.CANCELLED else pgettext("debit run", "closed")
    return [
        (pgettext("debit run", "opened"), run.opened_at),
        (_("bills selected"), run.selected_at),
        (_("allowed to leave"), None),
        (_("request files out"), run.sent_at),
        (_("answered by the bank"), None),
        (last, run.closed_at),
    ]


def _over(run: DebitRun) -> int:
    if run.state != RunState.CANCELLED:
        return _OVER[RunState(run.state)]
    return 4 if run.sent_at else 2 if run.selected_at else 1


def _progress(run: DebitRun, place: int, over: int) -> Progress:
    if run.state == RunState.CLOSED and not run.sent_at and place in _MIDDLE:
        return Progress.SKIPPED
    if place < over:
        return Progress.DONE
    if run.state == RunState.CANCELLED:
        return Progress.STOPPED if place == len(_OVER) - 1 else Progress.SKIPPED
    if place > over:
        return Progress.TODO
    if run.is_stopped or run.last_error:
        return Progress.STOPPED
    return Progress.WAITING if run.state == RunState.AWAITING_APPROVAL else Progress.NOW
