"""What people may do about a mandate: suspend it, resume it, end it for ever."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from billing.flows import mandate
from billing.models import Mandate
from billing.states import MandateState
from unipay import clock
from unipay.backoffice.admin.confirmation import Preview, Question
from unipay.backoffice.admin.deeds import Deed, RemarkForm
from unipay.errors import Text


def _if(state: str, effect: Text, refusal: Text) -> Callable[[Any], Preview]:
    return lambda row: Preview(effects=(effect,)) if row.state == state else Preview(refusal=refusal)


def _if_ended(row: Any) -> Preview:
    if row.state == MandateState.ENDED:
        return Preview(refusal=_("It has ended already."))
    return Preview(effects=(_("Nothing is debited by it any more; what stands in a file goes on."),))


_SUSPEND = Question(
    title=_("Suspend this mandate?"),
    warning="",
    button=_("Suspend"),
    preview=_if(
        MandateState.ACTIVE,
        _("No run asks by it until somebody resumes it."),
        _("It is not active."),
    ),
    form_class=RemarkForm,
    is_dangerous=False,
)
_RESUME = Question(
    title=_("Resume this mandate?"),
    warning="",
    button=_("Resume"),
    preview=_if(
        MandateState.SUSPENDED,
        _("The next run asks by it again."),
        _("It is not suspended."),
    ),
    form_class=RemarkForm,
    is_dangerous=False,
)
_END = Question(
    title=_("End this mandate?"),
    warning=_("A mandate that has ended stays ended; a new one must be entered."),
    button=_("End it"),
    preview=_if_ended,
    form_class=RemarkForm,
)


def _suspend(row: Mandate, said: dict[str, Any], _by_id: Any) -> object:
    return mandate.suspend(row.pk, remark=said["remark"])


def _resume(row: Mandate, _said: dict[str, Any], _by_id: Any) -> object:
    return mandate.resume(row.pk)


def _end(row: Mandate, said: dict[str, Any], _by_id: Any) -> object:
    return mandate.end(row.pk, remark=said["remark"], now=clock.now())


DEEDS = {
    "suspend": Deed(_SUSPEND, "billing.change_mandate", _suspend, _("suspended")),
    "resume": Deed(_RESUME, "billing.change_mandate", _resume, _("resumed")),
    "end": Deed(_END, "billing.change_mandate", _end, _("ended")),
}
