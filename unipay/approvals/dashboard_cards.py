"""What the overview shows of approvals: what waits for a checker."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from unipay.approvals.models import ProposalState
from unipay.backoffice.bounded import bounded_counts
from unipay.backoffice.dashboard import Card, Section, Source, Tone, Viewer, list_address, register

_PROPOSALS = "approvals.proposal"


def proposals(viewer: Viewer) -> Iterator[Card]:
    """What others propose waits for this person; one's own proposals wait for somebody else."""
    waiting = viewer.rows(_PROPOSALS).filter(state=ProposalState.PENDING)
    me = viewer.request.user.pk
    counted = bounded_counts(others=waiting.exclude(made_by=me), mine=waiting.filter(made_by=me))
    mine = _("%(count)d of your own wait for somebody else.") % {"count": counted["mine"]}
    yield Card(
        title=_("Proposals waiting for a checker"),
        figure=counted["others"],
        link=list_address(_PROPOSALS, state="FOR_ME"),
        tone=Tone.WARNING if counted["others"] else Tone.OK,
        order=120,
        note=mine if counted["mine"] else "",
        icon="rule",
    )


register(Source("proposals", _("Proposals waiting for a checker"), Section.NOW, _PROPOSALS, proposals))
