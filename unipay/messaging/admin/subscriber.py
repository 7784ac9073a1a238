"""What messaging adds to the page of a mobile number: what partners asked about it, and what they were told."""

from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from unipay.backoffice.provinces import may_see_province
from unipay.backoffice.subscriber import Cell, Part, Section, Subscriber, register
from unipay.logging import mask_text
from unipay.messaging.admin.outbound import STATE_COLOURS
from unipay.messaging.models import InboundRequest, OutboundMessage
from unipay.partners.operations import operation_title

MOST_ROWS = 10
_FIRST_FAILURE = 400


def requests_about(subscriber: Subscriber) -> Part:
    """Return the latest requests of partners about the number."""
    asked = InboundRequest.objects.filter(msisdn=subscriber.msisdn).select_related("partner").defer("body")
    rows = [_asked_row(each, subscriber) for each in asked.order_by("-received_at")[:MOST_ROWS]]
    return Part(rows=rows, more=subscriber.list_of(InboundRequest))


def messages_about(subscriber: Subscriber) -> Part:
    """Return the latest messages to partners about the number."""
    told = OutboundMessage.objects.filter(msisdn=subscriber.msisdn).select_related("partner")
    rows = [_told_row(each, subscriber) for each in told.order_by("-id")[:MOST_ROWS]]
    return Part(rows=rows, more=subscriber.list_of(OutboundMessage))


def _asked_row(asked: InboundRequest, subscriber: Subscriber) -> list[Cell]:
    is_refused = (asked.status or 0) >= _FIRST_FAILURE
    answer = str(asked.status or asked.get_state_display())
    return [
        Cell(_moment(asked.received_at), asked.request_no, address=_page(asked, subscriber)),
        Cell(asked.partner.title),
        Cell(operation_title(asked.operation)),
        Cell(answer, _reason(asked.answer) if is_refused else "", "warning" if is_refused else "success"),
    ]


def _told_row(told: OutboundMessage, subscriber: Subscriber) -> list[Cell]:
    return [
        Cell(_moment(told.created_at), told.subject, address=_page(told, subscriber)),
        Cell(told.partner.title),
        Cell(told.title),
        Cell(told.get_state_display(), mask_text(told.last_error), STATE_COLOURS[told.state]),
    ]


def _reason(answer: Any) -> str:
    return str(answer.get("title") or answer.get("code") or "") if isinstance(answer, dict) else ""


def _page(row: Model, subscriber: Subscriber) -> str:
    """Return the row's own page, which people of one province have only for what that province sent or got."""
    partner_id: int = row.partner_id  # type: ignore[attr-defined]
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=(row.pk,))
    return address if may_see_province(subscriber.user, partner_id) else ""


def _moment(moment: Any) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M:%S}"


register(
    Section(
        "messages_out",
        _("messages to partners"),
        40,
        "messaging.view_outboundmessage",
        messages_about,
        _("No partner was told anything about this number."),
        icon="outgoing_mail",
        headers=(_("promised"), _("to"), _("kind"), _("state")),
    )
)
register(
    Section(
        "messages_in",
        _("requests of partners"),
        50,
        "messaging.view_inboundrequest",
        requests_about,
        _("No partner asked anything about this number."),
        icon="call_received",
        headers=(pgettext_lazy("time", "received"), _("partner"), _("what was asked"), _("answer")),
    )
)
