"""What partners asked of us, and what they were answered."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from unipay import msisdn
from unipay.backoffice.admin import (
    RevealMixin,
    WindowAdmin,
    masked_json,
    masked_number,
    partner_title,
    state_badge,
)
from unipay.backoffice.admin.day_filter import DayFilter
from unipay.messaging.admin.filters import RefusalFilter, ToSignFilter
from unipay.messaging.models import InboundRequest
from unipay.partners.models import Partner
from unipay.partners.operations import operation_title


@admin.register(InboundRequest)
class InboundRequestAdmin(RevealMixin, WindowAdmin):
    """What partners asked, and what they were answered. The body needs the right to see personal data."""

    empty_text = _(
        "Every numbered request of a partner appears here, with what it was answered. None has come in yet."
    )
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
    readonly_fields = ("asked_for", "masked_answer", masked_number)
    province_field = "partner"
    reveals = ("msisdn", "body")
    revealed_in_files = ("msisdn",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("partner", "request_no"),
                    ("asked_for", "operation"),
                    ("state", "status"),
                    ("subject", masked_number),
                )
            },
        ),
        (_("Times"), {"fields": (("received_at", "answered_at"), "leased_until")}),
        (_("Answer"), {"fields": ("masked_answer",)}),
        (_("Proof"), {"fields": (("key_id", "request_id"), "digest", "signature")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundRequest]:
        """Leave what is sealed sealed."""
        asked: QuerySet[InboundRequest] = super().get_queryset(request)
        return asked.defer("body")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Look a request number up under every partner, as its index begins with the partner."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if search_term.strip():
            found = found.filter(partner__in=list(Partner.objects.values_list("pk", flat=True)))
        return found, may_repeat

    @admin.display(description=_("what was asked"))
    def asked_for(self, asked: InboundRequest) -> str:
        """Return what staff call the operation."""
        return operation_title(asked.operation)

    @admin.display(description=_("answer"))
    def masked_answer(self, asked: InboundRequest) -> str:
        """Return the answer without whole numbers of persons."""
        return masked_json(asked.answer)
