"""What an inbound request is and what it is answered with, whichever line it came by."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from unipay.errors import Refusal
from unipay.partners.models import Partner


@dataclass(frozen=True)
class Answer:
    """An HTTP status and a body of plain JSON values."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True)
class Replied:
    """An answer, and whether it had been given before."""

    answer: Answer
    replayed: bool


@dataclass(frozen=True)
class Envelope:
    """A numbered request as it came in; `digest` is the SHA-256 of what it asks for, in 64 hex digits.

    `signature` and `request_id` together tell one sending from a repetition of it.
    """

    partner: Partner
    request_no: str
    operation: str
    digest: str
    key_id: str
    signature: str
    request_id: str
    body: str
    msisdn: str
    now: datetime
    subject: str = ""


def problem_body(refusal: Refusal, request_id: str) -> dict[str, Any]:
    """Return a refusal as RFC 9457 problem details, in the language of the moment."""
    reason = refusal.reason
    body: dict[str, Any] = {
        "type": f"{settings.UNIPAY_PUBLIC_URL}/api/docs/errors#{reason.code}",
        "title": str(reason.title),
        "status": reason.status,
        "detail": str(refusal.detail or reason.title),
        "code": reason.code,
        "finality": str(reason.finality),
        "request_id": request_id,
        "errors": [
            {"field": fault.field, "code": fault.code, "detail": str(fault.detail)}
            for fault in refusal.faults
        ],
    }
    if refusal.conflict is not None:
        body["conflict"] = dict(refusal.conflict)
    return body
