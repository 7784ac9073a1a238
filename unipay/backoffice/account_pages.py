"""One's own account: the last log-ins, what happened to it, the second factor, and the end of other sessions."""

from typing import Any

from axes.models import AccessFailureLog, AccessLog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unipay import clock
from unipay.backoffice import sessions, two_factor
from unipay.backoffice.account_events import latest_events, read_news
from unipay.backoffice.models import Authenticator
from unipay.backoffice.person import person_of
from unipay.backoffice.roles import title_of
from unipay.backoffice.standing import standing_of

LATEST = 10


def account(request: HttpRequest, *, site: Any) -> HttpResponse:
    """Show the person what is known about the own account."""
    user = person_of(request)
    username = user.get_username()
    context = {
        "title": _("My account"),
        "roles": [title_of(group.name) for group in user.groups.all()],
        "provinces": [posting.province for posting in user.postings.select_related("province")],
        "authenticator": Authenticator.objects.filter(user=user, confirmed=True).first(),
        "codes_left": two_factor.backup_codes_left(user),
        "standing": standing_of(user),
        "may_break_glass": user.has_perm("backoffice.break_glass"),
        "logins": AccessLog.objects.filter(username=username).order_by("-id")[:LATEST],
        "failures": AccessFailureLog.objects.filter(username=username).order_by("-id")[:LATEST],
        "events": latest_events(user),
    }
    return TemplateResponse(request, "backoffice/account.html", {**site.each_context(request), **context})


@require_POST
def end_sessions(request: HttpRequest, *, site: Any) -> HttpResponse:
    """End every other session of the person; this one goes on."""
    now = clock.now()
    sessions.end_all(person_of(request), by=person_of(request), now=now)
    sessions.begin(request.session, now=now)
    messages.success(request, _("Every other session of yours has ended."))
    return HttpResponseRedirect(reverse("admin:account"))


@require_POST
def news_read(request: HttpRequest, *, site: Any) -> HttpResponse:
    """Take the news away that the owner says to have read."""
    upto = request.POST.get("upto", "")[:18]
    if upto.isdecimal():
        read_news(person_of(request), int(upto))
    return HttpResponseRedirect(reverse("admin:account"))
