"""What the search from anywhere finds of messages: requests by the partner's number, messages by their event id."""

import uuid
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from unipay.backoffice.admin.narrowing import within_provinces
from unipay.backoffice.search import MOST_HITS, Finder, Hit, register, whoever_has
from unipay.messaging.models import InboundRequest, OutboundMessage
from unipay.partners.models import Partner
from unipay.partners.operations import operation_title


def _by_request_no(term: str, user: Any) -> list[Hit]:
    """Return the requests of that number from any partner: the index begins with the partner."""
    partners = list(Partner.objects.values_list("pk", flat=True))
    asked = (
        InboundRequest.objects.filter(partner__in=partners, request_no=term)
        .select_related("partner")
        .defer("body")
    )
    found = within_provinces(asked, user, "partner")[:MOST_HITS]
    return [
        _hit(each, f"{each.partner.title} · {operation_title(each.operation)}", "call_received")
        for each in found
    ]


def _by_event_id(term: str, user: Any) -> list[Hit]:
    told = OutboundMessage.objects.filter(event_id=uuid.UUID(term)).select_related("partner")
    found = within_provinces(told, user, "partner")
    return [
        _hit(each, f"{each.partner.title} · {each.get_state_display()}", "outgoing_mail") for each in found
    ]


def _hit(row: Any, description: str, icon: str) -> Hit:
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=(row.pk,))
    return Hit(str(row), description, address, icon)


register(
    Finder(
        "request",
        _("partner's request number"),
        "ICBC-20260302-000123",
        70,
        whoever_has("messaging.view_inboundrequest"),
        _by_request_no,
    )
)
register(
    Finder(
        "event",
        _("event id of a message"),
        "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0",
        80,
        whoever_has("messaging.view_outboundmessage"),
        _by_event_id,
    )
)
