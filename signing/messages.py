"""What signing promises to tell its partners: each function promises one message inside the caller's transaction."""

from datetime import date, datetime
from typing import Any

from signing.models import Contract, SigningSession
from signing.representation import contract_facts, session_facts
from unipay.messaging import outbox
from unipay.messaging.models import OutboundMessage
from unipay.partners.models import Partner

CONTRACT_CHANGED = "contract_changed"
CONTRACT_CONFIRMED = "contract_confirmed"
CONTRACT_CANCELLED = "contract_cancelled"
SIGNING_OUTCOME = "signing_outcome"


def tell_province(contract: Contract, *, change: str, business_date: date, now: datetime) -> OutboundMessage:
    """The home province hears of a change of a formal contract, sends the SMS and syncs its BOSS."""
    said = {"change": change, "business_date": business_date.isoformat()}
    return _about_contract(contract, contract.province, CONTRACT_CHANGED, said, now)


def confirm_to_bank(contract: Contract, *, now: datetime) -> OutboundMessage:
    """The bank hears how its contract stands with us."""
    return _about_contract(contract, contract.bank, CONTRACT_CONFIRMED, {}, now)


def cancel_at_bank(contract: Contract, *, reason: str, now: datetime) -> OutboundMessage:
    """The bank hears that its contract ended with us, and why, so that it ends it too."""
    return _about_contract(contract, contract.bank, CONTRACT_CANCELLED, {"reason": reason}, now)


def tell_hall(session: SigningSession, *, now: datetime) -> OutboundMessage:
    """The hall hears the outcome of a session it opened."""
    return outbox.promise(
        partner=session.hall,
        kind=SIGNING_OUTCOME,
        subject=f"session:{session.session_no}",
        resource_version=session.contract.version if session.contract else 1,
        payload=session_facts(session),
        msisdn=session.msisdn,
        now=now,
    )


def _about_contract(
    contract: Contract, partner: Partner, kind: str, said: dict[str, Any], now: datetime
) -> OutboundMessage:
    return outbox.promise(
        partner=partner,
        kind=kind,
        subject=f"contract:{contract.contract_no}",
        resource_version=contract.version,
        payload={**said, "contract": contract_facts(contract)},
        msisdn=contract.msisdn,
        now=now,
    )
