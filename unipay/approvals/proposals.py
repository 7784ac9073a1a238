"""What happens when something is proposed, and when somebody else approves it, refuses it, or nobody looks in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from unipay import check_digit
from unipay.approvals import errors
from unipay.approvals.kinds import ProposalKind, kind_named
from unipay.approvals.models import Proposal, ProposalState
from unipay.approvals.queries import Needs
from unipay.errors import Refusal
from unipay.partners.models import Partner


@dataclass(frozen=True)
class Wish:
    """What is proposed: the action among those of its kind, about what, as it is now, and why."""

    kind: str
    subject: str
    subject_version: str
    action: str
    remark: str
    reason: str = ""
    amount_fen: int | None = None
    province: Partner | None = None
    what: dict[str, Any] | None = None


class _Over(Exception):
    """The proposal can't be approved any more; `state` is how it ends."""

    def __init__(self, state: ProposalState) -> None:
        super().__init__(state)
        self.state = state


_WHY_OVER = {
    ProposalState.EXPIRED: errors.PROPOSAL_EXPIRED,
    ProposalState.STALE: errors.PROPOSAL_STALE,
}


@transaction.atomic
def propose(wish: Wish, *, by_id: int, valid: timedelta, now: datetime) -> Proposal:
    """Keep a wish until somebody else decides on it; whoever calls holds the locks of its subject."""
    if not wish.remark.strip():
        raise Refusal(errors.REMARK_MISSING)
    if Proposal.objects.filter(subject=wish.subject, state=ProposalState.PENDING).exists():
        raise Refusal(errors.PROPOSAL_WAITS)
    return Proposal.objects.create(
        proposal_no=check_digit.new_number("P"),
        kind=wish.kind,
        subject=wish.subject,
        subject_version=wish.subject_version,
        action=wish.action,
        reason=wish.reason,
        amount_fen=wish.amount_fen,
        province=wish.province,
        what=wish.what or {},
        remark=wish.remark.strip(),
        made_by_id=by_id,
        made_at=now,
        expires_at=now + valid,
    )


def approve(proposal_no: str, *, by_id: int, remark: str, now: datetime) -> Proposal:
    """Carry out what somebody else proposed, if it is still what its maker saw.

    Raises Refusal: settled, own proposal, no remark, expired, overtaken. The last two also end the proposal, unless
    the caller's own transaction is undone by the refusal; then the calendar ends it.
    """
    _require_remark(remark)
    seen = _found(proposal_no)
    try:
        with transaction.atomic():
            return _approve(seen, by_id=by_id, remark=remark.strip(), now=now)
    except _Over as over:
        settle(seen, now=now)
        raise Refusal(_WHY_OVER[over.state]) from None


@transaction.atomic
def refuse(proposal_no: str, *, by_id: int, remark: str, now: datetime) -> Proposal:
    """Say no to what somebody else proposed; its subject is as open as before."""
    _require_remark(remark)
    kind, proposal = _locked(_found(proposal_no))
    _require_checker(kind, proposal, by_id)
    proposal.refuse(by_id=by_id, remark=remark.strip(), now=now)
    proposal.save()
    kind.let_go(proposal, now)
    return proposal


@transaction.atomic
def withdraw(proposal_no: str, *, by_id: int, now: datetime) -> Proposal:
    """Take one's own proposal back."""
    kind, proposal = _locked(_found(proposal_no))
    if proposal.made_by_id != by_id:
        raise Refusal(errors.NOT_YOUR_PROPOSAL)
    proposal.withdraw(now=now)
    proposal.save()
    kind.let_go(proposal, now)
    return proposal


def settle_due(*, now: datetime) -> int:
    """End the proposals that expired or were overtaken; returns how many. There are never many: people make them."""
    waiting = Proposal.objects.filter(state=ProposalState.PENDING).order_by("expires_at")
    return sum(settle(proposal, now=now) for proposal in waiting)


@transaction.atomic
def settle(seen: Proposal, *, now: datetime) -> bool:
    """End a waiting proposal that expired or was overtaken; tells whether it did."""
    try:
        kind, proposal = _locked(seen)
    except Refusal:
        return False
    state = _over(kind, proposal, now)
    if state is None:
        return False
    verb = proposal.expire if state == ProposalState.EXPIRED else proposal.overtake
    verb(now=now)
    proposal.save()
    kind.let_go(proposal, now)
    return True


def _approve(seen: Proposal, *, by_id: int, remark: str, now: datetime) -> Proposal:
    kind, proposal = _locked(seen)
    _require_checker(kind, proposal, by_id)
    state = _over(kind, proposal, now)
    if state is not None:
        raise _Over(state)
    proposal.approve(by_id=by_id, remark=remark, now=now)
    proposal.save()
    kind.carry_out(proposal, by_id, now)
    return proposal


def _found(proposal_no: str) -> Proposal:
    proposal = Proposal.objects.filter(proposal_no=proposal_no).first()
    if proposal is None:
        raise Refusal(errors.PROPOSAL_NOT_FOUND)
    return proposal


def _locked(seen: Proposal) -> tuple[ProposalKind, Proposal]:
    """Lock what the proposal is about, then the proposal itself, which must still be waiting."""
    kind = kind_named(seen.kind)
    kind.lock(seen)
    proposal = Proposal.objects.select_for_update().get(pk=seen.pk)
    if proposal.state != ProposalState.PENDING:
        raise Refusal(errors.PROPOSAL_SETTLED)
    return kind, proposal


def _over(kind: ProposalKind, proposal: Proposal, now: datetime) -> ProposalState | None:
    if kind.version(proposal) != proposal.subject_version:
        return ProposalState.STALE
    return ProposalState.EXPIRED if proposal.expires_at <= now else None


def _require_checker(kind: ProposalKind, proposal: Proposal, by_id: int) -> None:
    if proposal.made_by_id == by_id:
        raise Refusal(errors.OWN_PROPOSAL)
    person = get_user_model().objects.filter(pk=by_id, is_active=True).first()
    if person is None or not person.has_perm(kind.permission):
        raise Refusal(errors.MAY_NOT_CHECK)
    need = Needs(kind.name).of(action=proposal.action, reason=proposal.reason, amount_fen=proposal.amount_fen)
    if need.checked_by_id and not person.groups.filter(pk=need.checked_by_id).exists():
        raise Refusal(errors.ANOTHER_ROLE_CHECKS)


def _require_remark(remark: str) -> None:
    if not remark.strip():
        raise Refusal(errors.REMARK_MISSING)
