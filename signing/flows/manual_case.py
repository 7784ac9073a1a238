"""What happens when people must decide: a case is opened, decided, and closed once every obligation is met (A4)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from signing import messages
from signing.case_policy import possible_decisions, urgency
from signing.errors import CASE_NOT_OPEN, DECISION_NOT_POSSIBLE
from signing.flows.change import Origin, record_change
from signing.locks import lock_numbers
from signing.models import CaseEvidence, CaseObligation, Contract, ManualCase, SigningSession
from signing.queries import standing_contract_on
from signing.states import (
    FORMAL,
    CaseReason,
    CaseState,
    ContractState,
    Decision,
    EndReason,
    Source,
    TransactionKind,
)
from unipay import check_digit, clock
from unipay.errors import Refusal
from unipay.messaging import outbox
from unipay.messaging.models import MessageState, OutboundMessage
from unipay.partners.models import Partner


@dataclass(frozen=True)
class Evidence:
    """What a party told us: the facts as JSON, its request number, and the key whose signature was right."""

    facts: dict[str, Any]
    partner: Partner | None = None
    request_no: str = ""
    key_id: str = ""


def open_case(
    *,
    cause: str,
    reason: CaseReason,
    about: Contract | SigningSession,
    contested: Contract | None = None,
    evidence: Sequence[Evidence] = (),
    now: datetime,
) -> ManualCase:
    """Open a case about a contract or a session, or add the evidence to the case this cause has open already.

    `about` is the contract that stands; where nothing stands it is the contested contract or the session itself.
    """
    severity, time_allowed = urgency(reason)
    standing = about if isinstance(about, Contract) and about is not contested else None
    case, _opened = ManualCase.objects.exclude(state=CaseState.CLOSED).get_or_create(
        cause=cause,
        defaults={
            "case_no": check_digit.new_number("M"),
            "reason": reason,
            "severity": severity,
            "msisdn": about.msisdn,
            "province_id": about.province_id,
            "standing": standing,
            "contested": contested,
            "opened_at": now,
            "due_at": now + time_allowed,
        },
    )
    add_evidence(case, evidence, now=now)
    return case


def add_evidence(case: ManualCase, evidence: Sequence[Evidence], *, now: datetime) -> None:
    """Keep what the parties told us beside the case."""
    CaseEvidence.objects.bulk_create(
        CaseEvidence(
            case=case,
            partner=piece.partner,
            request_no=piece.request_no,
            key_id=piece.key_id,
            facts=piece.facts,
            received_at=now,
        )
        for piece in evidence
    )


def decisions_possible(case: ManualCase) -> tuple[Decision, ...]:
    """What people may decide in this case as things stand now."""
    if case.state != CaseState.OPEN:
        return ()
    contested = case.contested
    free = True
    if contested is not None:
        numbers = [contested.msisdn, *contested.secondary_msisdns]
        in_the_way = standing_contract_on(numbers, other_than=case.standing_id)
        free = in_the_way is None or in_the_way.pk == contested.pk
    return possible_decisions(
        case.reason,
        standing=case.standing.state if case.standing else None,
        contested=contested.state if contested else None,
        number_is_free=free,
    )


@transaction.atomic
def decide(
    case_no: str, *, decision: Decision, remark: str, decided_by_id: int | None, now: datetime
) -> ManualCase:
    """Carry out a decision: contracts change at once, and the case waits for the messages this obliges us to."""
    seen = ManualCase.objects.select_related("standing", "contested").get(case_no=case_no)
    lock_numbers(_numbers_of(seen))
    _lock_messages(seen)
    case = ManualCase.objects.select_for_update().get(pk=seen.pk)
    if case.state != CaseState.OPEN:
        raise Refusal(CASE_NOT_OPEN)
    if decision not in decisions_possible(case):
        raise Refusal(DECISION_NOT_POSSIBLE)
    promised = _Consequences(case=case, now=now).of(decision)
    if decision != Decision.NOTIFY_AGAIN:
        _waive_lost_messages(case, now=now)
    case.decide(decision=decision, remark=remark, decided_by_id=decided_by_id, now=now)
    case.save()
    CaseObligation.objects.bulk_create(CaseObligation(case=case, message=message) for message in promised)
    close_when_met(case, now=now)
    return case


def close_when_met(case: ManualCase, *, now: datetime) -> None:
    """Close a decided case whose obligations are all acknowledged."""
    if case.state == CaseState.DECIDED and not case.obligations.filter(met_at=None).exists():
        case.close(now=now)
        case.save()


def _lock_messages(case: ManualCase) -> None:
    """Delivery locks a message and then its case; whoever decides must not do it the other way round."""
    owed = case.obligations.filter(met_at=None).values("message_id")
    list(OutboundMessage.objects.select_for_update().filter(pk__in=owed).order_by("pk").values_list("pk"))


def _waive_lost_messages(case: ManualCase, *, now: datetime) -> None:
    """People decided without telling again: what was refused or died is owed no longer."""
    lost = case.obligations.filter(met_at=None, message__state__in=[MessageState.DEAD, MessageState.REFUSED])
    lost.update(met_at=now)


def _numbers_of(case: ManualCase) -> list[str]:
    contracts = [contract for contract in (case.standing, case.contested) if contract is not None]
    return [
        case.msisdn,
        *(n for contract in contracts for n in [contract.msisdn, *contract.secondary_msisdns]),
    ]


@dataclass
class _Consequences:
    """What one decision does to the contracts of the case, and the messages it promises."""

    case: ManualCase
    now: datetime
    promised: list[OutboundMessage] = field(default_factory=list)

    def of(self, decision: Decision) -> list[OutboundMessage]:
        standing, contested = self.case.standing, self.case.contested
        if decision in (Decision.REPLACE, Decision.NEITHER, Decision.TERMINATE):
            self._end(standing, tell_bank=True)
        if decision in (Decision.KEEP_STANDING, Decision.NEITHER):
            self._end(contested, tell_bank=True)
        if decision == Decision.SAME_CONTRACT:
            self._end(contested, tell_bank=False)
            self._confirm(standing)
        if decision in (Decision.REPLACE, Decision.ACCEPT):
            self._make_formal(contested)
        if decision == Decision.NOTIFY_AGAIN:
            self._tell_again()
        return self.promised

    def _end(self, contract: Contract | None, *, tell_bank: bool) -> None:
        if contract is None or contract.state == ContractState.TERMINATED:
            return
        formal = contract.state in FORMAL
        contract.terminate(reason=EndReason.CASE_DECISION, now=self.now)
        if formal:
            told = record_change(
                contract,
                kind=TransactionKind.TERMINATED,
                origin=self._origin(),
                now=self.now,
                reason=EndReason.CASE_DECISION,
            )
            self.promised.append(told)
        else:
            contract.version += 1
            contract.save()
        if tell_bank:
            reason = str(EndReason.CASE_DECISION)
            self.promised.append(messages.cancel_at_bank(contract, reason=reason, now=self.now))

    def _make_formal(self, contract: Contract | None) -> None:
        if contract is None:
            return
        contract.activate(signed_at=contract.signed_at or self.now)
        told = record_change(contract, kind=TransactionKind.SIGNED, origin=self._origin(), now=self.now)
        self.promised += [told, messages.confirm_to_bank(contract, now=self.now)]

    def _confirm(self, contract: Contract | None) -> None:
        if contract is not None:
            self.promised.append(messages.confirm_to_bank(contract, now=self.now))

    def _tell_again(self) -> None:
        for obligation in self.case.obligations.filter(met_at=None).select_related("message"):
            if obligation.message.state in (MessageState.DEAD, MessageState.REFUSED):
                outbox.replay(obligation.message, now=self.now)

    def _origin(self) -> Origin:
        return Origin(Source.STAFF, clock.business_date(self.now), request_no=self.case.case_no)
