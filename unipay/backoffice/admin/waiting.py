"""A proposal that waits for a second person, as the page of what it is about shows it to one person."""

from dataclasses import dataclass
from typing import Any

from unipay.approvals.kinds import kind_named
from unipay.approvals.models import Proposal
from unipay.approvals.queries import waiting_about
from unipay.errors import Text


@dataclass(frozen=True)
class WaitingProposal:
    """The proposal and the person who looks at it."""

    proposal: Proposal
    person: Any

    @property
    def what(self) -> Text:
        """What is proposed, in words."""
        return dict(kind_named(self.proposal.kind).actions)[self.proposal.action]

    @property
    def maker(self) -> str:
        """Who proposed it."""
        maker: Any = self.proposal.made_by
        return str(maker.get_full_name() or maker.get_username())

    @property
    def is_own(self) -> bool:
        """Whether somebody else must check it."""
        return self.proposal.made_by_id == self.person.pk

    @property
    def may_check(self) -> bool:
        """Whether the person may agree to it."""
        rights = ("approvals.check_proposal", kind_named(self.proposal.kind).permission)
        return not self.is_own and bool(self.person.has_perms(rights))


def waiting_for(person: Any, subject: str) -> WaitingProposal | None:
    """Return what waits for a second person about the subject, None for nothing."""
    proposal = waiting_about(subject)
    return WaitingProposal(proposal, person) if proposal else None
