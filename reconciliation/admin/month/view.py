"""The page of a month: the calendar of every book, and the trend of what differs over thirty days."""

import re
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from reconciliation.admin.month.calendar import ICONS, Month
from reconciliation.day_light import Light
from reconciliation.overview import trend_chart
from unipay import clock
from unipay.backoffice.dashboard import Chart, Viewer
from unipay.backoffice.dashboard_page import drawn
from unipay.errors import Text

_TREND_DAYS = 30


def month_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Show the month that is asked for, or this one."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    now = clock.now()
    today = clock.business_date(now)
    month = Month(_asked_for(request, today), person=request.user, now=now, today=today)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Reconciliation by month"),
        "media": model_admin.media,
        "month": month,
        "legend": [(light.name.lower(), ICONS[light], words) for light, words in _legend().items()],
        "trend": drawn(_trend(request, now)),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "reconciliation/month.html", context)


def _trend(request: HttpRequest, now: datetime) -> Chart:
    title = _("Discrepancies by business date, thirty days")
    return trend_chart(Viewer(request, now=now), length=_TREND_DAYS, title=title)


def _asked_for(request: HttpRequest, today: date) -> date:
    """Read "2026-11"; whatever else stands there means this month."""
    asked = request.GET.get("month", "")
    try:
        first = date.fromisoformat(f"{asked}-01") if re.fullmatch(r"20[0-9]{2}-[0-9]{2}", asked) else today
    except ValueError:
        first = today
    return min(first, today).replace(day=1)


def _legend() -> dict[Light, Text]:
    return {
        Light.GREEN: _("even"),
        Light.AMBER: _("waits, or much was carried"),
        Light.RED: _("missing, failed or overdue"),
        Light.COMING: _("still expected"),
        Light.WAIVED: _("waived"),
    }
