"""What people may do about a recharge: each asks first, calls one flow, and says what came of it."""

from collections.abc import Iterator
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from billing.admin.sheet import Button, moment
from billing.errors import RECHARGE_NOT_STUCK
from billing.flows import landing, recharge_proposal
from billing.models import Recharge
from billing.recharge_actions import Action
from billing.recharge_kind import effects_of
from billing.states import RECHARGE_OVER, RechargeState
from unipay import clock
from unipay.approvals.errors import PROPOSAL_WAITS
from unipay.approvals.queries import waiting_about
from unipay.backoffice.admin.confirmation import Preview, Question
from unipay.backoffice.admin.deeds import Deed, RemarkForm, address_of
from unipay.errors import Text

STUCK = (RechargeState.PAID, RechargeState.TAKING_BACK, RechargeState.REFUND_OWED)


def buttons(recharge: Recharge, person: Any) -> Iterator[Button]:
    """Yield what the person may do with the recharge, or why not."""
    if person.has_perm("billing.land_recharge") and recharge.state in STUCK:
        yield Button(_again_text(recharge), address_of(recharge, "again"), is_main=True)
    if person.has_perm("billing.refund_recharge") and recharge.state not in RECHARGE_OVER:
        address = address_of(recharge, "give_back")
        yield Button(_("Give it back …"), address, is_dangerous=True, why_not=_why_not(recharge))


def _again_text(recharge: Recharge) -> Text:
    return {
        RechargeState.PAID: _("Try again to credit it …"),
        RechargeState.TAKING_BACK: _("Ask the province again to take it back …"),
    }.get(RechargeState(recharge.state), _("Ask the bank again to give it back …"))


def _why_not(recharge: Recharge) -> Text:
    if waiting_about(recharge.subject):
        return PROPOSAL_WAITS.title
    _way, action = recharge_proposal.way_now(recharge, now=clock.now())
    return _said(action)


def _said(action: Action) -> Text:
    if action.why_not is None:
        return ""
    if action.allowed_from and action.allowed_from > clock.now():
        return format_lazy(_("{why} From {at} on."), why=action.why_not.title, at=moment(action.allowed_from))
    return action.why_not.title


def _if_again(recharge: Recharge) -> Preview:
    match recharge.state:
        case RechargeState.PAID:
            effect = format_lazy(_("{} is asked once more to credit it."), recharge.province.title)
        case RechargeState.TAKING_BACK:
            effect = format_lazy(_("{} is asked once more to take it back."), recharge.province.title)
        case RechargeState.REFUND_OWED:
            effect = format_lazy(_("{} is asked once more to give it back."), recharge.bank.title)
        case _:
            return Preview(refusal=RECHARGE_NOT_STUCK.title)
    return Preview(effects=(effect, _("Nothing is credited or given back twice: they know its number.")))


def _if_given_back(recharge: Recharge) -> Preview:
    if waiting_about(recharge.subject):
        return Preview(refusal=PROPOSAL_WAITS.title)
    way, action = recharge_proposal.way_now(recharge, now=clock.now())
    if not action.is_allowed:
        return Preview(refusal=_said(action))
    second = _("It is done once a second person has agreed; until then you can take it back.")
    return Preview(effects=(*effects_of(recharge, way), second))


_AGAIN = Question(
    title=_("Ask once more?"),
    warning="",
    button=_("Ask again"),
    preview=_if_again,
    is_dangerous=False,
)
_GIVE_BACK = Question(
    title=_("Give this recharge back?"),
    warning=_("Money that went back can only be taken anew."),
    button=_("Propose to give it back"),
    preview=_if_given_back,
    form_class=RemarkForm,
)


def _ask_again(recharge: Recharge, _said: dict[str, Any], _by_id: Any) -> object:
    return landing.try_again(recharge.recharge_no, now=clock.now())


def _propose_back(recharge: Recharge, said: dict[str, Any], by_id: Any) -> object:
    return recharge_proposal.submit(recharge.recharge_no, remark=said["remark"], by_id=by_id, now=clock.now())


DEEDS = {
    "again": Deed(_AGAIN, "billing.land_recharge", _ask_again, _("asked again")),
    "give_back": Deed(_GIVE_BACK, "billing.refund_recharge", _propose_back, _("proposed")),
}
