"""Partners, with their keys, rights, endpoints and maintenance windows; closed, suspended and reopened by action."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action
from unfold.overrides import FORMFIELD_OVERRIDES_INLINE

from unipay import clock
from unipay.backoffice.admin import (
    HistoryMixin,
    Question,
    WindowInline,
    confirmed_action,
    report_outcomes,
    state_badge,
)
from unipay.backoffice.admin.outcomes import reason_of
from unipay.errors import Refusal, Text
from unipay.partners import availability
from unipay.partners.admin import key_table, previews
from unipay.partners.admin.filters import PartnerConditionFilter
from unipay.partners.admin.key_forms import AddKeyForm
from unipay.partners.admin.window_forms import MaintenanceWindowForm, WindowFormSet
from unipay.partners.keys import OfferedKey, add_offered_key, forget_keys_on_commit, rotate_key
from unipay.partners.kinds import PartnerKind, PartnerStatus
from unipay.partners.models import (
    Endpoint,
    LegalBank,
    MaintenanceWindow,
    Partner,
    PartnerKey,
    PartnerPermission,
)
from unipay.partners.reference import grant_default_rights

_ADDRESS_INLINE = {**FORMFIELD_OVERRIDES_INLINE[models.URLField], "assume_scheme": "https"}
_HALL_AND_NOTICES = ("notifies_hall", "confirms_by_notice")


class PartnerKeyInline(WindowInline):
    """The partner's keys; a new one is added by its own form, as it must be readable and nobody else's."""

    model = PartnerKey
    fields = ("key_id", "algorithm", "fingerprint", "slot", "valid_from", "valid_until", "retired_at")
    show_change_link = True
    tab = True


class PermissionInline(TabularInline):  # type: ignore[misc]
    """What the partner may ask of us."""

    model = PartnerPermission
    extra = 0
    tab = True


class EndpointInline(TabularInline):  # type: ignore[misc]
    """Operations called elsewhere, or with another patience."""

    model = Endpoint
    formfield_overrides = {**FORMFIELD_OVERRIDES_INLINE, models.URLField: _ADDRESS_INLINE}
    extra = 0
    tab = True


class MaintenanceWindowInline(TabularInline):  # type: ignore[misc]
    """When the partner takes no new business."""

    model = MaintenanceWindow
    form = MaintenanceWindowForm
    formset = WindowFormSet
    extra = 0
    tab = True
    hide_title = True


@admin.register(Partner)
class PartnerAdmin(HistoryMixin, ModelAdmin):  # type: ignore[misc]
    """A partner. Its code and kind never change; its status changes by actions only."""

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    empty_text = _("Nobody is connected yet. Add a partner, or use manage.py onboard_partner.")
    list_display = ("code", "name", "kind", "status_badge", "serves", "base_url")
    list_filter = (PartnerConditionFilter, "kind", "status", "is_virtual")
    list_select_related = ("serves",)
    search_fields = ("code", "name", "name_en")
    actions = ("close", "reopen", "suspend")
    # One button for three, as the head of the page has no room for more.
    actions_detail = (
        "add_key",
        {"title": _("Business with it"), "items": ["close_one", "suspend_one", "reopen_one"]},
    )
    inlines = (PartnerKeyInline, PermissionInline, EndpointInline, MaintenanceWindowInline)
    readonly_fields = ("status", "created_at")
    fieldsets = (
        (None, {"fields": (("code", "kind"), ("name", "name_en"), "status", "created_at")}),
        (
            _("Bank"),
            {
                "fields": (
                    "legal_bank",
                    "is_virtual",
                    "notifies_hall",
                    "confirms_by_notice",
                    "signing_page_url",
                )
            },
        ),
        (_("Hall or agent"), {"fields": ("serves",)}),
        (
            _("Line"),
            {"fields": ("base_url", ("connect_timeout_ms", "read_timeout_ms"), "rate_limit_per_minute")},
        ),
    )
    status_badge = state_badge(
        {"OPEN": "success", "CLOSED": "warning", "SUSPENDED": "danger"},
        field="status",
        description=_("status"),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Keep the code and kind of a partner that exists."""
        return (*self.readonly_fields, "code", "kind") if obj else self.readonly_fields

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> tuple[type[Any], ...]:
        """A new partner has nothing yet: it gets the rights of its kind when it is saved."""
        return self.inlines if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only provinces are served."""
        if db_field.name == "serves":
            kwargs["queryset"] = Partner.objects.filter(kind=PartnerKind.PROVINCE)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Partners are closed, never deleted."""
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Give a new partner the rights of its kind, and let changes count at once."""
        super().save_related(request, form, formsets, change)
        if not change:
            grant_default_rights([form.instance])
        forget_keys_on_commit()

    @admin.action(description=_("Close to new business"), permissions=["change"])
    def close(self, request: HttpRequest, queryset: QuerySet[Partner]) -> HttpResponse | None:
        """Close the chosen partners, once somebody has read what that stops."""
        return self._asked_first(request, queryset, previews.CLOSING, availability.close, _("closed"))

    @admin.action(description=_("Reopen"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Partner]) -> HttpResponse | None:
        """Reopen the chosen partners."""
        return self._asked_first(request, queryset, previews.REOPENING, availability.reopen, _("reopened"))

    @admin.action(description=_("Suspend: accept nothing"), permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Partner]) -> HttpResponse | None:
        """Suspend the chosen partners, once somebody has read what that stops."""
        return self._asked_first(request, queryset, previews.SUSPENDING, availability.suspend, _("suspended"))

    @action(
        description=pgettext_lazy("partner", "Close"),
        icon="do_not_disturb_on",
        url_path="close",
        permissions=["close"],
    )
    def close_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Close this partner."""
        return self.close(request, Partner.objects.filter(pk=object_id))

    @action(description=_("Reopen"), icon="check_circle", url_path="reopen", permissions=["reopen"])
    def reopen_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Reopen this partner."""
        return self.reopen(request, Partner.objects.filter(pk=object_id))

    @action(description=_("Suspend"), icon="block", url_path="suspend", permissions=["suspend"])
    def suspend_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Suspend this partner."""
        return self.suspend(request, Partner.objects.filter(pk=object_id))

    @action(description=_("Add or rotate a key"), icon="key", permissions=["change"])
    def add_key(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the form, or let the key count; a refusal is an error of the form."""
        partner = get_object_or_404(Partner, pk=object_id)
        form = AddKeyForm(request.POST or None, partner=partner, now=clock.now())
        if form.is_valid() and self._added(partner, form):
            added = _("Added the key %(key)s") % {"key": form.cleaned_data["key_id"]}
            self.log_change(request, partner, str(added))
            messages.success(request, added)
            return HttpResponseRedirect(reverse("admin:partners_partner_change", args=[partner.pk]))
        context = {**self.admin_site.each_context(request), "form": form, "opts": self.opts}
        context |= {"original": partner, "title": _("Add or rotate a key"), "subtitle": partner}
        live = partner.keys.filter(retired_at=None).order_by("valid_from")
        context |= {"keys": key_table.partner_key_rows(live, clock.now())}
        return TemplateResponse(request, "partners/add_key.html", context)

    def has_close_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """What is open can be closed."""
        return self._may_move(request, object_id, PartnerStatus.OPEN)

    def has_reopen_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """What is closed or suspended can be reopened."""
        return self._may_move(request, object_id, PartnerStatus.CLOSED, PartnerStatus.SUSPENDED)

    def has_suspend_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """What is open or closed can be suspended."""
        return self._may_move(request, object_id, PartnerStatus.OPEN, PartnerStatus.CLOSED)

    def _may_move(self, request: HttpRequest, object_id: Any, *statuses: PartnerStatus) -> bool:
        if not self.has_change_permission(request):
            return False
        if object_id is None or not str(object_id).isdecimal():
            return object_id is None
        return Partner.objects.filter(pk=object_id, status__in=statuses).exists()

    def _asked_first(
        self, request: HttpRequest, queryset: QuerySet[Partner], question: Question, flow: Any, done: Text
    ) -> HttpResponse | None:
        def then(rows: list[Partner], _given: dict[str, Any]) -> HttpResponse:
            return report_outcomes(self, request, rows, verb=flow, done=done)

        return confirmed_action(self, request, queryset, question=question, then=then)

    def _added(self, partner: Partner, form: AddKeyForm) -> bool:
        given, now = form.cleaned_data, clock.now()
        offered = OfferedKey(
            given["key_id"], given["algorithm"], given["public_key"], valid_until=given["valid_until"]
        )
        try:
            if given["replaces"]:
                rotate_key(given["replaces"], offered, ends_at=given["old_ends_at"], now=now)
            else:
                add_offered_key(partner, offered, now=now)
        except Refusal as refusal:
            form.add_error(None, reason_of(refusal))
            return False
        return True


@admin.register(LegalBank)
class LegalBankAdmin(ModelAdmin):  # type: ignore[misc]
    """Banks in law."""

    empty_text = _("Add a bank in law when several partner codes belong to it.")
    list_display = ("code", "name")
    search_fields = ("code", "name")
