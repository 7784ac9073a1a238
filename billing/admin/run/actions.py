"""What people may do about a debit run: each asks first, calls one flow, and says what came of it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from billing.admin.forms import RemarkForm
from billing.debit_errors import DEBIT_RUN_DELIVERED, DEBIT_RUN_STAGE
from billing.flows import debit_cancel, debit_proposal, debit_run
from billing.flows.debit_proposal import Way
from billing.models import DebitRun
from billing.states import RUN_OVER
from unipay import clock
from unipay.approvals.errors import PROPOSAL_WAITS
from unipay.approvals.queries import waiting_about
from unipay.backoffice.admin.confirmation import Preview, Question, confirmed_action
from unipay.backoffice.admin.outcomes import report_outcomes
from unipay.errors import Refusal, Text
from unipay.money import format_money

Verb = Callable[[DebitRun, str], object]


class DebitRunActions:
    """The addresses below a run's page; mixed into its admin."""

    def get_urls(self) -> list[URLPattern]:
        """Put what may be done with a run before the admin's own addresses."""
        site: Any = self.admin_site  # type: ignore[attr-defined]
        doors = (
            ("send", self.send_view),
            ("cancel", self.cancel_view),
            ("stop", self.stop_view),
            ("resume", self.resume_view),
        )
        own = [
            path(f"<int:object_id>/{verb}/", site.admin_view(view), name=f"billing_debitrun_{verb}")
            for verb, view in doors
        ]
        return own + super().get_urls()  # type: ignore[misc]

    def send_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Propose that the request files leave."""
        _require(request, "propose_debitrun")
        return self._ask(request, object_id, _SEND, _proposing(request, Way.SEND), _("proposed"))

    def cancel_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Propose that nothing is debited."""
        _require(request, "propose_debitrun")
        return self._ask(request, object_id, _CANCEL, _proposing(request, Way.CANCEL), _("proposed"))

    def stop_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Stop the run where it is."""
        _require(request, "open_debitrun")

        def verb(run: DebitRun, remark: str) -> object:
            return debit_run.stop(run.run_no, remark=remark, now=clock.now())

        return self._ask(request, object_id, _STOP, verb, _("stopped"))

    def resume_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Let a stopped run go on."""
        _require(request, "open_debitrun")

        def verb(run: DebitRun, remark: str) -> object:
            return debit_run.resume(run.run_no, remark=remark, now=clock.now())

        return self._ask(request, object_id, _RESUME, verb, _("resumed"))

    def _ask(
        self, request: HttpRequest, object_id: int, question: Question, verb: Verb, done: Text
    ) -> HttpResponse | None:
        model_admin: Any = self
        run = model_admin.get_queryset(request).filter(pk=object_id)

        def then(rows: list[Any], said: dict[str, Any]) -> HttpResponse:
            return report_outcomes(
                self, request, rows, verb=lambda each: verb(each, said["remark"]), done=done
            )

        if not run.exists():
            raise Http404
        return confirmed_action(self, request, run, question=question, then=then)


def _require(request: HttpRequest, codename: str) -> None:
    if not request.user.has_perms(("billing.view_debitrun", f"billing.{codename}")):
        raise PermissionDenied


def _proposing(request: HttpRequest, way: Way) -> Verb:
    def verb(run: DebitRun, remark: str) -> object:
        by_id: Any = request.user.pk
        return debit_proposal.submit(run.run_no, way=way, remark=remark, by_id=by_id, now=clock.now())

    return verb


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
    return Preview(effects=(_asked(run), second_person(run, Way.SEND)))


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
