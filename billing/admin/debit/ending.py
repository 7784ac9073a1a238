"""Ending debits that their bank never answered: those of a run at once, or chosen items, each with its own outcome."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from billing.admin.sheet import Button
from billing.flows import end_unanswered, unanswered_proposal
from billing.flows.unanswered_proposal import Ending
from billing.models import DebitItem, DebitRun
from billing.states import ItemState, RunState
from billing.unanswered_kind import effects
from unipay import clock
from unipay.approvals.errors import PROPOSAL_WAITS
from unipay.approvals.queries import waiting_about
from unipay.backoffice.admin.confirmation import Preview, Question
from unipay.backoffice.admin.deeds import Deed, RemarkForm, address_of
from unipay.errors import Refusal, Text

RIGHT = "billing.propose_debitrun"


def button_of_run(run: DebitRun, person: Any, *, waits: Text) -> Iterator[Button]:
    """Yield the button of a run whose bank is late, for who may propose."""
    if run.state != RunState.SENT or not person.has_perm(RIGHT):
        return
    if end_unanswered.overdue_batches(run, now=clock.now()):
        yield Button(_("End what is unanswered …"), address_of(run, "end"), is_dangerous=True, why_not=waits)


def button_of_item(item: DebitItem, person: Any) -> Iterator[Button]:
    """Yield the button of an item that the bank was asked for, or why it can't be ended now."""
    if item.state != ItemState.SENT or not person.has_perm(RIGHT):
        return
    reason = end_unanswered.why_not(item, now=clock.now())
    why_not: Text = reason.title if reason else ""
    if waiting_about(item.subject):
        why_not = PROPOSAL_WAITS.title
    yield Button(_("End it unanswered …"), address_of(item, "end"), is_dangerous=True, why_not=why_not)


def _if_run_ended(run: DebitRun) -> Preview:
    return _preview(run.subject, lambda: unanswered_proposal.of_run(run, now=clock.now()))


def _if_item_ended(item: DebitItem) -> Preview:
    preview = _preview(item.subject, lambda: unanswered_proposal.of_item(item, now=clock.now()))
    spoken = end_unanswered.lines_about(item).count()
    if preview.refusal or not spoken:
        return preview
    look = format_lazy(_("Files of the bank speak of it ({count} lines): look at them first."), count=spoken)
    return Preview(effects=(look, *preview.effects))


def _preview(subject: str, find: Callable[[], Ending]) -> Preview:
    if waiting_about(subject):
        return Preview(refusal=PROPOSAL_WAITS.title)
    try:
        ending = find()
    except Refusal as refusal:
        return Preview(refusal=refusal.reason.title)
    count, fen = end_unanswered.amount_of(ending.items)
    settles_at_export = ending.run.arrangement.settles_at_export
    return Preview(effects=(*effects(count, fen, settles_at_export=settles_at_export), _second(ending)))


def _second(ending: Ending) -> Text:
    if not unanswered_proposal.need_of(ending).needs_checker:
        return _("It is done at once, in your name alone.")
    return _("It is done once a second person has agreed; until then you can take it back.")


def _end_run(run: DebitRun, said: dict[str, Any], by_id: Any) -> object:
    return unanswered_proposal.submit_run(run.run_no, remark=said["remark"], by_id=by_id, now=clock.now())


def _end_item(item: DebitItem, said: dict[str, Any], by_id: Any) -> object:
    return unanswered_proposal.submit_item(item.item_no, remark=said["remark"], by_id=by_id, now=clock.now())


_WARNING = _("Ask the bank first what became of them: a debit that is ended stays ended.")
_BUTTON = _("Propose to end them")

OF_RUN = Deed(
    Question(
        title=_("End what the bank never answered of this run?"),
        warning=_WARNING,
        button=_BUTTON,
        preview=_if_run_ended,
        form_class=RemarkForm,
    ),
    RIGHT,
    _end_run,
    _("proposed"),
)
OF_ITEM = Deed(
    Question(
        title=_("End these debits unanswered?"),
        warning=_WARNING,
        button=_BUTTON,
        preview=_if_item_ended,
        form_class=RemarkForm,
    ),
    RIGHT,
    _end_item,
    _("proposed"),
)
