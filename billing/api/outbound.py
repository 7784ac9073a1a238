"""What billing sends to partners, described for their developers (domain.md C2, C11)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from billing import messages
from billing.api import outbound_examples as examples
from billing.states import RechargeSource
from unipay.api.outbound import OutboundCall, describe
from unipay.partners.gateways import money
from unipay.partners.kinds import PartnerKind

_BANK, _PROVINCE = (PartnerKind.BANK.value,), (PartnerKind.PROVINCE.value,)
_LANDED = [
    (money.CREDITED, _("credited, now or before")),
    (money.REFUSED, _("not credited, and never will be")),
]
_KNOWN = [
    *_LANDED,
    (money.NOT_FOUND, _("never heard of it")),
    (money.TAKEN_BACK, _("credited, and taken back since")),
]


class BillPaid(serializers.Serializer[Any]):
    """One bill that the recharge pays, and how much of it."""

    province_bill_no = serializers.CharField()
    amount_fen = serializers.IntegerField()


class Landing(serializers.Serializer[Any]):
    """One recharge to be credited: once, whoever asks how often; `recharge_no` tells."""

    recharge_no = serializers.CharField()
    msisdn = serializers.CharField(allow_blank=True)
    agreement_no = serializers.CharField(allow_blank=True)
    amount_fen = serializers.IntegerField()
    source = serializers.ChoiceField(choices=RechargeSource.choices)  # type: ignore[assignment]
    bank_code = serializers.CharField()
    paid_at = serializers.DateTimeField()
    business_date = serializers.DateField()
    bills = BillPaid(many=True, help_text=_("What it pays; the rest is credit of the number."))


class Landings(serializers.Serializer[Any]):
    """Recharges to be credited. With event_id, kind and resource_version where it is a message, with request_no where a
    bank waits for the answer."""

    request_no = serializers.CharField(required=False)
    event_id = serializers.UUIDField(required=False)
    kind = serializers.CharField(required=False)
    resource_version = serializers.IntegerField(required=False)
    landings = Landing(many=True, help_text=_("1 to 200."))


class LandingResult(serializers.Serializer[Any]):
    """What became of one of them."""

    recharge_no = serializers.CharField()
    result = serializers.ChoiceField(choices=_LANDED)
    reason_code = serializers.CharField(required=False, help_text=_("Why it was refused."))


class LandingResults(serializers.Serializer[Any]):
    """What became of each; what is left out is asked for again."""

    result_code = serializers.CharField()
    results = LandingResult(many=True)


class LandingQuery(serializers.Serializer[Any]):
    """What became of these recharges?"""

    request_no = serializers.CharField()
    recharge_nos = serializers.ListField(child=serializers.CharField(), help_text=_("1 to 200."))


class KnownRecharge(serializers.Serializer[Any]):
    """What you know of one recharge."""

    recharge_no = serializers.CharField()
    result = serializers.ChoiceField(choices=_KNOWN)
    reason_code = serializers.CharField(required=False)


class LandingQueryAnswer(serializers.Serializer[Any]):
    """What you know of each."""

    result_code = serializers.CharField()
    results = KnownRecharge(many=True)


class TakeBack(serializers.Serializer[Any]):
    """Take the credit of a recharge back, once by `back_no`. One you never credited must never be credited afterwards,
    even if our landing of it still arrives."""

    request_no = serializers.CharField(required=False)
    event_id = serializers.UUIDField(required=False)
    kind = serializers.CharField(required=False)
    resource_version = serializers.IntegerField(required=False)
    recharge_no = serializers.CharField()
    back_no = serializers.CharField()
    amount_fen = serializers.IntegerField()
    msisdn = serializers.CharField(allow_blank=True)
    agreement_no = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()


class Told(serializers.Serializer[Any]):
    """0000 when it is done."""

    result_code = serializers.CharField()


class TakeBackAnswer(Told):
    """0000 taken back; 5001 the credit is spent; 5002 you never credited it, and never will."""


class RefundAsked(serializers.Serializer[Any]):
    """Give the money of one of your payments back, once by `back_no`."""

    event_id = serializers.UUIDField()
    kind = serializers.CharField()
    resource_version = serializers.IntegerField()
    recharge_no = serializers.CharField()
    request_no = serializers.CharField(allow_blank=True, help_text=_("Your own of the recharge."))
    bank_transaction_no = serializers.CharField(allow_blank=True)
    back_no = serializers.CharField()
    amount_fen = serializers.IntegerField()
    reason = serializers.CharField()


class RefundAnswer(Told):
    """0000 given back; 5003 given back before; 5004 you know no such payment."""


CALLS = (
    OutboundCall(
        messages.LAND_RECHARGES,
        money.LAND_RECHARGES_PATH,
        _PROVINCE,
        _("Asks you to credit recharges: money that a bank has taken."),
        Landings,
        LandingResults,
        examples.LANDINGS,
        examples.LANDING_RESULTS,
    ),
    OutboundCall(
        money.QUERY_RECHARGES,
        money.QUERY_RECHARGES_PATH,
        _PROVINCE,
        _("Asks what became of recharges whose credit is in doubt."),
        LandingQuery,
        LandingQueryAnswer,
        examples.LANDING_QUERY,
        examples.LANDING_QUERY_ANSWER,
    ),
    OutboundCall(
        messages.TAKE_BACK_RECHARGE,
        money.TAKE_BACK_RECHARGE_PATH,
        _PROVINCE,
        _("Asks you to take a credit back, or never to give it."),
        TakeBack,
        TakeBackAnswer,
        examples.TAKE_BACK,
        examples.DONE,
    ),
    OutboundCall(
        messages.REFUND_RECHARGE,
        money.REFUND_RECHARGE_PATH,
        _BANK,
        _("Asks you to give the money of a recharge back."),
        RefundAsked,
        RefundAnswer,
        examples.REFUND,
        examples.DONE,
    ),
)

for _call in CALLS:
    describe(_call)
