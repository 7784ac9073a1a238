"""What we promised to tell partners, and what became of it."""

import uuid
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from unipay import clock, msisdn
from unipay.backoffice.admin import (
    WindowAdmin,
    WindowInline,
    masked_json,
    masked_number,
    partner_title,
    report_outcomes,
    state_badge,
)
from unipay.messaging import outbox
from unipay.messaging.kinds import kind_names
from unipay.messaging.models import DeliveryAttempt, OutboundMessage
from unipay.partners.operations import operation_title


class DeliveryAttemptInline(WindowInline):
    """Every attempt to deliver the message."""

    model = DeliveryAttempt
    hide_title = True
    fields = ("number", "started_at", "latency_ms", "http_status", "outcome", "error")


class KindFilter(admin.SimpleListFilter):
    """The kinds of message by the names staff give them."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the kinds that can be promised."""
        return [(name, operation_title(name)) for name in kind_names()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the messages of the kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(OutboundMessage)
class OutboundMessageAdmin(WindowAdmin):
    """What we promised to tell partners: the dead and refused can be sent again, the pending and dead cancelled."""

    list_display = (
        "created_at",
        partner_title("partner", description=_("to")),
        "named_kind",
        "subject",
        masked_number,
        "state_badge",
        "attempts",
        "last_error",
    )
    list_display_links = ("created_at", "subject")
    list_filter = ("state", KindFilter, "partner")
    list_select_related = ("partner",)
    search_help_text = _("Whole mobile number, event id or business object")
    search_by = (("msisdn", msisdn.normalise), ("event_id", uuid.UUID), ("subject", str))
    inlines = (DeliveryAttemptInline,)
    actions = ("replay", "cancel")
    state_badge = state_badge(
        {
            "PENDING": "info",
            "DELIVERED": "success",
            "REFUSED": "warning",
            "DEAD": "danger",
            "CANCELLED": "primary",
        }
    )
    readonly_fields = ("named_kind", "masked_payload", "masked_answer")
    fieldsets = (
        (
            None,
            {"fields": (("partner", "named_kind"), ("subject", "resource_version"), ("msisdn", "event_id"))},
        ),
        (
            _("Delivery"),
            {
                "fields": (
                    ("state", "attempts"),
                    ("created_at", "settled_at"),
                    "next_attempt_at",
                    "last_error",
                )
            },
        ),
        (_("Content"), {"fields": ("masked_payload", "masked_answer")}),
    )

    @admin.display(description=_("kind"))
    def named_kind(self, message: OutboundMessage) -> str:
        """Return what staff call a message of this kind."""
        return message.title

    @admin.display(description=_("payload"))
    def masked_payload(self, message: OutboundMessage) -> str:
        """Return what is sent, without whole numbers of persons."""
        return masked_json(message.payload)

    @admin.display(description=_("answer"))
    def masked_answer(self, message: OutboundMessage) -> str:
        """Return what the partner answered."""
        return masked_json(message.answer)

    @admin.action(description=_("Send again"), permissions=["operate"])
    def replay(self, request: HttpRequest, queryset: QuerySet[OutboundMessage]) -> HttpResponse:
        """Start the ladder of the chosen messages again."""
        now = clock.now()
        messages = queryset.order_by("id")
        return report_outcomes(
            self, request, messages, verb=lambda each: outbox.replay(each, now=now), done=_("sent again")
        )

    @admin.action(description=_("Cancel: it is no longer true"), permissions=["operate"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[OutboundMessage]) -> HttpResponse:
        """Cancel the chosen messages."""
        now = clock.now()
        return report_outcomes(
            self, request, queryset, verb=lambda each: outbox.cancel(each, now=now), done=_("cancelled")
        )
