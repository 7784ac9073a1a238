"""What happens when a partner answered, or never answered, what we promised to tell it (domain.md A4)."""

from datetime import datetime

from signing import messages
from signing.flows import manual_case
from signing.flows.manual_case import Evidence
from signing.models import CaseObligation, Contract, ManualCase, SigningSession
from signing.states import CaseReason, CaseState
from unipay.messaging.models import MessageState, OutboundMessage


def settled(message: OutboundMessage, now: datetime) -> None:
    """The partner acknowledged or refused; runs in the transaction that settles the message."""
    if message.state == MessageState.DELIVERED:
        _meet_obligation(message, now)
        return
    _raise_case(message, reason=_refused_by(message), now=now)


def died(message: OutboundMessage, now: datetime) -> None:
    """The ladder is used up: people must see why the partner can't be reached."""
    _raise_case(message, reason=CaseReason.UNDELIVERABLE, now=now)


def _refused_by(message: OutboundMessage) -> CaseReason:
    if message.kind == messages.CONTRACT_CHANGED:
        return CaseReason.PROVINCE_REFUSED
    if message.kind in (messages.CONTRACT_CONFIRMED, messages.CONTRACT_CANCELLED):
        return CaseReason.BANK_REFUSED
    return CaseReason.UNDELIVERABLE


def _meet_obligation(message: OutboundMessage, now: datetime) -> None:
    obligation = CaseObligation.objects.filter(message=message, met_at=None).first()
    if obligation is None:
        return
    case = ManualCase.objects.select_for_update().get(pk=obligation.case_id)
    obligation.met_at = now
    obligation.save(update_fields=["met_at"])
    manual_case.close_when_met(case, now=now)


def _raise_case(message: OutboundMessage, *, reason: CaseReason, now: datetime) -> None:
    obligation = CaseObligation.objects.filter(message=message).first()
    if obligation is not None:
        _reopen(obligation, now)
        return
    case = manual_case.open_case(
        cause=f"{reason}:{message.kind}:{message.subject}",
        reason=reason,
        about=_subject_of(message),
        evidence=[_evidence(message)],
        now=now,
    )
    CaseObligation.objects.get_or_create(message=message, defaults={"case": case})


def _reopen(obligation: CaseObligation, now: datetime) -> None:
    case = ManualCase.objects.select_for_update().get(pk=obligation.case_id)
    if case.state == CaseState.DECIDED:
        case.reopen(
            why=f"{obligation.message.partner.code} {obligation.message.kind}: {_why(obligation.message)}"
        )
        case.save()
    manual_case.add_evidence(case, [_evidence(obligation.message)], now=now)


def _why(message: OutboundMessage) -> str:
    return message.last_error or message.state


def _subject_of(message: OutboundMessage) -> Contract | SigningSession:
    kind, _colon, number = message.subject.partition(":")
    if kind == "contract":
        return Contract.objects.get(contract_no=number)
    return SigningSession.objects.get(session_no=number)


def _evidence(message: OutboundMessage) -> Evidence:
    facts = {
        "event_id": str(message.event_id),
        "kind": message.kind,
        "attempts": message.attempts,
        "error": message.last_error,
        "answer": message.answer,
    }
    return Evidence(facts=facts, partner=message.partner)
