"""What it means to propose that a recharge be given back; registered with the other kinds of proposals."""

from collections.abc import Sequence

from django.urls import NoReverseMatch, reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from billing.flows import recharge_proposal
from billing.models import Recharge
from billing.states import RechargeSource, WayBack
from unipay.approvals.kinds import ProposalKind
from unipay.approvals.models import Proposal
from unipay.errors import Text
from unipay.money import format_money
from unipay.partners.named import title_of


def _describe(proposal: Proposal) -> Text:
    what = proposal.what
    named = format_lazy("{} {}", title_of(what["bank"]), format_money(int(what["amount_fen"])))
    return format_lazy("{}: {}", named, WayBack(proposal.action).label)


def _effects(proposal: Proposal) -> Sequence[Text]:
    return effects_of(recharge_proposal.recharge_of(proposal), proposal.action)


def effects_of(recharge: Recharge, way: str) -> Sequence[Text]:
    """Return what giving it back would do, line by line, for whoever proposes it and whoever checks."""
    said = {
        "bank": recharge.bank.title,
        "province": recharge.province.title,
        "amount": format_money(recharge.amount_fen),
    }
    told: list[Text] = []
    if recharge.landed_at:
        told.append(format_lazy(_("{province} is asked to take the credit of {amount} back first."), **said))
    if recharge.settlements.filter(reversed_at=None).exists():
        told.append(_("What it paid of bills falls due again."))
    if way == WayBack.REFUND:
        told.append(format_lazy(_("{bank} is asked to give {amount} back."), **said))
    else:
        told.append(_("It is reversed as if it had never been."))
    return told


def _link(proposal: Proposal) -> str:
    try:
        return reverse("admin:billing_recharge_change", args=[proposal.what["recharge_id"]])
    except NoReverseMatch:
        return ""


GIVE_BACK = ProposalKind(
    recharge_proposal.KIND,
    title=_("recharge given back"),
    permission="billing.check_recharge",
    lock=recharge_proposal.lock,
    version=recharge_proposal.version,
    carry_out=recharge_proposal.carry_out,
    let_go=recharge_proposal.let_go,
    describe=_describe,
    effects=_effects,
    link=_link,
    actions=tuple(WayBack.choices),
    reasons=tuple(RechargeSource.choices),
)
