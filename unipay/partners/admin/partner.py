"""Partners, with their keys, rights, endpoints and maintenance windows; closed, suspended and reopened by action."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action
from unfold.overrides import FORMFIELD_OVERRIDES_INLINE

from unipay import clock
from unipay.backoffice.admin import HistoryMixin, WindowInline, report_outcomes, state_badge
from unipay.errors import Refusal
from unipay.partners import availability
from unipay.partners.admin.filters import PartnerConditionFilter
from unipay.partners.admin.forms import AddKeyForm, MaintenanceWindowForm
from unipay.partners.keys import add_partner_key, forget_keys_on_commit
from unipay.partners.kinds import PartnerKind
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
    extra = 0
    tab = True
    hide_title = True


@admin.register(Partner)
class PartnerAdmin(HistoryMixin, ModelAdmin):  # type: ignore[misc]
    """A partner. Its code and kind never change; its status changes by actions only."""

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ("code", "name", "kind", "status_badge", "serves", "base_url")
    list_filter = (PartnerConditionFilter, "kind", "status", "is_virtual")
    list_select_related = ("serves",)
    search_fields = ("code", "name", "name_en")
    actions = ("close", "reopen", "suspend")
    actions_detail = ("add_key",)
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
    def close(self, request: HttpRequest, queryset: QuerySet[Partner]) -> HttpResponse:
        """Close the chosen partners."""
        return report_outcomes(self, request, queryset, verb=availability.close, done=_("closed"))

    @admin.action(description=_("Reopen"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Partner]) -> HttpResponse:
        """Reopen the chosen partners."""
        return report_outcomes(self, request, queryset, verb=availability.reopen, done=_("reopened"))

    @admin.action(description=_("Suspend: accept nothing"), permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Partner]) -> HttpResponse:
        """Suspend the chosen partners."""
        return report_outcomes(self, request, queryset, verb=availability.suspend, done=_("suspended"))

    @action(description=_("Add a key"), icon="key", permissions=["change"])
    def add_key(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the form, or let the key count; a refusal is an error of the form."""
        partner = get_object_or_404(Partner, pk=object_id)
        form = AddKeyForm(request.POST or None)
        if form.is_valid() and self._added(partner, form):
            added = _("Added the key %(key)s") % {"key": form.cleaned_data["key_id"]}
            self.log_change(request, partner, str(added))
            return HttpResponseRedirect(reverse("admin:partners_partner_change", args=[partner.pk]))
        context = {
            **self.admin_site.each_context(request),
            "form": form,
            "opts": self.opts,
            "original": partner,
        }
        return TemplateResponse(
            request, "partners/add_key.html", {**context, "title": _("Add a key"), "subtitle": partner}
        )

    def _added(self, partner: Partner, form: AddKeyForm) -> bool:
        given = form.cleaned_data
        try:
            add_partner_key(
                partner,
                given["key_id"],
                given["algorithm"],
                given["public_key"],
                clock.now(),
                valid_until=given["valid_until"],
            )
        except Refusal as refusal:
            form.add_error(None, f"{refusal.reason.title} {refusal.detail}")
            return False
        return True


@admin.register(LegalBank)
class LegalBankAdmin(ModelAdmin):  # type: ignore[misc]
    """Banks in law."""

    list_display = ("code", "name")
    search_fields = ("code", "name")
