"""The log every simulated partner keeps of what it was sent and what it sent, with personal data masked."""

from collections.abc import Mapping
from typing import Any

from unipay import bank_card, clock, identity
from unipay.sandbox.models import SandboxMessage
from unipay.sandbox.states import Direction, Verdict

_MASKS = {"number": bank_card.mask, "identity_no": identity.mask, "name": identity.mask_name}


def note_received(
    code: str, operation: str, *, content: dict[str, Any], verdict: Verdict, is_repeat: bool
) -> SandboxMessage:
    """Write down a call of Unipay's before it is answered."""
    return SandboxMessage.objects.create(
        partner_code=code,
        direction=Direction.IN,
        operation=operation,
        request_no=str(content.get("request_no") or "")[:64],
        event_id=event_id_of(content),
        msisdn=msisdn_of(content),
        verdict=verdict,
        is_repeat=is_repeat,
        body=masked(content),
        sent_at=clock.now(),
    )


def note_sent(
    code: str,
    operation: str,
    *,
    content: Mapping[str, Any],
    status: int | None,
    answer: Mapping[str, Any] | None,
    verdict: Verdict,
) -> SandboxMessage:
    """Write down a request to Unipay and how it was answered; status None: not at all."""
    return SandboxMessage.objects.create(
        partner_code=code,
        direction=Direction.OUT,
        operation=operation,
        request_no=str(content.get("request_no") or "")[:64],
        msisdn=msisdn_of(content),
        verdict=verdict,
        body=masked(content),
        status=status,
        answer=answer,
        sent_at=clock.now(),
    )


def answered_before(code: str, event_id: str) -> SandboxMessage | None:
    """Return the earlier message of this event that this partner answered, if there is one."""
    if not event_id:
        return None
    return SandboxMessage.objects.filter(
        partner_code=code, event_id=event_id, verdict=Verdict.GENUINE, status=200
    ).first()


def times_received(code: str, event_id: str, *, operation: str = "", msisdn: str = "") -> int:
    """How often this event arrived so far, or a question without one about this number; this time included."""
    genuine = SandboxMessage.objects.filter(partner_code=code, verdict=Verdict.GENUINE)
    if event_id and not operation:
        return genuine.filter(event_id=event_id).count()
    return genuine.filter(direction=Direction.IN, operation=operation, msisdn=msisdn).count()


def event_id_of(content: Mapping[str, Any]) -> str:
    """Return the event id of a notification, "" for a question."""
    return str(content.get("event_id") or "")[:36]


def msisdn_of(content: Mapping[str, Any]) -> str:
    """Return the number a message is about, whether it stands in front, in the contract, or in its only landing."""
    contract, landings = content.get("contract"), content.get("landings")
    within = contract if isinstance(contract, dict) else {}
    if isinstance(landings, list) and len(landings) == 1:
        within = landings[0]
    return str(content.get("msisdn") or within.get("msisdn") or "")[:11]


def masked(content: Any) -> Any:
    """Return a copy of a message in which account, identity number and name are masked."""
    if isinstance(content, list):
        return [masked(item) for item in content]
    if not isinstance(content, Mapping):
        return content
    return {
        name: _MASKS[name](value) if name in _MASKS and isinstance(value, str) else masked(value)
        for name, value in content.items()
    }
