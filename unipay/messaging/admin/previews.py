"""What sending again and cancelling will do to a message, in words, before it is done."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from unipay.backoffice.admin import Preview, Question
from unipay.backoffice.admin.outcomes import reason_of
from unipay.errors import Refusal, Text
from unipay.messaging.models import MessageState, OutboundMessage
from unipay.messaging.outbox import REPLAYABLE, refuse_repeating


def sent_again(message: OutboundMessage) -> Preview:
    """The ladder starts again, or a copy of what was delivered goes out."""
    if message.state in REPLAYABLE:
        return Preview(
            (
                _to(message),
                _("It is sent at once; unanswered, it is tried 15 times within 30 hours."),
                _("It keeps its event id: a partner that has it already will drop it."),
            )
        )
    try:
        refuse_repeating(message)
    except Refusal as refusal:
        return Preview(refusal=reason_of(refusal))
    return Preview(
        (
            _to(message),
            _("The partner has acknowledged it: a copy goes out, under an event id of its own."),
        )
    )


def cancelled(message: OutboundMessage) -> Preview:
    """It will not be sent; what waited behind it will."""
    if message.state not in (MessageState.PENDING, MessageState.DEAD):
        return Preview(refusal=_("not possible in its present state."))
    effects: tuple[Text, ...] = (
        _("%(partner)s is never told of it.") % {"partner": message.partner.title},
        _("What waits behind it about the same business is sent."),
    )
    return Preview((*effects, _attempts_made(message)) if message.attempts else effects)


def _attempts_made(message: OutboundMessage) -> str:
    return ngettext(
        "%(count)d attempt was made: it may have arrived all the same.",
        "%(count)d attempts were made: it may have arrived all the same.",
        message.attempts,
    ) % {"count": message.attempts}


def _to(message: OutboundMessage) -> str:
    return _("To %(partner)s, about %(subject)s.") % {
        "partner": message.partner.title,
        "subject": message.subject,
    }


SENDING_AGAIN = Question(
    title=_("Send these messages again?"),
    warning=_("What was sent cannot be called back."),
    button=_("Send again"),
    preview=sent_again,
    is_dangerous=False,
)
CANCELLING = Question(
    title=_("Cancel these messages?"),
    warning=_("A cancelled message can never be sent again."),
    button=_("Cancel the messages"),
    preview=cancelled,
)
