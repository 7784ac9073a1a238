"""POST /recharges/{no}/reversal and /refund: a bank wants a recharge of its own undone, or gives it back (C2, C11)."""

from datetime import datetime
from typing import Any, ClassVar, Protocol

from drf_spectacular.utils import OpenApiExample

from billing import errors
from billing.api import examples
from billing.api.answers import RechargeAnswer
from billing.api.orders import GiveBackOrder
from billing.api.recharges import own
from billing.flows import ask_back, refund, reversal
from billing.models import Recharge
from billing.representation import recharge_facts
from billing.states import RechargeState
from unipay.api.view import Answer, AskingView, Call
from unipay.partners.models import Partner

_REASONS = (
    errors.RECHARGE_NOT_FOUND,
    errors.RECHARGE_GOES_BACK,
    errors.RECHARGE_GONE_BACK,
    errors.CREDIT_SPENT,
)


class _Begin(Protocol):
    def __call__(self, bank: Partner, recharge_no: str, *, reason: str, now: datetime) -> Recharge: ...


class _GivingBackView(AskingView[tuple[Recharge, bool | None]]):
    """What both ways back share: the flow begins, the province is asked where it may have credited, the flow ends."""

    begin: ClassVar[_Begin]
    request_class = GiveBackOrder
    answer_class = RechargeAnswer
    tag = "recharges"
    other_success_statuses = (202,)

    def ask(self, order: dict[str, Any], call: Call) -> tuple[Recharge, bool | None]:
        """Send it on its way back, and ask the province to let it go."""
        number = self.kwargs["recharge_no"]
        recharge = type(self).begin(call.partner, number, reason=order["reason"], now=call.now)
        if recharge.state != RechargeState.TAKING_BACK:
            return recharge, None
        return recharge, ask_back.ask(recharge, now=call.now)

    def effect(self, order: dict[str, Any], call: Call, answered: tuple[Recharge, bool | None]) -> Answer:
        """Enter what the province said; 202 while it said nothing."""
        recharge, is_taken_back = answered
        if recharge.state == RechargeState.TAKING_BACK:
            recharge = ask_back.conclude(recharge, is_taken_back, now=call.now)
        status = 202 if recharge.state == RechargeState.TAKING_BACK else 200
        return Answer(status, recharge_facts(own(call.partner, recharge.recharge_no), now=call.now))


class ReversalView(_GivingBackView):
    """Undo a recharge on its own business day.

    200 once it is undone, 202 while the province has not answered; ask again with GET. Undone later, it is told to you
    by a message of the same back_no. The same wish again is answered with the recharge as it is.
    """

    operation = "recharges.reverse"
    begin = staticmethod(reversal.begin)
    reasons = (*_REASONS, errors.REVERSAL_TOO_LATE)
    examples = (
        OpenApiExample("reversal", value=examples.REVERSAL, request_only=True),
        OpenApiExample("undone", value=examples.REVERSED, response_only=True, status_codes=["200"]),
        OpenApiExample("under way", value=examples.TAKING_BACK, response_only=True, status_codes=["202"]),
    )


class RefundView(_GivingBackView):
    """Give a recharge back from the next business day on, once its day is reconciled.

    200 once the money is owed, 202 while the province has not answered. Give the money back when our message of the
    same back_no comes.
    """

    operation = "recharges.refund"
    begin = staticmethod(refund.begin)
    reasons = (*_REASONS, errors.REFUND_TOO_EARLY, errors.DAY_NOT_RECONCILED)
    examples = (
        OpenApiExample("refund", value=examples.REFUND, request_only=True),
        OpenApiExample("owed", value=examples.REFUND_OWED, response_only=True, status_codes=["200"]),
        OpenApiExample("under way", value=examples.TAKING_BACK, response_only=True, status_codes=["202"]),
    )
