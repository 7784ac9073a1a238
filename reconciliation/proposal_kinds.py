"""What people of reconciliation propose to each other; found by the approvals app at start."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from reconciliation.admin.run.actions import told
from reconciliation.flows import proceed
from reconciliation.flows.proceed import Way
from unipay.approvals.kinds import ProposalKind, register
from unipay.approvals.models import Proposal
from unipay.errors import Text
from unipay.partners.named import title_of


def _describe(proposal: Proposal) -> Text:
    """Named from what the proposal keeps: a list of proposals asks for no runs."""
    of, day = title_of(proposal.what["partner"]), proposal.what["business_date"]
    return format_lazy("{} {}: {}", of, day, Way(proposal.action).label)


def _effects(proposal: Proposal) -> Sequence[Text]:
    """What the page of the run says, for who checks without opening it."""
    run = proceed.run_of(proposal)
    if proposal.action == Way.REFUSE:
        return [_("Nothing of the file is corrected; the partner has to send another one.")]
    return told(run)


def _link(proposal: Proposal) -> str:
    return reverse("admin:reconciliation_run_change", args=[proposal.what["run_id"]])


register(
    ProposalKind(
        proceed.KIND,
        title=_("run that was stopped"),
        permission="reconciliation.check_run",
        lock=proceed.lock,
        version=proceed.version,
        carry_out=proceed.carry_out,
        let_go=proceed.let_go,
        describe=_describe,
        effects=_effects,
        link=_link,
        actions=tuple(Way.choices),
    )
)
