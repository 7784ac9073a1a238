"""What partners asked of us, and what they were answered."""

import structlog
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from unipay import msisdn
from unipay.backoffice.admin import WindowAdmin, masked_json, masked_number, partner_title, state_badge
from unipay.backoffice.admin.day_filter import DayFilter
from unipay.messaging.admin.filters import RefusalFilter, ToSignFilter
from unipay.messaging.models import InboundRequest
from unipay.partners.operations import operation_title

log = structlog.get_logger(__name__)


@admin.register(InboundRequest)
class InboundRequestAdmin(WindowAdmin):
    """What partners asked, and what they were answered. The body needs the right to see personal data."""

    list_display = (
        "received_at",
        partner_title("partner", description=_("partner")),
        "asked_for",
        "request_no",
        masked_number,
        "state_badge",
        "status",
    )
    list_display_links = ("received_at", "request_no")
    list_filter = (
        DayFilter.on("received_at", _("day of receipt")),
        RefusalFilter,
        ToSignFilter,
        "state",
        "partner",
    )
    list_select_related = ("partner",)
    search_by = (("msisdn", msisdn.normalise), ("request_no", str))
    state_badge = state_badge({"DONE": "success", "IN_PROGRESS": "info"})
    search_help_text = _("Whole mobile number or request number")
    readonly_fields = ("asked_for", "masked_answer")
    actions_detail = ("show_body",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("partner", "request_no"),
                    ("asked_for", "operation"),
                    ("state", "status"),
                    ("subject", "msisdn"),
                )
            },
        ),
        (_("Times"), {"fields": (("received_at", "answered_at"), "leased_until")}),
        (_("Answer"), {"fields": ("masked_answer",)}),
        (_("Proof"), {"fields": (("key_id", "request_id"), "digest", "signature")}),
    )

    @admin.display(description=_("what was asked"))
    def asked_for(self, asked: InboundRequest) -> str:
        """Return what staff call the operation."""
        return operation_title(asked.operation)

    @admin.display(description=_("answer"))
    def masked_answer(self, asked: InboundRequest) -> str:
        """Return the answer without whole numbers of persons."""
        return masked_json(asked.answer)

    @action(description=_("Show the body"), icon="visibility", permissions=["reveal"])
    def show_body(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the body as it came, personal data and all, and note who looked."""
        asked = get_object_or_404(InboundRequest, pk=object_id)
        log.info(
            "personal_data_revealed", what=f"inbound request {asked.pk}", user=request.user.get_username()
        )
        # Logs may be turned down or lost; who saw personal data must be known all the same.
        self.log_change(request, asked, str(_("Show the body")))
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": asked}
        context |= {"title": _("Body of the request"), "subtitle": asked}
        return TemplateResponse(request, "messaging/request_body.html", context)
