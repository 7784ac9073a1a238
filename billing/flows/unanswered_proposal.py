"""What happens when a bank never answers some of its debits (domain.md C3): one person proposes to end them, those of a
run or a single one, another approves; how much whom needs is a table of rules.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, TextChoices
from django.utils.translation import pgettext_lazy

from billing.debit_errors import (
    DEBIT_ITEM_NOT_FOUND,
    DEBIT_NOTHING_UNANSWERED,
    DEBIT_REMARK_MISSING,
    DEBIT_SILENCE_MEANS_PAID,
)
from billing.flows import end_unanswered
from billing.flows.debit_stage import locked, require_stage
from billing.models import DebitItem, DebitRun
from billing.states import ItemState, RunState
from unipay.approvals import proposals
from unipay.approvals.models import Proposal
from unipay.approvals.need import Need
from unipay.approvals.proposals import Wish
from unipay.approvals.queries import Needs
from unipay.errors import Refusal
from unipay.partners.models import Partner
from unipay.partners.named import named

KIND = "debit_unanswered"


class Way(TextChoices):
    """What people may want of debits nobody answered."""

    END = "END", pgettext_lazy("debit", "end what the bank never answered")


@dataclass(frozen=True)
class Ending:
    """What somebody wants to end: the items as they are found again later, and what is kept of them in a proposal."""

    run: DebitRun
    subject: str
    found_by: dict[str, Any]
    province: Partner | None = None

    @property
    def items(self) -> QuerySet[DebitItem]:
        """The items, as far as they are still open."""
        return _items(self.found_by)


def of_run(run: DebitRun, *, now: datetime) -> Ending:
    """Return what no file of the bank has spoken of in its time; raises Refusal where there is nothing."""
    require_stage(run, RunState.SENT)
    ending = Ending(run, run.subject, {"batches": end_unanswered.overdue_batches(run, now=now)})
    if not ending.items.exists():
        raise Refusal(DEBIT_NOTHING_UNANSWERED)
    return ending


def of_item(item: DebitItem, *, now: datetime) -> Ending:
    """Return the one item; raises Refusal where its bank has answered, or has still time to."""
    why_not = end_unanswered.why_not(item, now=now)
    if why_not is not None:
        raise Refusal(why_not)
    return Ending(item.run, item.subject, {"item_id": item.pk}, item.province)


@transaction.atomic
def submit_run(run_no: str, *, remark: str, by_id: int, now: datetime) -> Proposal | None:
    """Propose to end what the bank of a run never answered; done at once, and None, where one person is enough."""
    return _submit(of_run(locked(run_no), now=now), remark=remark, by_id=by_id, now=now)


@transaction.atomic
def submit_item(item_no: str, *, remark: str, by_id: int, now: datetime) -> Proposal | None:
    """Propose to end one item that its bank never answered; done at once, and None, where one person is enough."""
    seen = _fetched().filter(item_no=item_no).first()
    if seen is None:
        raise Refusal(DEBIT_ITEM_NOT_FOUND)
    locked(seen.run.run_no)
    return _submit(of_item(_fetched().get(pk=seen.pk), now=now), remark=remark, by_id=by_id, now=now)


def need_of(ending: Ending) -> Need:
    """Return whether this needs a second person, and how long a proposal waits for one."""
    _count, fen = end_unanswered.amount_of(ending.items)
    return Needs(KIND).of(action=Way.END, reason=ending.run.arrangement.way, amount_fen=fen)


def lock(proposal: Proposal) -> None:
    """Take the run's row before the proposal's; its items follow when they end."""
    locked(proposal.what["run_no"])


def version(proposal: Proposal) -> str:
    """Return how many of the items are open now, for how much, and what was said of a single one."""
    return _version(proposal.what)


def carry_out(proposal: Proposal, approved_by_id: int, now: datetime) -> None:
    """End them, in the names of both; raises Refusal for a single one that may not be ended any more."""
    run = locked(proposal.what["run_no"])
    if "item_id" in proposal.what:
        of_item(_fetched().get(pk=proposal.what["item_id"]), now=now)
    else:
        _require_silence(run, proposal.what["batches"], now=now)
    end_unanswered.end(run, _items(proposal.what), remark=proposal.remark, now=now)


def let_go(proposal: Proposal, now: datetime) -> None:
    """The proposal came to nothing: the bank is still asked."""


def run_of(proposal: Proposal) -> DebitRun:
    """Return the run a proposal is about."""
    return DebitRun.objects.select_related("arrangement__bank").get(run_no=proposal.what["run_no"])


def amount_of(proposal: Proposal) -> tuple[int, int]:
    """Return how many items would end now, and what they ask for in fen."""
    return end_unanswered.amount_of(_items(proposal.what))


def _submit(ending: Ending, *, remark: str, by_id: int, now: datetime) -> Proposal | None:
    if not remark.strip():
        raise Refusal(DEBIT_REMARK_MISSING)
    need = need_of(ending)
    if need.needs_checker:
        return proposals.propose(_wish(ending, remark), by_id=by_id, valid=need.valid, now=now)
    end_unanswered.end(ending.run, ending.items, remark=remark.strip(), now=now)
    return None


def _wish(ending: Ending, remark: str) -> Wish:
    run = ending.run
    _count, fen = end_unanswered.amount_of(ending.items)
    return Wish(
        kind=KIND,
        subject=ending.subject,
        subject_version=_version(ending.found_by),
        action=Way.END,
        reason=run.arrangement.way,
        amount_fen=fen,
        remark=remark,
        province=ending.province,
        what={
            "run_id": run.pk,
            "run_no": run.run_no,
            "bank": named(run.arrangement.bank),
            "way": run.arrangement.way,
            "debit_date": f"{run.debit_date}",
            **ending.found_by,
        },
    )


def _require_silence(run: DebitRun, batch_ids: list[int], *, now: datetime) -> None:
    """Where a bank names failures only, a return that came meanwhile says that it debited what it does not name."""
    silent = end_unanswered.overdue_batches(run, now=now)
    if run.arrangement.answers_failures_only and not set(batch_ids) <= set(silent):
        raise Refusal(DEBIT_SILENCE_MEANS_PAID)


def _fetched() -> QuerySet[DebitItem]:
    return DebitItem.objects.select_related("run__arrangement__bank", "batch", "province")


def _items(found_by: dict[str, Any]) -> QuerySet[DebitItem]:
    if "item_id" in found_by:
        return DebitItem.objects.filter(pk=found_by["item_id"], state=ItemState.SENT)
    return end_unanswered.never_spoken_of(found_by["batches"])


def _version(found_by: dict[str, Any]) -> str:
    count, fen = end_unanswered.amount_of(_items(found_by))
    if "item_id" not in found_by:
        return f"{count}:{fen}"
    item = DebitItem.objects.get(pk=found_by["item_id"])
    return f"{count}:{fen}:{end_unanswered.lines_about(item).count()}"
