"""The back office's windows on messages: what partners asked of us, what we promised them, and what became of it."""

import uuid
from typing import Any

import structlog
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

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
from unipay.messaging.models import DeliveryAttempt, InboundRequest, Line, OutboundMessage
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
    list_filter = ("state", "partner")
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


@admin.register(Line)
class LineAdmin(WindowAdmin):
    """The line to each partner: failing since when, resting until when."""

    list_display = (
        partner_title("partner", description=_("to")),
        "failures",
        "failing_since",
        "rests_until",
        "held_until",
    )
    list_select_related = ("partner",)
    ordering = ("-failures", "partner_id")
