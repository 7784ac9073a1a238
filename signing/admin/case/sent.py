"""What a case obliges us to tell partners, and how far each message has come, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from signing.admin.case.words import moment
from signing.models import CaseObligation, ManualCase
from unipay.messaging.kinds import kind_named
from unipay.messaging.models import MessageState, OutboundMessage
from unipay.partners.kinds import Direction
from unipay.partners.queries import result_code_row

_LOST = (MessageState.REFUSED, MessageState.DEAD)
_COLOURS = {
    MessageState.PENDING: "info",
    MessageState.DELIVERED: "success",
    MessageState.REFUSED: "warning",
    MessageState.DEAD: "danger",
}


@dataclass(frozen=True)
class Progress:
    """One obligation: the message, its state in words with a colour, and whether it is met or waived."""

    message: OutboundMessage
    words: str
    colour: str
    is_met: bool
    met_at: datetime | None
    why: str = ""


def progress_of(case: ManualCase) -> list[Progress]:
    """Return every obligation of the case, oldest first."""
    owed = case.obligations.select_related("message__partner").order_by("id")
    return [_progress(each) for each in owed]


def lost_messages(case: ManualCase) -> list[OutboundMessage]:
    """Return the messages that were refused or died and are still owed, oldest first."""
    owed = case.obligations.filter(met_at=None, message__state__in=_LOST).select_related("message__partner")
    return [each.message for each in owed.order_by("id")]


def words_of(message: OutboundMessage) -> tuple[str, str]:
    """Return how far a message has come, in words, and the colour of its badge."""
    return " · ".join(_words(message)), _COLOURS.get(MessageState(message.state), "")


def reason_in_words(message: OutboundMessage) -> str:
    """Return why a partner refused, as our table of its codes says it; else the error as it was noted."""
    code = str((message.answer or {}).get("result_code") or "")
    operation = kind_named(message.kind).operation
    row = result_code_row(message.partner, Direction.ANSWER, operation, code) if code else None
    return f"{row.remark} ({code})" if row is not None and row.remark else message.last_error


def _progress(owed: CaseObligation) -> Progress:
    message = owed.message
    if owed.met_at is not None and message.state != MessageState.DELIVERED:
        return Progress(message, _("given up by the decision"), "", True, owed.met_at)
    words, colour = words_of(message)
    why = reason_in_words(message) if message.last_error and owed.met_at is None else ""
    return Progress(message, words, colour, owed.met_at is not None, owed.met_at, why)


def _words(message: OutboundMessage) -> Iterator[str]:
    if message.state == MessageState.PENDING and not message.attempts:
        yield _("on its way")
        return
    if message.state == MessageState.PENDING:
        yield _("not acknowledged yet")
        yield _tried(message)
        yield _("next attempt at %(time)s") % {"time": moment(message.next_attempt_at)}
    elif message.state == MessageState.DELIVERED:
        yield _("acknowledged at %(time)s") % {"time": moment(message.settled_at)}
    elif message.state == MessageState.DEAD:
        yield _("given up")
        yield _tried(message)
    else:
        yield str(message.get_state_display())


def _tried(message: OutboundMessage) -> str:
    said = ngettext("tried %(count)d time", "tried %(count)d times", message.attempts)
    return said % {"count": message.attempts}
