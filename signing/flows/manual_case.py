"""What happens when people must decide: a case is opened, decided, and closed once every obligation is met (A4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from signing import case_policy
from signing.book_answers import ASKED
from signing.case_policy import Option, Sides
from signing.errors import CASE_NOT_OPEN, DECISION_NOT_POSSIBLE
from signing.flows.case_consequences import Consequences
from signing.locks import lock_numbers
from signing.models import (
    CaseEvidence,
    CaseObligation,
    CaseServiceLevel,
    Contract,
    ManualCase,
)
from signing.queries import standing_contract_on
from signing.states import OVER, UNDECIDED, CaseReason, CaseState, ContractState, Decision
from unipay import check_digit
from unipay.errors import Refusal
from unipay.messaging.models import MessageState, OutboundMessage
from unipay.partners.models import Partner


@dataclass(frozen=True)
class Evidence:
    """What a party told us: the facts as JSON, its request number, and the key whose signature was right."""

    facts: dict[str, Any]
    partner: Partner | None = None
    request_no: str = ""
    key_id: str = ""


class Subject(Protocol):
    """What a case may be about: a contract, a session, or the mere line of a file."""

    @property
    def msisdn(self) -> str:
        """The mobile number."""

    @property
    def province_id(self) -> int | None:
        """The province it is at home in."""


@dataclass(frozen=True)
class Matter:
    """What a case is about that is no contract: `subject` names it ("recharge:…"), with its number and home if any."""

    subject: str
    msisdn: str = ""
    province_id: int | None = None


def open_case(
    *,
    cause: str,
    reason: CaseReason,
    about: Subject,
    contested: Contract | None = None,
    evidence: Sequence[Evidence] = (),
    now: datetime,
) -> ManualCase:
    """Open a case about a contract, a session or a number, or add the evidence to the one this cause has open already.

    `about` is the contract that stands; where nothing stands it is the contested contract or the session itself.
    """
    severity, time_allowed = _urgency(reason)
    standing = about if isinstance(about, Contract) and about is not contested else None
    case, _opened = ManualCase.objects.exclude(state__in=OVER).get_or_create(
        cause=cause,
        defaults={
            "case_no": check_digit.new_number("M"),
            "reason": reason,
            "severity": severity,
            "about": about.subject if isinstance(about, Matter) else "",
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


def options(case: ManualCase) -> tuple[Option, ...]:
    """Every decision that a case of this kind knows, with the reason why not where one is not possible now."""
    return case_policy.options(case.reason, _sides(case)) if case.state in UNDECIDED else ()


def decisions_possible(case: ManualCase) -> tuple[Decision, ...]:
    """What people may decide in this case as things stand now."""
    return tuple(option.decision for option in options(case) if option.is_possible)


@transaction.atomic
def decide(
    case_no: str,
    *,
    decision: Decision,
    remark: str,
    decided_by_id: int | None,
    approved_by_id: int | None = None,
    now: datetime,
) -> ManualCase:
    """Carry out a decision: contracts change at once, and the case waits for the messages this obliges us to.

    A case whose decision was proposed is decided by whoever approves (`approved_by_id`), and by nobody else.
    """
    case = lock(case_no)
    if case.state != (CaseState.PROPOSED if approved_by_id else CaseState.OPEN):
        raise Refusal(CASE_NOT_OPEN)
    if decision not in decisions_possible(case):
        raise Refusal(DECISION_NOT_POSSIBLE)
    promised = Consequences(case=case, now=now).of(decision)
    if decision != Decision.NOTIFY_AGAIN:
        _waive_lost_messages(case, now=now)
    case.decide(
        decision=decision,
        remark=remark,
        decided_by_id=decided_by_id,
        approved_by_id=approved_by_id,
        now=now,
    )
    case.save()
    CaseObligation.objects.bulk_create(CaseObligation(case=case, message=message) for message in promised)
    close_when_met(case, now=now)
    return case


@transaction.atomic
def withdraw_what_ended(contested: Contract, *, now: datetime) -> None:
    """Withdraw the case about a contested contract that its own parties ended: nothing is left to decide.

    The caller holds the locks of the contract's numbers.
    """
    waiting = contested.cases_as_contested.filter(state__in=UNDECIDED)
    for case in waiting.select_for_update(of=["self"]):
        case.withdraw(remark=_ended_by_itself(contested), now=now)
        case.save()


def withdraw_about(subject: str, *, remark: str, now: datetime) -> None:
    """Withdraw the cases about a matter that came right by itself; `remark` says how, in the language of the house."""
    for case in ManualCase.objects.filter(about=subject, state__in=UNDECIDED).select_for_update(of=["self"]):
        case.withdraw(remark=remark, now=now)
        case.save()


def lock(case_no: str) -> ManualCase:
    """Lock the numbers, the owed messages and the case itself, in this order; return the case as it now is."""
    seen = ManualCase.objects.select_related("standing", "contested").get(case_no=case_no)
    lock_numbers(_numbers_of(seen))
    _lock_messages(seen)
    return ManualCase.objects.select_for_update().get(pk=seen.pk)


def version_of(case: ManualCase) -> str:
    """What a proposal about the case was made in sight of: another version means that facts changed since."""
    sides = [f"{side.state}{side.version}" if side else "-" for side in (case.standing, case.contested)]
    told = case.evidence.exclude(facts__has_key=ASKED)  # asking what the books say changes nothing
    known = case.state if case.state not in UNDECIDED else told.count()
    return ".".join([*sides, str(known)])


def close_when_met(case: ManualCase, *, now: datetime) -> None:
    """Close a decided case whose obligations are all acknowledged."""
    if case.state == CaseState.DECIDED and not case.obligations.filter(met_at=None).exists():
        case.close(now=now)
        case.save()


def _ended_by_itself(contested: Contract) -> str:
    # Kept as words: whoever reads the case reads the language of the house.
    with translation.override(settings.LANGUAGE_CODE):
        reason = contested.get_end_reason_display()
        return _("The contested contract ended by itself: %(reason)s.") % {"reason": reason}


def _urgency(reason: CaseReason) -> tuple[str, timedelta]:
    level = CaseServiceLevel.objects.filter(reason=reason).first()
    return (level.severity, timedelta(hours=level.hours)) if level else case_policy.urgency(reason)


def _sides(case: ManualCase) -> Sides:
    contested = case.contested
    free = True
    if contested is not None and contested.state == ContractState.CONTESTED:
        numbers = [contested.msisdn, *contested.secondary_msisdns]
        free = standing_contract_on(numbers, other_than=case.standing_id) is None
    return Sides(
        standing=case.standing.state if case.standing else None,
        contested=contested.state if contested else None,
        number_is_free=free,
        is_owed_news=case.obligations.filter(met_at=None).exists(),
    )


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
    own = [case.msisdn] if case.msisdn else []  # a case about a whole file has none
    return [*own, *(n for contract in contracts for n in [contract.msisdn, *contract.secondary_msisdns])]
