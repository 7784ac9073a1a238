"""What it means to propose that debits nobody answered end; registered with the other kinds of proposals."""

from collections.abc import Sequence

from django.urls import NoReverseMatch, reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from billing.flows import unanswered_proposal
from billing.flows.unanswered_proposal import Way
from billing.states import DebitWay
from unipay.approvals.kinds import ProposalKind
from unipay.approvals.models import Proposal
from unipay.errors import Text
from unipay.money import format_money
from unipay.partners.named import title_of


def _describe(proposal: Proposal) -> Text:
    what = proposal.what
    of = format_lazy("{} {} {}", title_of(what["bank"]), DebitWay(what["way"]).label, what["debit_date"])
    return format_lazy("{}: {}", of, Way(proposal.action).label)


def _effects(proposal: Proposal) -> Sequence[Text]:
    count, fen = unanswered_proposal.amount_of(proposal)
    run = unanswered_proposal.run_of(proposal)
    return effects(count, fen, settles_at_export=run.arrangement.settles_at_export)


def effects(count: int, fen: int, *, settles_at_export: bool) -> list[Text]:
    """Return what ending so many debits, of so much, means."""
    told: list[Text] = [
        format_lazy(
            _("Debits that end unanswered: {count}, of {amount}; their bills are free for the next run."),
            count=f"{count:,}",
            amount=format_money(fen),
        )
    ]
    if settles_at_export:
        told.append(_("What was settled at export is reversed; provinces are asked to take the credit back."))
    told.append(
        _("Whatever the bank still says of them becomes a case: it may have debited them all the same.")
    )
    return told


def _link(proposal: Proposal) -> str:
    page, pk = ("debititem", proposal.what["item_id"]) if "item_id" in proposal.what else _of_run(proposal)
    try:
        return reverse(f"admin:billing_{page}_change", args=[pk])
    except NoReverseMatch:
        return ""


def _of_run(proposal: Proposal) -> tuple[str, int]:
    return "debitrun", proposal.what["run_id"]


END_UNANSWERED = ProposalKind(
    unanswered_proposal.KIND,
    title=_("debits nobody answered"),
    permission="billing.check_debitrun",
    lock=unanswered_proposal.lock,
    version=unanswered_proposal.version,
    carry_out=unanswered_proposal.carry_out,
    let_go=unanswered_proposal.let_go,
    describe=_describe,
    effects=_effects,
    link=_link,
    actions=tuple(Way.choices),
    reasons=tuple(DebitWay.choices),
)
