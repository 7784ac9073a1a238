"""The page of the debit calendar."""

import re
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from billing.admin.calendar.month import Month
from unipay import clock


def calendar_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Show the month that is asked for, or this one."""
    if not request.user.has_perms(("billing.view_debitrun", "billing.view_debitdate")):
        raise PermissionDenied
    today = clock.business_date(clock.now())
    month = Month(_asked_for(request, today), person=request.user, today=today)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Debit calendar"),
        "media": model_admin.media,
        "month": month,
        "may_agree": request.user.has_perm("billing.add_arrangement"),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "billing/calendar.html", context)


def _asked_for(request: HttpRequest, today: date) -> date:
    """Read "2026-11"; whatever else stands there means this month."""
    asked = request.GET.get("month", "")
    try:
        first = date.fromisoformat(f"{asked}-01") if re.fullmatch(r"20[0-9]{2}-[0-9]{2}", asked) else today
    except ValueError:
        first = today
    return first.replace(day=1)
