"""What happens when somebody decides a manual case: at once, or as a proposal that a second person approves (A4)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from signing.case_policy import CHANGES_NO_CONTRACT, Option
from signing.errors import CASE_NOT_OPEN, CASE_STILL_ASKS, DECISION_NOT_POSSIBLE
from signing.flows import manual_case
from signing.models import ManualCase
from signing.states import UNDECIDED, CaseState, ContractState, Decision
from unipay.approvals import proposals
from unipay.approvals.errors import REMARK_MISSING
from unipay.approvals.models import Proposal
from unipay.approvals.need import STRICT, Need
from unipay.approvals.proposals import Wish
from unipay.approvals.queries import Needs
from unipay.errors import Refusal

KIND = "case_decision"
_ALONE = Need(needs_checker=False, valid=STRICT.valid)


@dataclass(frozen=True)
class Offered:
    """One decision as the case page offers it: whether it is possible, and whether a second person must agree."""

    option: Option
    needs_checker: bool


@dataclass(frozen=True)
class Submitted:
    """The case as it now is, and the proposal that waits where a second person must agree."""

    case: ManualCase
    proposal: Proposal | None = None


def offered(case: ManualCase) -> tuple[Offered, ...]:
    """Return every decision of the case's kind, as things stand now."""
    needs = Needs(KIND)
    return tuple(
        Offered(option, _need(case, option.decision, needs).needs_checker)
        for option in manual_case.options(case)
    )


@transaction.atomic
def submit(case_no: str, *, decision: Decision, remark: str, by_id: int, now: datetime) -> Submitted:
    """Decide a case, or propose the decision where the rules ask for a second person."""
    if not remark.strip():
        raise Refusal(REMARK_MISSING)
    case = manual_case.lock(case_no)
    need = _need(case, decision, Needs(KIND))
    if not need.needs_checker:
        decided = manual_case.decide(
            case_no, decision=decision, remark=remark.strip(), decided_by_id=by_id, now=now
        )
        return Submitted(decided)
    if case.state != CaseState.OPEN:
        raise Refusal(CASE_NOT_OPEN)
    if decision not in manual_case.decisions_possible(case):
        raise Refusal(DECISION_NOT_POSSIBLE)
    case.propose(by_id=by_id)
    case.save()
    return Submitted(
        case, proposals.propose(_wish(case, decision, remark), by_id=by_id, valid=need.valid, now=now)
    )


@transaction.atomic
def withdraw(case_no: str, *, remark: str, now: datetime) -> ManualCase:
    """End a case that has nothing left to decide, without a decision; raises Refusal while something is."""
    if not remark.strip():
        raise Refusal(REMARK_MISSING)
    case = manual_case.lock(case_no)
    if case.state not in UNDECIDED:
        raise Refusal(CASE_NOT_OPEN)
    if case.contested and case.contested.state == ContractState.CONTESTED:
        raise Refusal(CASE_STILL_ASKS)
    case.withdraw(remark=remark.strip(), now=now)
    case.save()
    return case


def case_of(proposal: Proposal) -> ManualCase:
    """Return the case a proposal is about."""
    return ManualCase.objects.select_related("standing", "contested").get(case_no=_case_no(proposal))


def lock(proposal: Proposal) -> None:
    """Take the locks of the case, before those of the proposal."""
    manual_case.lock(_case_no(proposal))


def version(proposal: Proposal) -> str:
    """Return how the case stands now."""
    return manual_case.version_of(case_of(proposal))


def carry_out(proposal: Proposal, approved_by_id: int, now: datetime) -> None:
    """Decide the case as proposed, in the names of both."""
    manual_case.decide(
        _case_no(proposal),
        decision=Decision(proposal.action),
        remark=proposal.remark,
        decided_by_id=proposal.made_by_id,
        approved_by_id=approved_by_id,
        now=now,
    )


def let_go(proposal: Proposal, now: datetime) -> None:
    """The proposal came to nothing: the case is open again, unless it is over meanwhile."""
    case = manual_case.lock(_case_no(proposal))
    if case.state == CaseState.PROPOSED:
        case.let_go(why=proposal.check_remark)
        case.save()


def _wish(case: ManualCase, decision: Decision, remark: str) -> Wish:
    return Wish(
        kind=KIND,
        subject=case.subject,
        subject_version=manual_case.version_of(case),
        action=decision,
        remark=remark,
        reason=case.reason,
        amount_fen=_amount_fen(case),
        province=case.province,
    )


def _need(case: ManualCase, decision: Decision, needs: Needs) -> Need:
    default = _ALONE if decision in CHANGES_NO_CONTRACT else STRICT
    return needs.of(action=decision, reason=case.reason, amount_fen=_amount_fen(case), default=default)


def _amount_fen(case: ManualCase) -> int | None:
    """The most that either contract debits at a time, as far as it says."""
    sides = [side for side in (case.standing, case.contested) if side is not None]
    return max((side.recharge_amount_fen for side in sides if side.recharge_amount_fen), default=None)


def _case_no(proposal: Proposal) -> str:
    return proposal.subject.removeprefix("case:")
