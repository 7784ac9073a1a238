"""POST /recharges: a bank took money for a number (domain.md C2); GET what became of it, and what may still be done."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample

from billing import errors, queries
from billing.api import examples
from billing.api.answers import AllowedActions, RechargeAnswer
from billing.api.orders import RechargeQuery, RechargeRequest, recharge_order
from billing.flows import recharge as recharge_flow
from billing.models import Recharge
from billing.representation import action_facts, recharge_facts, refund_by
from unipay.api.view import Answer, AskingView, Call, PartnerListView, PartnerReadView
from unipay.errors import Refusal
from unipay.partners.gateways.money import Credit
from unipay.partners.models import Partner


class RechargesView(AskingView[tuple[Recharge, Credit | None]]):
    """Report money that you took for a number.

    Answered once the province credited it, or with state PAID where it is credited later. Refused where the province
    does not credit it: then nothing was taken as far as our books go.
    """

    operation = "recharges.create"
    request_class = RechargeRequest
    answer_class = RechargeAnswer
    success_status = 201
    tag = "recharges"
    reasons = (
        errors.AMOUNT_OUT_OF_BOUNDS,
        errors.BUSINESS_DATE_OUT_OF_RANGE,
        errors.BUSINESS_DAY_CLOSED,
        errors.PAID_IN_THE_FUTURE,
        errors.NUMBER_AT_HOME_NOWHERE,
        errors.AGREEMENT_UNKNOWN,
        errors.AGREEMENT_IN_SEVERAL_PROVINCES,
        errors.BANK_TRANSACTION_USED,
        errors.LANDING_REFUSED,
        *recharge_flow.REASONS_OF_PROVINCES,
    )
    examples = (
        OpenApiExample("at the counter", value=examples.RECHARGE_ORDER, request_only=True),
        OpenApiExample("credited", value=examples.LANDED, response_only=True, status_codes=["201"]),
        OpenApiExample("credited later", value=examples.PAID, response_only=True, status_codes=["201"]),
    )

    def ask(self, order: dict[str, Any], call: Call) -> tuple[Recharge, Credit | None]:
        """Keep the order, and have the home province credit it."""
        taken = recharge_flow.take(
            call.partner, recharge_order(order), request_no=call.request_no, now=call.now
        )
        return taken, recharge_flow.ask(taken, now=call.now)

    def effect(self, order: dict[str, Any], call: Call, answered: tuple[Recharge, Credit | None]) -> Answer:
        """Enter the credit."""
        recharge = recharge_flow.conclude(*answered, now=call.now)
        return Answer(201, recharge_facts(recharge, now=call.now))


class RechargeListView(PartnerListView[Recharge]):
    """List your recharges, newest first: by your own request number, by number, or by business day."""

    operation = "recharges.read"
    query_class = RechargeQuery
    answer_class = RechargeAnswer
    tag = "recharges"
    examples = (
        OpenApiExample(
            "one page", value={"results": [examples.LANDED], "next_cursor": None}, response_only=True
        ),
    )

    def rows(self, query: dict[str, Any], call: Call) -> QuerySet[Recharge, Recharge]:
        """The bank's own recharges that match."""
        self.now = call.now
        names = ("request_no", "msisdn", "business_date", "state")
        wanted = {name: query[name] for name in names if name in query}
        return queries.recharges_of(call.partner).filter(**wanted)

    def represent(self, row: Recharge) -> dict[str, Any]:
        """The recharge as its bank reads it."""
        return recharge_facts(row, now=self.now)


class RechargeView(PartnerReadView):
    """Read one of your recharges."""

    operation = "recharges.read"
    answer_class = RechargeAnswer
    tag = "recharges"
    reasons = (errors.RECHARGE_NOT_FOUND,)
    examples = (OpenApiExample("credited", value=examples.LANDED, response_only=True),)

    def read(self, call: Call) -> dict[str, Any]:
        """The recharge, if it is the bank's own."""
        return recharge_facts(own(call.partner, self.kwargs["recharge_no"]), now=call.now)


class AllowedActionsView(PartnerReadView):
    """Read what may be done with a recharge at this moment, what not and why, from when and until when."""

    operation = "recharges.read"
    answer_class = AllowedActions
    tag = "recharges"
    reasons = (errors.RECHARGE_NOT_FOUND,)
    examples = (OpenApiExample("on its own day", value=examples.ALLOWED, response_only=True),)

    def read(self, call: Call) -> dict[str, Any]:
        """The actions on the recharge, if it is the bank's own."""
        recharge = own(call.partner, self.kwargs["recharge_no"])
        actions = queries.actions_on(recharge, now=call.now)
        return {
            "recharge_no": recharge.recharge_no,
            "state": str(recharge.state),
            "refund_by": refund_by(recharge),
            "actions": [action_facts(each) for each in actions],
        }


def own(bank: Partner, recharge_no: str) -> Recharge:
    """Return the bank's recharge of that number; raises Refusal."""
    recharge = queries.recharges_of(bank).filter(recharge_no=recharge_no).first()
    if recharge is None:
        raise Refusal(errors.RECHARGE_NOT_FOUND)
    return recharge
