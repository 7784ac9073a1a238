"""The facts about approvals: what was proposed, what became of it, and what needs a second person at all."""

from unipay.approvals.models.proposal import Proposal, ProposalState
from unipay.approvals.models.rule import ApprovalRule

__all__ = ["ApprovalRule", "Proposal", "ProposalState"]
