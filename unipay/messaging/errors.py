"""The reasons of the inbox: a number is being answered, or was used for something else (design.md 5)."""

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
