"""Who is locked out after failed log-ins, and what such a person sees."""

from collections.abc import Mapping
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.contrib import admin
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _


class LockoutHandler(AxesDatabaseHandler):  # type: ignore[misc]
    """Three limits: one person at one address; one person from anywhere, whom many guess at; one address, which
    guesses at many. The last two are wider, as colleagues share an address and nobody should lock others out easily."""

    def get_failures(self, request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> int:
        """Return the failures in units of AXES_FAILURE_LIMIT, whichever limit is nearest."""
        failed = [
            attempts.aggregate(total=Sum("failures_since_start"))["total"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        ]
        limit = settings.AXES_FAILURE_LIMIT
        # In the order of AXES_LOCKOUT_PARAMETERS.
        limits = (limit, settings.UNIPAY_LOCKOUT_PER_NAME, settings.UNIPAY_LOCKOUT_PER_ADDRESS)
        return max(count * limit // most for count, most in zip(failed, limits, strict=True))

    def remove_out_of_limit_failure_logs(self, *, username: str, limit: int | None = None) -> int:
        """Remove none: who goes on failing would push out the lines about what was tried before."""
        return 0


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, _credentials: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Return the page that says when to come back, as 429; the right password is of no use meanwhile."""
    context = {**admin.site.each_context(request), "title": _("Locked")}
    wait = int(settings.AXES_COOLOFF_TIME * 3600)
    return TemplateResponse(
        request, "backoffice/locked.html", context, status=429, headers={"Retry-After": str(wait)}
    ).render()
