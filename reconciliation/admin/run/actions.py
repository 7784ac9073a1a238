"""What people may do about a run: each asks first, calls one flow, and says what came of it."""

from collections.abc import Callable
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
from unipay.backoffice.admin.confirmation import Preview, Question
from unipay.backoffice.admin.deeds import Deed, RemarkForm
from unipay.errors import Text


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


def _propose(way: Way) -> Callable[[Run, dict[str, Any], Any], object]:
    def flow(run: Run, said: dict[str, Any], by_id: Any) -> object:
        return proceed.submit(run.run_no, way=way, remark=said["remark"], by_id=by_id, now=clock.now())

    return flow


def _release(run: Run, said: dict[str, Any], by_id: Any) -> object:
    return release.release(run.run_no, by_id=by_id, remark=said["remark"], now=clock.now())


def _reopen(run: Run, said: dict[str, Any], by_id: Any) -> object:
    return release.reopen(run.run_no, by_id=by_id, remark=said["remark"], now=clock.now())


DEEDS = {
    "proceed": Deed(_PROCEED, "reconciliation.propose_run", _propose(Way.PROCEED), _("proposed")),
    "refuse": Deed(_REFUSE, "reconciliation.propose_run", _propose(Way.REFUSE), _("proposed")),
    "release": Deed(_RELEASE, "reconciliation.release_run", _release, _("released")),
    "reopen": Deed(_REOPEN, "reconciliation.release_run", _reopen, _("opened again")),
}
