"""What people may do about a run: each asks first, calls one flow, and says what came of it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reconciliation.admin.forms import RemarkForm
from reconciliation.admin.run.page import RunPage
from reconciliation.errors import RUN_DOES_NOT_WAIT, RUN_GOES_ON, RUN_IS_OVER, RUN_NOT_STOPPED
from reconciliation.flows import proceed, release
from reconciliation.flows.proceed import Way
from reconciliation.flows.release import MAY_OPEN_AGAIN
from reconciliation.models import Run
from reconciliation.states import RunState
from unipay import clock
from unipay.approvals.errors import PROPOSAL_WAITS
from unipay.approvals.queries import waiting_about
from unipay.backoffice.admin.confirmation import Preview, Question, confirmed_action
from unipay.backoffice.admin.outcomes import report_outcomes
from unipay.errors import Text

Verb = Callable[[Run, str], object]


class RunActions:
    """The addresses below a run's page; mixed into its admin."""

    def get_urls(self) -> list[URLPattern]:
        """Put what may be done with a run before the admin's own addresses."""
        site: Any = self.admin_site  # type: ignore[attr-defined]
        doors = (
            ("proceed", self.proceed_view),
            ("refuse", self.refuse_view),
            ("release", self.release_view),
            ("reopen", self.reopen_view),
        )
        own = [
            path(f"<int:object_id>/{verb}/", site.admin_view(view), name=f"reconciliation_run_{verb}")
            for verb, view in doors
        ]
        return own + super().get_urls()  # type: ignore[misc]

    def proceed_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Propose to make the corrections of a stopped run."""
        _require(request, "propose_run")
        return self._ask(request, object_id, _PROCEED, _proposing(request, Way.PROCEED), _("proposed"))

    def refuse_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Propose that the file be refused."""
        _require(request, "propose_run")
        return self._ask(request, object_id, _REFUSE, _proposing(request, Way.REFUSE), _("proposed"))

    def release_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Let a waiting run go on."""
        _require(request, "release_run")

        def verb(run: Run, remark: str) -> object:
            return release.release(run.run_no, by_id=_who(request), remark=remark, now=clock.now())

        return self._ask(request, object_id, _RELEASE, verb, _("released"))

    def reopen_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Have the run compared again."""
        _require(request, "release_run")

        def verb(run: Run, remark: str) -> object:
            return release.reopen(run.run_no, by_id=_who(request), remark=remark, now=clock.now())

        return self._ask(request, object_id, _REOPEN, verb, _("opened again"))

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
    if not request.user.has_perms(("reconciliation.view_run", f"reconciliation.{codename}")):
        raise PermissionDenied


def _proposing(request: HttpRequest, way: Way) -> Verb:
    def verb(run: Run, remark: str) -> object:
        return proceed.submit(run.run_no, way=way, remark=remark, by_id=_who(request), now=clock.now())

    return verb


def _who(request: HttpRequest) -> Any:
    return request.user.pk


def told(run: Run) -> tuple[Text, ...]:
    """Return what going on with the run does, line by line."""
    page = RunPage(run, None, clock.now())
    shrinkage = (page.shrinkage.words,) if page.shrinkage else ()
    return (*shrinkage, *(effect.words for effect in page.planned))


def second_person(way: Way) -> Text:
    """Return who else must agree."""
    if not proceed.need_of(way).needs_checker:
        return _("It is done at once, in your name alone.")
    return _("It is done once a second person has agreed; until then you can take it back.")


def _if_proceeded(run: Run) -> Preview:
    if run.state != RunState.AWAITING_APPROVAL:
        return Preview(refusal=RUN_NOT_STOPPED.title)
    if waiting_about(run.subject):
        return Preview(refusal=PROPOSAL_WAITS.title)
    return Preview(effects=(*told(run), second_person(Way.PROCEED)))


def _if_refused(run: Run) -> Preview:
    if run.state not in proceed.MAY_BE_REFUSED:
        return Preview(refusal=RUN_GOES_ON.title)
    if waiting_about(run.subject):
        return Preview(refusal=PROPOSAL_WAITS.title)
    nothing = _("Nothing of the file is corrected; the partner has to send another one.")
    return Preview(effects=(nothing, second_person(Way.REFUSE)))


def _if_released(run: Run) -> Preview:
    if not run.waits_for:
        return Preview(refusal=RUN_DOES_NOT_WAIT.title)
    waited = format_lazy("{}: {}", run.get_waits_for_display(), run.waits_for_what)
    return Preview(effects=(_("It goes on although this has not come:"), waited))


def _if_opened_again(run: Run) -> Preview:
    if run.state not in MAY_OPEN_AGAIN:
        return Preview(refusal=RUN_IS_OVER.title)
    return Preview(
        effects=(
            _("Its file is compared again with our book as it is now."),
            _("What was corrected stays corrected; what is still open is found anew."),
        )
    )


_PROCEED = Question(
    title=_("Go on with this run?"),
    warning=_("Contracts end that subscribers may rely on. Ask the bank first whether its list is whole."),
    button=_("Propose to go on"),
    preview=_if_proceeded,
    form_class=RemarkForm,
)
_REFUSE = Question(
    title=_("Refuse this file?"),
    warning=_("A run that is refused stays refused."),
    button=pgettext_lazy("run", "Propose to refuse"),
    preview=_if_refused,
    form_class=RemarkForm,
)
_RELEASE = Question(
    title=_("Let this run go before its turn?"),
    warning=_("What comes later may then undo what this run corrects."),
    button=_("Let it go"),
    preview=_if_released,
    form_class=RemarkForm,
)
_REOPEN = Question(
    title=_("Compare this run again?"),
    warning=_("Runs that came after it may have corrected the same contracts since."),
    button=_("Compare again"),
    preview=_if_opened_again,
    form_class=RemarkForm,
    is_dangerous=False,
)
