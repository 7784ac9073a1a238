"""What approvals can be asked: does this need a checker, what waits, and what was proposed about a subject."""

from django.db.models import QuerySet

from unipay.approvals.models import ApprovalRule, Proposal, ProposalState
from unipay.approvals.need import STRICT, Need, need_of


class Needs:
    """The rules of one kind, read once and asked about many actions."""

    def __init__(self, kind: str) -> None:
        self._rules = list(ApprovalRule.objects.filter(kind=kind))

    def of(
        self, *, action: str, reason: str = "", amount_fen: int | None = None, default: Need = STRICT
    ) -> Need:
        """Return whether the action needs a checker; `default` where no rule speaks of it."""
        return need_of(self._rules, action=action, reason=reason, amount_fen=amount_fen, default=default)


def waiting_about(subject: str) -> Proposal | None:
    """Return the proposal about the subject that waits for a checker, with its maker."""
    waiting = Proposal.objects.filter(subject=subject, state=ProposalState.PENDING)
    return waiting.select_related("made_by").first()


def proposals_about(subject: str) -> QuerySet[Proposal]:
    """Return everything that was proposed about the subject, newest first."""
    return Proposal.objects.filter(subject=subject).select_related("made_by", "checked_by").order_by("-id")
