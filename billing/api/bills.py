"""POST /bills and what may be asked of one: a province sends, amends and cancels bills (domain.md C3)."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample

from billing import errors, queries
from billing.api import examples
from billing.api.answers import BillAnswer, ReceivedBills
from billing.api.orders import (
    BillAmendmentOrder,
    BillCancellationOrder,
    BillQuery,
    BillsOrder,
    amendment,
    bill_orders,
)
from billing.flows import bill as bill_flow
from billing.flows.bill import Received
from billing.models import Bill
from billing.representation import bill_facts
from unipay.api.view import Answer, Call, PartnerListView, PartnerReadView, PartnerView
from unipay.errors import Refusal


class BillsView(PartnerView):
    """Send bills, 1 to 500 at once: each is taken on, known already, or refused by itself."""

    operation = "bills.create"
    request_class = BillsOrder
    answer_class = ReceivedBills
    tag = "bills"
    examples = (
        OpenApiExample("two bills", value=examples.BILLS, request_only=True),
        OpenApiExample("one taken on, one refused", value=examples.RECEIVED, response_only=True),
    )

    def effect(self, order: dict[str, Any], call: Call) -> Answer:
        """Take the bills on."""
        received = bill_flow.receive(call.partner, bill_orders(order), now=call.now)
        return Answer(200, {"results": [_told(each) for each in received]})


class BillListView(PartnerListView[Bill]):
    """List your bills, newest first."""

    operation = "bills.read"
    query_class = BillQuery
    answer_class = BillAnswer
    tag = "bills"
    examples = (
        OpenApiExample(
            "one page", value={"results": [examples.BILL], "next_cursor": None}, response_only=True
        ),
    )

    def rows(self, query: dict[str, Any], call: Call) -> QuerySet[Bill, Bill]:
        """The province's own bills that match."""
        wanted = {name: query[name] for name in ("msisdn", "state", "billing_month") if name in query}
        return queries.bills_of(call.partner).filter(**wanted)

    def represent(self, row: Bill) -> dict[str, Any]:
        """The bill as its province reads it."""
        return bill_facts(row)


class BillView(PartnerReadView):
    """Read one of your bills."""

    operation = "bills.read"
    answer_class = BillAnswer
    tag = "bills"
    reasons = (errors.BILL_NOT_FOUND,)
    examples = (OpenApiExample("due", value=examples.BILL, response_only=True),)

    def read(self, call: Call) -> dict[str, Any]:
        """The bill, if it is the province's own."""
        bill = queries.bills_of(call.partner).filter(bill_no=self.kwargs["bill_no"]).first()
        if bill is None:
            raise Refusal(errors.BILL_NOT_FOUND)
        return bill_facts(bill)


class BillAmendmentView(PartnerView):
    """Amend amount, due day or owner of a bill; the same amendment again changes nothing."""

    operation = "bills.amend"
    request_class = BillAmendmentOrder
    answer_class = BillAnswer
    tag = "bills"
    reasons = (
        errors.BILL_NOT_FOUND,
        errors.BILL_CANCELLED,
        errors.BILL_BELOW_SETTLED,
        errors.BILL_IN_FLIGHT,
        errors.BILL_TOO_LARGE,
        errors.BILL_OF_A_FUTURE_OWNER,
    )
    examples = (
        OpenApiExample("amendment", value=examples.BILL_AMENDMENT, request_only=True),
        OpenApiExample("amended", value=examples.AMENDED_BILL, response_only=True),
    )

    def effect(self, order: dict[str, Any], call: Call) -> Answer:
        """Amend the bill."""
        bill = bill_flow.amend(call.partner, self.kwargs["bill_no"], amendment(order), now=call.now)
        return Answer(200, bill_facts(bill))


class BillCancellationView(PartnerView):
    """Cancel a bill that nobody has paid any of; the same wish again changes nothing."""

    operation = "bills.cancel"
    request_class = BillCancellationOrder
    answer_class = BillAnswer
    tag = "bills"
    reasons = (
        errors.BILL_NOT_FOUND,
        errors.BILL_NOT_DUE,
        errors.BILL_PARTLY_SETTLED,
        errors.BILL_IN_FLIGHT,
    )
    examples = (
        OpenApiExample("cancellation", value=examples.BILL_CANCELLATION, request_only=True),
        OpenApiExample("cancelled", value=examples.CANCELLED_BILL, response_only=True),
    )

    def effect(self, order: dict[str, Any], call: Call) -> Answer:
        """Cancel the bill."""
        bill = bill_flow.cancel(call.partner, self.kwargs["bill_no"], now=call.now)
        return Answer(200, bill_facts(bill))


def _told(received: Received) -> dict[str, Any]:
    why_not = received.why_not
    return {
        "province_bill_no": received.province_bill_no,
        "bill_no": received.bill_no,
        "result": "REFUSED" if why_not else "ADDED" if received.is_new else "KNOWN",
        "why_not": {"code": why_not.code, "text": str(why_not.title)} if why_not else None,
    }
