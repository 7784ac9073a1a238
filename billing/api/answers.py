"""What partners read about money: the bodies of our answers, for the documentation."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from billing.recharge_actions import ActionName
from billing.states import BillKind, BillState, RechargeSource, RechargeState

_REFUND_BY = _(
    "While it is not credited: the last day by which it is, or you are asked to give the money back."
)


class BillAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """A bill as its province sees it."""

    bill_no = serializers.CharField()
    province_bill_no = serializers.CharField()
    kind = serializers.ChoiceField(choices=BillKind.choices)
    msisdn = serializers.CharField()
    agreement_no = serializers.CharField(allow_blank=True)
    billing_month = serializers.CharField(help_text=_("YYYY-MM"))
    amount_fen = serializers.IntegerField()
    settled_fen = serializers.IntegerField(help_text=_("What is paid of it."))
    open_fen = serializers.IntegerField(help_text=_("What is still to be paid."))
    due_date = serializers.DateField()
    joined_network_at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(choices=BillState.choices)
    version = serializers.IntegerField(help_text=_("Grows with every word of yours about it."))
    received_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)


class WhyNot(serializers.Serializer):  # type: ignore[type-arg]
    """A reason, as the list of error codes has it."""

    code = serializers.CharField()
    text = serializers.CharField()


class ReceivedBill(serializers.Serializer):  # type: ignore[type-arg]
    """What became of one bill of a request."""

    province_bill_no = serializers.CharField()
    bill_no = serializers.CharField(allow_blank=True, help_text=_("Ours; empty where it was refused."))
    result = serializers.ChoiceField(
        choices=[
            ("ADDED", _("taken on")),
            ("KNOWN", _("known already, with this content")),
            ("REFUSED", _("refused, by itself")),
        ]
    )
    why_not = WhyNot(allow_null=True)


class ReceivedBills(serializers.Serializer):  # type: ignore[type-arg]
    """What became of each bill, in the order of the request."""

    results = ReceivedBill(many=True)


class PaidBill(serializers.Serializer):  # type: ignore[type-arg]
    """A bill that a recharge paid, and how much of it."""

    bill_no = serializers.CharField()
    billing_month = serializers.CharField()
    amount_fen = serializers.IntegerField()
    is_reversed = serializers.BooleanField(help_text=_("The recharge went back, and the bill is due again."))


class RechargeAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """A recharge as its bank sees it."""

    recharge_no = serializers.CharField()
    request_no = serializers.CharField(help_text=_("Your own."))
    state = serializers.ChoiceField(choices=RechargeState.choices)
    source = serializers.ChoiceField(choices=RechargeSource.choices)  # type: ignore[assignment]
    msisdn = serializers.CharField(allow_blank=True)
    agreement_no = serializers.CharField(allow_blank=True)
    province_code = serializers.CharField(help_text=_("Where it is credited."))
    amount_fen = serializers.IntegerField()
    bank_transaction_no = serializers.CharField()
    business_date = serializers.DateField()
    paid_at = serializers.DateTimeField()
    landed_at = serializers.DateTimeField(allow_null=True, help_text=_("When the province credited it."))
    back_no = serializers.CharField(allow_blank=True, help_text=_("Our number of its way back."))
    back_reason = serializers.CharField(allow_blank=True)
    back_asked_at = serializers.DateTimeField(allow_null=True)
    over_at = serializers.DateTimeField(allow_null=True, help_text=_("When it had gone back."))
    ask_again_at = serializers.DateTimeField(
        allow_null=True, help_text=_("When to ask what became of it, while something is under way.")
    )
    refund_by = serializers.DateField(allow_null=True, help_text=_REFUND_BY)
    bills = PaidBill(many=True)


class AllowedAction(serializers.Serializer):  # type: ignore[type-arg]
    """One thing you may want of a recharge."""

    action = serializers.ChoiceField(
        choices=[(ActionName.REVERSE.value, _("reversal")), (ActionName.REFUND.value, _("refund"))]
    )
    is_allowed = serializers.BooleanField()
    why_not = WhyNot(allow_null=True)
    allowed_from = serializers.DateTimeField(allow_null=True)
    allowed_until = serializers.DateTimeField(allow_null=True, help_text=_("Not included."))


class AllowedActions(serializers.Serializer):  # type: ignore[type-arg]
    """What may be done with a recharge at this moment."""

    recharge_no = serializers.CharField()
    state = serializers.ChoiceField(choices=RechargeState.choices)
    refund_by = serializers.DateField(allow_null=True, help_text=_REFUND_BY)
    actions = AllowedAction(many=True)
