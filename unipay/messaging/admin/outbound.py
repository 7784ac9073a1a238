"""What we promised to tell partners, and what became of it."""

import uuid
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from unipay import clock, msisdn
from unipay.backoffice.admin import (
    Question,
    RevealMixin,
    WindowAdmin,
    WindowInline,
    confirmed_action,
    masked_json,
    masked_number,
    partner_title,
    report_outcomes,
    state_badge,
)
from unipay.backoffice.provinces import visible_provinces
from unipay.errors import Text
from unipay.messaging import outbox, replays
from unipay.messaging.admin import previews
from unipay.messaging.kinds import kind_names
from unipay.messaging.models import DeliveryAttempt, OutboundMessage
from unipay.partners.operations import operation_title

STATE_COLOURS = {
    "PENDING": "info",
    "DELIVERED": "success",
    "REFUSED": "warning",
    "DEAD": "danger",
    "CANCELLED": "primary",
}


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
class OutboundMessageAdmin(RevealMixin, WindowAdmin):
    """What we promised to tell partners: what is settled can be sent again, the pending and dead cancelled."""

    empty_text = _("What partners are promised to be told appears here by itself.")
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
    actions = ("send_again", "cancel")
    actions_list = ("given_up",)
    # One button, as the head of the page has no room for more.
    actions_detail = (
        {"title": _("What can be done"), "items": ["send_one_again", "cancel_one"]},
        "reveal",
    )
    state_badge = state_badge(STATE_COLOURS)
    province_field = "partner"
    reveals = ("msisdn", "payload", "answer")
    revealed_in_files = ("msisdn",)
    readonly_fields = ("named_kind", "masked_payload", "masked_answer", masked_number)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("partner", "named_kind"),
                    ("subject", "resource_version"),
                    (masked_number, "event_id"),
                )
            },
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
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutboundMessage]) -> HttpResponse | None:
        """Start the ladder of dead and refused messages again, and tell what was delivered a second time."""
        return self._asked_first(
            request, queryset, previews.SENDING_AGAIN, outbox.send_again, _("sent again")
        )

    @admin.action(description=_("Cancel: it is no longer true"), permissions=["operate"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[OutboundMessage]) -> HttpResponse | None:
        """Cancel the chosen messages."""
        return self._asked_first(request, queryset, previews.CANCELLING, outbox.cancel, _("cancelled"))

    @action(description=_("Send again"), icon="send", url_path="send-again", permissions=["operate"])
    def send_one_again(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Send this message again."""
        return self.send_again(request, self._only(request, object_id))

    @action(description=_("Cancel the message"), icon="cancel", url_path="cancel", permissions=["operate"])
    def cancel_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Cancel this message."""
        return self.cancel(request, self._only(request, object_id))

    @action(
        description=_("Given up, by partner"), icon="restart_alt", url_path="given-up", permissions=["view"]
    )
    def given_up(self, request: HttpRequest) -> HttpResponse:
        """Show which partners have dead messages, and offer to send all of a partner again."""
        visible = visible_provinces(request.user)
        rows = [row for row in replays.given_up() if visible is None or row.partner.pk in visible]
        context = {**self.admin_site.each_context(request), "opts": self.opts, "rows": rows}
        context |= {"title": _("Given up, by partner"), "may_replay": self.has_operate_permission(request)}
        return TemplateResponse(request, "messaging/given_up.html", context)

    def has_operate_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Whether actions may be run, from a list or from a message's page."""
        return super().has_operate_permission(request)

    def _only(self, request: HttpRequest, object_id: str) -> QuerySet[OutboundMessage]:
        """The message, if it is one this person may see."""
        found: QuerySet[OutboundMessage] = self.get_queryset(request).filter(pk=object_id)
        return found

    def _asked_first(
        self,
        request: HttpRequest,
        queryset: QuerySet[OutboundMessage],
        question: Question,
        flow: Any,
        done: Text,
    ) -> HttpResponse | None:
        def then(rows: list[OutboundMessage], _given: dict[str, Any]) -> HttpResponse:
            return report_outcomes(
                self, request, rows, verb=lambda each: flow(each, now=clock.now()), done=done
            )

        rows = queryset.select_related("partner").order_by("id")
        return confirmed_action(self, request, rows, question=question, then=then)
