"""What somebody sees whose log-ins failed too often."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, _credentials: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Return the page that says when to come back, as 429; the right password is of no use meanwhile."""
    context = {**admin.site.each_context(request), "title": _("Locked")}
    wait = int(settings.AXES_COOLOFF_TIME * 3600)
    return TemplateResponse(
        request, "backoffice/locked.html", context, status=429, headers={"Retry-After": str(wait)}
    ).render()
