"""What people of finance propose to each other about debits; found by the approvals app at start."""

from collections.abc import Sequence

from django.urls import NoReverseMatch, reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from billing import early_run
from billing.flows import debit_proposal
from billing.flows.debit_proposal import Way
from billing.recharge_kind import GIVE_BACK
from billing.states import DebitWay
from billing.unanswered_kind import END_UNANSWERED
from unipay import clock
from unipay.approvals.kinds import ProposalKind, register
from unipay.approvals.models import Proposal
from unipay.errors import Text
from unipay.money import format_money
from unipay.partners.named import title_of


def _describe(proposal: Proposal) -> Text:
    """Named from what the proposal keeps: a list of proposals asks for no runs."""
    what = proposal.what
    of = format_lazy("{} {} {}", title_of(what["bank"]), DebitWay(what["way"]).label, what["debit_date"])
    return format_lazy("{}: {}", of, Way(proposal.action).label)


def _effects(proposal: Proposal) -> Sequence[Text]:
    run = debit_proposal.run_of(proposal)
    if proposal.action == Way.CANCEL:
        told: list[Text] = [_("Nothing is debited, and the bills are free for other runs.")]
        if run.arrangement.settles_at_export:
            told.append(_("What was settled at export is reversed."))
        return told
    said = {
        "items": f"{run.item_count:,}",
        "bills": f"{run.bill_count:,}",
        "amount": format_money(run.asked_fen),
        "bank": run.arrangement.bank.title,
    }
    left_out = {"bills": f"{run.excluded_count:,}", "amount": format_money(run.excluded_fen)}
    return [
        format_lazy(_("{bank} is asked to debit {amount}: {items} items for {bills} bills."), **said),
        format_lazy(_("{bills} bills of {amount} are left out."), **left_out),
        *early_run.if_sent(early_run.of_run(run, today=clock.business_date(clock.now()))),
    ]


def _link(proposal: Proposal) -> str:
    try:
        return reverse("admin:billing_debitrun_change", args=[proposal.what["run_id"]])
    except NoReverseMatch:
        return ""


register(
    ProposalKind(
        debit_proposal.KIND,
        title=_("debit run"),
        permission="billing.check_debitrun",
        lock=debit_proposal.lock,
        version=debit_proposal.version,
        carry_out=debit_proposal.carry_out,
        let_go=debit_proposal.let_go,
        describe=_describe,
        effects=_effects,
        link=_link,
        actions=tuple(Way.choices),
        reasons=tuple(DebitWay.choices),
    )
)
register(GIVE_BACK)
register(END_UNANSWERED)
