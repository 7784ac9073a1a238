"""What people may do about a debit run: each asks first, calls one flow, and says what came of it."""

from collections.abc import Callable
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from billing import early_run
from billing.admin.debit import ending
from billing.debit_errors import DEBIT_RUN_DELIVERED, DEBIT_RUN_STAGE
from billing.flows import debit_cancel, debit_proposal, debit_run
from billing.flows.debit_proposal import Way
from billing.models import DebitRun
from billing.states import RUN_OVER
from unipay import clock
from unipay.approvals.errors import PROPOSAL_WAITS
from unipay.approvals.queries import waiting_about
from unipay.backoffice.admin.confirmation import Preview, Question
from unipay.backoffice.admin.deeds import Deed, RemarkForm
from unipay.errors import Refusal, Text
from unipay.money import format_money


def second_person(run: DebitRun, way: Way) -> Text:
    """Return who else must agree."""
    if not debit_proposal.need_of(run, way).needs_checker:
        return _("It is done at once, in your name alone.")
    return _("It is done once a second person has agreed; until then you can take it back.")


def _asked(run: DebitRun) -> Text:
    return format_lazy(
        _("{bank} is asked for {amount} in {count} debits."),
        bank=run.arrangement.bank.title,
        amount=format_money(run.asked_fen),
        count=f"{run.item_count:,}",
    )


def _if_sent(run: DebitRun) -> Preview:
    if run.state not in debit_proposal.MAY_BE_SENT:
        return Preview(refusal=DEBIT_RUN_STAGE.title)
    if waiting_about(run.subject):
        return Preview(refusal=PROPOSAL_WAITS.title)
    ahead = early_run.of_run(run, today=clock.business_date(clock.now()))
    return Preview(effects=(_asked(run), *early_run.if_sent(ahead), second_person(run, Way.SEND)))


def _if_cancelled(run: DebitRun) -> Preview:
    if run.state not in debit_proposal.MAY_BE_CANCELLED:
        return Preview(refusal=DEBIT_RUN_STAGE.title)
    if waiting_about(run.subject):
        return Preview(refusal=PROPOSAL_WAITS.title)
    try:
        debit_cancel.require_undelivered(run)
    except Refusal:
        return Preview(refusal=DEBIT_RUN_DELIVERED.title)
    free = _("Nothing is debited; its bills are free for the next run.")
    return Preview(effects=(free, second_person(run, Way.CANCEL)))


def _if_stopped(run: DebitRun) -> Preview:
    if run.state in RUN_OVER or run.is_stopped:
        return Preview(refusal=DEBIT_RUN_STAGE.title)
    return Preview(
        effects=(
            _("No further stage and no further file, until somebody resumes it."),
            _("What banks answer meanwhile is settled all the same."),
        )
    )


def _if_resumed(run: DebitRun) -> Preview:
    if run.state in RUN_OVER or not run.is_stopped:
        return Preview(refusal=DEBIT_RUN_STAGE.title)
    return Preview(effects=(_("It goes on where it was stopped."),))


_SEND = Question(
    title=_("Send the request files of this run?"),
    warning=_("The bank debits what it is asked for; money that was taken can only be given back."),
    button=_("Propose to send"),
    preview=_if_sent,
    form_class=RemarkForm,
    is_dangerous=False,
)
_CANCEL = Question(
    title=_("Cancel this run?"),
    warning=_("A run that is cancelled stays cancelled; another one can be opened for the same date."),
    button=_("Propose to cancel"),
    preview=_if_cancelled,
    form_class=RemarkForm,
)
_STOP = Question(
    title=_("Stop this run?"),
    warning="",
    button=_("Stop it"),
    preview=_if_stopped,
    form_class=RemarkForm,
)
_RESUME = Question(
    title=_("Resume this run?"),
    warning="",
    button=_("Resume it"),
    preview=_if_resumed,
    form_class=RemarkForm,
    is_dangerous=False,
)


def _propose(way: Way) -> Callable[[DebitRun, dict[str, Any], Any], object]:
    def flow(run: DebitRun, said: dict[str, Any], by_id: Any) -> object:
        return debit_proposal.submit(run.run_no, way=way, remark=said["remark"], by_id=by_id, now=clock.now())

    return flow


def _stop(run: DebitRun, said: dict[str, Any], _by_id: Any) -> object:
    return debit_run.stop(run.run_no, remark=said["remark"], now=clock.now())


def _resume(run: DebitRun, said: dict[str, Any], _by_id: Any) -> object:
    return debit_run.resume(run.run_no, remark=said["remark"], now=clock.now())


DEEDS = {
    "send": Deed(_SEND, "billing.propose_debitrun", _propose(Way.SEND), _("proposed")),
    "cancel": Deed(_CANCEL, "billing.propose_debitrun", _propose(Way.CANCEL), _("proposed")),
    "stop": Deed(_STOP, "billing.open_debitrun", _stop, _("stopped")),
    "resume": Deed(_RESUME, "billing.open_debitrun", _resume, _("resumed")),
    "end": ending.OF_RUN,
}
