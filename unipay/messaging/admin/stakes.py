"""What waits for a partner, told before it is closed or suspended."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from unipay.errors import Text
from unipay.messaging.models import MessageState, OutboundMessage
from unipay.partners import stakes
from unipay.partners.models import Partner

_MOST = 1000


@stakes.register
def waiting_messages(partner: Partner) -> Iterator[Text]:
    """How many of our messages to it are on their way; nobody counts further than a thousand."""
    pending = OutboundMessage.objects.filter(partner=partner, state=MessageState.PENDING)
    count = pending[:_MOST].count()
    if count == _MOST:
        yield _("More than a thousand of our messages wait for it.")
    elif count:
        yield _("%(count)d of our messages wait for it.") % {"count": count}
