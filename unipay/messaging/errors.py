"""Why a request is not answered as asked, or a message not sent again (design.md 5)."""

from django.utils.translation import gettext_lazy as _

from unipay.errors import Finality, reason

REQUEST_IN_PROGRESS = reason(
    "request_in_progress",
    status=409,
    title=_("The request with this number is still being worked on."),
    finality=Finality.UNKNOWN,
)
REQUEST_NO_REUSED = reason(
    "request_no_reused", status=422, title=_("The number was used before for a request with another content.")
)
MESSAGE_WAITS = reason("message_waits", status=409, title=_("It is waiting to be sent."))
MESSAGE_CANCELLED = reason(
    "message_cancelled", status=409, title=_("It was cancelled: it is no longer true.")
)
MESSAGE_OUTDATED = reason(
    "message_outdated", status=409, title=_("The partner was promised a newer message about the same.")
)
NOTHING_DEAD = reason("nothing_dead", status=409, title=_("Nothing was given up for this partner."))
REPLAY_RUNS = reason("replay_runs", status=409, title=_("A replay for this partner is still running."))
REPLAY_OVER = reason("replay_over", status=409, title=_("The replay is over."))
