"""The pages of break-glass: give the reason and the password again; end it before its time."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unipay import clock
from unipay.backoffice import break_glass
from unipay.backoffice.account_forms import BreakGlassForm
from unipay.backoffice.client_address import client_address
from unipay.backoffice.person import person_of
from unipay.backoffice.standing import standing_of


def start(request: HttpRequest, *, site: Any) -> HttpResponse:
    """Take the administrator's rights for half an hour."""
    if not person_of(request).has_perm(break_glass.RIGHT):
        raise PermissionDenied
    if standing_of(person_of(request)).break_glass_no:
        return HttpResponseRedirect(reverse("admin:index"))
    form = BreakGlassForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        break_glass.start(
            person_of(request), reason=reason, ip_address=client_address(request), now=clock.now()
        )
        return HttpResponseRedirect(reverse("admin:index"))
    context = {
        "form": form,
        "title": _("Break-glass"),
        "minutes": int(break_glass.LASTS.total_seconds() // 60),
    }
    return TemplateResponse(request, "backoffice/break_glass.html", {**site.each_context(request), **context})


@require_POST
def end(request: HttpRequest, *, site: Any) -> HttpResponse:
    """Give the administrator's rights back."""
    if break_glass.end(person_of(request), by=person_of(request), now=clock.now()):
        messages.success(request, _("The administrator's rights are given back."))
    return HttpResponseRedirect(reverse("admin:index"))
