"""Log-ins, those that failed, what happened to accounts, and emergencies: facts to look at."""

from typing import Any

import axes.admin  # noqa: F401 - registers the pages that are replaced here
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import action

from unipay import clock
from unipay.backoffice import break_glass
from unipay.backoffice.account_forms import PasswordAgainForm
from unipay.backoffice.admin.window import WindowAdmin
from unipay.backoffice.authority import may_end_break_glass
from unipay.backoffice.models import AccountEvent, BreakGlass
from unipay.backoffice.person import person_of
from unipay.backoffice.standing import live_break_glass

admin.site.unregister([AccessAttempt, AccessFailureLog, AccessLog])


def person_named(text: str) -> int:
    """Return the id of the person of that user name; raises ValueError where there is none."""
    found = User.objects.filter(username=text).values_list("pk", flat=True).first()
    if found is None:
        raise ValueError(text)
    return found


class _LoginWindow(WindowAdmin):
    """Facts about log-ins; what was typed into the form is not shown."""

    exclude = ("get_data", "post_data", "session_hash")
    search_by = (("username", str),)


@admin.register(AccessAttempt)
class AccessAttemptAdmin(_LoginWindow):
    """Failed log-ins that count towards a lock-out; deleting one lifts it."""

    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Lifting a lock-out needs the delete right."""
        allowed: bool = request.user.has_perm("axes.delete_accessattempt")
        return allowed


@admin.register(AccessLog)
class AccessLogAdmin(_LoginWindow):
    """Log-ins and log-outs."""

    list_display = ("attempt_time", "username", "ip_address", "logout_time")


@admin.register(AccessFailureLog)
class AccessFailureLogAdmin(_LoginWindow):
    """Every failed log-in, kept after its lock was lifted."""

    list_display = ("attempt_time", "username", "ip_address", "locked_out")


@admin.register(AccountEvent)
class AccountEventAdmin(WindowAdmin):
    """What happened to accounts, and by whose hand."""

    list_display = ("at", "user", "kind", "by", "detail")
    list_select_related = ("user", "by")
    search_by = (("user_id", person_named),)
    search_help_text = _("The user name of the person.")


@admin.register(BreakGlass)
class BreakGlassAdmin(WindowAdmin):
    """Who took the administrator's rights in an emergency, and why."""

    list_display = ("break_glass_no", "person", "started_at", "until", "reason", "ip_address")
    list_select_related = ("person", "end")
    fields = ("break_glass_no", "person", "reason", "started_at", "until", "ip_address")
    readonly_fields = ("until",)
    search_by = (("break_glass_no", str.strip),)
    actions_detail = ("end_now",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BreakGlass]:
        """Fetch the early end along."""
        rows: QuerySet[BreakGlass] = super().get_queryset(request).select_related("person", "end")
        return rows

    def has_end_permission(self, request: HttpRequest, object_id: str = "") -> bool:
        """Administrators end what a colleague's emergency lends; one's own ends by the banner."""
        live = BreakGlass.objects.filter(live_break_glass(clock.now())).exclude(person=person_of(request))
        return (
            may_end_break_glass(request.user) and object_id.isdecimal() and live.filter(pk=object_id).exists()
        )

    @action(description=_("End it now"), icon="block", url_path="end", permissions=["end"])
    def end_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the password, then take back what is lent to a colleague."""
        row = get_object_or_404(BreakGlass.objects.select_related("person"), pk=object_id)
        form = PasswordAgainForm(request, request.POST or None)
        if request.method == "POST" and form.is_valid():
            break_glass.end(row.person, by=person_of(request), now=clock.now())
            messages.success(request, _("The administrator's rights are taken back."))
            return HttpResponseRedirect(reverse("admin:backoffice_breakglass_change", args=[row.pk]))
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": row, "form": form}
        context |= {"title": _("End it now"), "subtitle": row, "button": _("End it now")}
        context |= {
            "intro": _("The administrator's rights are taken from %(who)s at once.") % {"who": row.person}
        }
        return TemplateResponse(request, "backoffice/ask_again.html", context)

    @admin.display(description=pgettext_lazy("time", "ended"))
    def until(self, row: BreakGlass) -> Any:
        """Return when it ended or will end."""
        return row.end.at if hasattr(row, "end") else row.ends_at
