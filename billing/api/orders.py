"""What partners send us about money: the bodies of every POST, and the queries of every list."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing.flows.bill import BillOrder
from billing.flows.recharge import RechargeOrder
from billing.states import REQUESTED, BillState, RechargeSource, RechargeState
from unipay.api.fields import (
    BusinessDateField,
    CodeField,
    FenField,
    MomentField,
    MsisdnField,
    RequestNoField,
    TextField,
)
from unipay.api.serializers import OrderSerializer, PageQuery, StrictSerializer

MOST_BILLS = 500
_SOURCES = [(source.value, source.label) for source in REQUESTED]


@extend_schema_field({"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$", "examples": ["2026-10"]})
class MonthField(serializers.DateField):
    """A billing month, "2026-10"; its first day to us."""

    default_error_messages = {"invalid": _("A month is written YYYY-MM.")}

    def to_internal_value(self, value: Any) -> date:
        """Return the first day of the month."""
        try:
            return BusinessDateField().to_internal_value(f"{value}-01" if isinstance(value, str) else value)
        except serializers.ValidationError:
            self.fail("invalid", format="YYYY-MM")


class BillLine(StrictSerializer):
    """One bill: owed for a number, or by a user of an agreement number."""

    province_bill_no = TextField(max_length=64, help_text=_("Your own number of the bill."))
    msisdn = MsisdnField()
    agreement_no = TextField(max_length=32, required=False, help_text=_("For corporate bills."))
    billing_month = MonthField()
    amount_fen = FenField(min_value=1)
    due_date = BusinessDateField()
    joined_network_at = MomentField(
        required=False, help_text=_("Since when the number is its owner's, where you know.")
    )


class BillsOrder(OrderSerializer):
    """A province sends bills, each of them once."""

    bills = serializers.ListField(child=BillLine(), min_length=1, max_length=MOST_BILLS)

    def validate_bills(self, bills: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same bill twice in one request: nobody can tell which is true."""
        numbers = [bill["province_bill_no"] for bill in bills]
        if len(set(numbers)) < len(numbers):
            raise serializers.ValidationError(_("A bill stands here twice."), code="repeated")
        return bills


class BillAmendmentOrder(OrderSerializer):
    """A province amends a bill; what is left out stays as it is."""

    amount_fen = FenField(min_value=1, required=False)
    due_date = BusinessDateField(required=False)
    joined_network_at = MomentField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """An amendment says something."""
        if not {"amount_fen", "due_date", "joined_network_at"} & set(attrs):
            raise serializers.ValidationError({"amount_fen": _("Say what changes.")}, code="required")
        return attrs


class BillCancellationOrder(OrderSerializer):
    """A province takes a bill back."""


class BillQuery(PageQuery):
    """What a list of bills can be narrowed to."""

    msisdn = MsisdnField(required=False)
    state = CodeField(required=False, choices=BillState.choices)
    billing_month = MonthField(required=False)


class RechargeRequest(OrderSerializer):
    """A bank took money for a number, or for an agreement number."""

    msisdn = MsisdnField(required=False)
    agreement_no = TextField(max_length=32, required=False, help_text=_("Instead of a number."))
    province_code = TextField(
        max_length=32,
        required=False,
        help_text=_("Whose agreement it is, where several provinces have due bills of its number."),
    )
    amount_fen = FenField(min_value=1)
    source = CodeField(choices=_SOURCES)  # type: ignore[assignment]
    bank_transaction_no = TextField(max_length=64, help_text=_("Your own number of the payment, used once."))
    business_date = BusinessDateField(help_text=_("Your business day of the payment."))
    paid_at = MomentField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of number and agreement."""
        if bool(attrs.get("msisdn")) == bool(attrs.get("agreement_no")):
            text = _("Give exactly one of msisdn and agreement_no.")
            raise serializers.ValidationError({"msisdn": text}, code="required")
        if attrs.get("msisdn") and attrs.get("province_code"):
            text = _("A mobile number's province is known; give it with an agreement number alone.")
            raise serializers.ValidationError({"province_code": text}, code="not_allowed")
        return attrs


class GiveBackOrder(OrderSerializer):
    """A bank wants a recharge of its own undone or given back."""

    reason = TextField(max_length=200, help_text=_("In your own words, for the province and our staff."))


class RechargeQuery(PageQuery):
    """Which recharges: by your own request number, a number, or a business day."""

    request_no = RequestNoField(required=False)
    msisdn = MsisdnField(required=False)
    business_date = BusinessDateField(required=False)
    state = CodeField(required=False, choices=RechargeState.choices)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """No list of everything there ever was."""
        if not {"request_no", "msisdn", "business_date"} & set(attrs):
            text = _("Give request_no, msisdn or business_date.")
            raise serializers.ValidationError({"business_date": text}, code="required")
        return attrs


def bill_orders(order: dict[str, Any]) -> list[BillOrder]:
    """The bills of a request as the flow takes them."""
    return [BillOrder(**bill) for bill in order["bills"]]


def amendment(order: dict[str, Any]) -> BillOrder:
    """An amendment as the flow takes it."""
    names = ("amount_fen", "due_date", "joined_network_at")
    said: dict[str, Any] = {name: order.get(name) for name in names}
    return BillOrder(province_bill_no="", **said)


def recharge_order(order: dict[str, Any]) -> RechargeOrder:
    """A recharge as the flow takes it."""
    return RechargeOrder(
        source=RechargeSource(order["source"]),
        amount_fen=order["amount_fen"],
        bank_transaction_no=order["bank_transaction_no"],
        business_date=order["business_date"],
        msisdn=order.get("msisdn", ""),
        agreement_no=order.get("agreement_no", ""),
        province_code=order.get("province_code", ""),
        paid_at=order.get("paid_at"),
    )
