"""What people of signing propose to each other; found by the approvals app at start."""

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from signing.admin.case.facts import CaseFacts
from signing.flows import case_proposal
from signing.states import CaseReason, Decision
from unipay import msisdn
from unipay.approvals.kinds import ProposalKind, register
from unipay.approvals.models import Proposal
from unipay.errors import Text


def _describe(proposal: Proposal) -> Text:
    return format_lazy("{}: {}", CaseReason(proposal.reason).label, Decision(proposal.action).label)


def _effects(proposal: Proposal) -> list[Text]:
    """What the page of the case says, for who checks without opening it."""
    case = case_proposal.case_of(proposal)
    shown = CaseFacts(case).preview(Decision(proposal.action))
    told = [format_lazy("{}: {}", each.partner, each.what) for each in shown.told]
    return [msisdn.mask(case.msisdn), shown.headline, *shown.happens, *told]


def _link(proposal: Proposal) -> str:
    return reverse("admin:signing_manualcase_change", args=[case_proposal.case_of(proposal).pk])


register(
    ProposalKind(
        case_proposal.KIND,
        title=_("decision of a manual case"),
        permission="signing.check_manualcase",
        lock=case_proposal.lock,
        version=case_proposal.version,
        carry_out=case_proposal.carry_out,
        let_go=case_proposal.let_go,
        describe=_describe,
        effects=_effects,
        link=_link,
        actions=tuple(Decision.choices),
        reasons=tuple(CaseReason.choices),
    )
)
