"""Plain functions that make messages and requests as they stand in the tables."""

import json
from datetime import UTC, datetime
from typing import Any

from unipay.messaging.models import InboundRequest, OutboundMessage
from unipay.partners.models import Partner

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
CARD, IDENTITY_NO = "6222021234567890128", "330102199003071003"


def make_message(partner: Partner, state: str = "DEAD", **fields: Any) -> OutboundMessage:
    """A message to the partner, settled unless PENDING."""
    settled = {} if state == "PENDING" else {"settled_at": NOW}
    about = {"kind": "notice", "subject": "contract:1", "resource_version": 1, "payload": {}}
    times = {"created_at": NOW, "next_attempt_at": NOW, **settled}
    return OutboundMessage.objects.create(partner=partner, state=state, **{**about, **times, **fields})


def make_request(partner: Partner, **fields: Any) -> InboundRequest:
    """An answered request of the partner, with personal data in its body."""
    asked = {"request_no": "R-1", "operation": "signings.create", "digest": "0" * 64, "key_id": "k1"}
    answered = {"state": "DONE", "status": 201, "received_at": NOW, "answered_at": NOW, "answer": {}}
    body = json.dumps({"account": {"number": CARD}, "holder": {"identity_no": IDENTITY_NO}})
    return InboundRequest.objects.create(partner=partner, **{**asked, **answered, "body": body, **fields})
