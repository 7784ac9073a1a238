"""What partners send us about signing: the bodies of every POST, field by field."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from signing.particulars import Account, Amendment, Holder, SessionOrder, SigningNotice, SigningRequest
from signing.states import AccountType, Channel, EndReason, NumberEventKind, UserType
from signing.terms import Terms
from unipay.api.fields import (
    AccountNumberField,
    BusinessDateField,
    CodeField,
    FenField,
    FlagField,
    IdentityNumberField,
    MomentField,
    MsisdnField,
    TextField,
)
from unipay.api.serializers import OrderSerializer, StrictSerializer

_BANK_CHANNELS = [choice for choice in Channel.choices if choice[0] in ("COUNTER", "ONLINE_BANK", "KIOSK")]
_MOST_READ = 100
_PARTNER_REASONS = [
    (reason.value, reason.label)
    for reason in (
        EndReason.SUBSCRIBER_REQUEST,
        EndReason.ACCOUNT_CLOSED,
        EndReason.BANK_REQUEST,
        EndReason.PROVINCE_REQUEST,
    )
]


class NumberListField(serializers.ListField):
    """Secondary numbers; how many are allowed is a rule of signing, this only bounds what is read."""

    default_error_messages = {"not_a_list": _("Must be a JSON array.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=MsisdnField(), max_length=_MOST_READ, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        """Return the numbers; of a list that is far too long not one is looked at."""
        if isinstance(data, list) and len(data) > _MOST_READ:
            self.run_validators(data)
        numbers: list[str] = super().to_internal_value(data)
        return numbers


class AccountSerializer(StrictSerializer):
    """A bank account; its number is sealed at rest and never told again in full."""

    number = AccountNumberField(help_text=_("Account or card number, 6 to 32 digits."))
    type = CodeField(choices=AccountType.choices)


class HolderSerializer(StrictSerializer):
    """The account's holder; sealed at rest and never told again in full."""

    name = TextField(max_length=60)
    identity_no = IdentityNumberField(help_text=_("Resident identity number, 18 characters."))


class TermsSerializer(StrictSerializer):
    """Confirmed terms, in fen: recharge terms for prepaid numbers, auto-pay for postpaid ones."""

    recharge_threshold_fen = FenField(required=False, allow_null=True)
    recharge_amount_fen = FenField(required=False, allow_null=True, min_value=1)
    auto_pay = FlagField(required=False, allow_null=True)


class TermsOfferSerializer(StrictSerializer):
    """What the home province allows the number, in fen."""

    user_type = CodeField(choices=UserType.choices)
    threshold_default_fen = FenField(required=False, allow_null=True)
    threshold_max_fen = FenField(required=False, allow_null=True)
    amount_default_fen = FenField(required=False, allow_null=True, min_value=1)
    amount_max_fen = FenField(required=False, allow_null=True, min_value=1)
    auto_pay_allowed = FlagField(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A default that is not allowed itself would leave the bank nothing it may leave out."""
        for name in ("threshold", "amount"):
            default, most = attrs.get(f"{name}_default_fen"), attrs.get(f"{name}_max_fen")
            if default is not None and most is not None and default > most:
                raise serializers.ValidationError({f"{name}_default_fen": _("More than the maximum.")})
        return attrs


class SigningOrder(OrderSerializer):
    """A bank asks to sign a number."""

    msisdn = MsisdnField()
    secondary_msisdns = NumberListField(required=False, default=list)
    account = AccountSerializer()
    holder = HolderSerializer()
    channel = CodeField(choices=_BANK_CHANNELS)
    business_date = BusinessDateField()


class SigningResultOrder(OrderSerializer):
    """A bank announces what became of a signing."""

    result = CodeField(choices=[("SIGNED", _("signed")), ("FAILED", _("failed"))])
    contract_no = TextField(required=False, max_length=64, help_text=_("Our number, for the bank channel."))
    session_no = TextField(required=False, max_length=64, help_text=_("Our number, for the carrier channel."))
    signing_request_no = TextField(
        required=False,
        max_length=64,
        help_text=_("Your own number of the POST /signings, where you have no number of ours."),
    )
    msisdn = MsisdnField()
    secondary_msisdns = NumberListField(required=False)
    bank_contract_no = TextField(required=False, max_length=64)
    account = AccountSerializer(required=False)
    holder = HolderSerializer(required=False)
    terms = TermsSerializer(required=False)
    failure_code = TextField(required=False, max_length=64)
    signed_at = MomentField(required=False)
    business_date = BusinessDateField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one number that names the signing, and whatever the result needs beside it."""
        naming = [name for name in ("contract_no", "session_no", "signing_request_no") if attrs.get(name)]
        if len(naming) != 1:
            text = _("Give exactly one of contract_no, session_no and signing_request_no.")
            raise serializers.ValidationError({"contract_no": text})
        needed = ["failure_code"]
        if attrs["result"] == "SIGNED":
            needed = ["bank_contract_no", "signed_at"]
            needed += ["account", "holder"] if naming != ["contract_no"] else []
        missing = {name: _("This field is required here.") for name in needed if not attrs.get(name)}
        if missing:
            raise serializers.ValidationError(missing, code="required")
        return attrs


class SessionOpening(OrderSerializer):
    """A hall sends a subscriber to sign."""

    msisdn = MsisdnField()
    secondary_msisdns = NumberListField(required=False, default=list)
    bank_code = TextField(required=False, max_length=32, help_text=_("Empty: chosen on our page."))
    return_url = serializers.URLField(max_length=500, help_text=_("On the hall's own host."))
    terms_offer = TermsOfferSerializer(required=False)
    language = CodeField(required=False, choices=[("zh-hans", "中文"), ("en", "English")])


class AmendmentOrder(OrderSerializer):
    """A partner changes a formal contract; what is left out stays as it is."""

    secondary_msisdns = NumberListField(required=False)
    account = AccountSerializer(required=False)
    terms = TermsSerializer(required=False)
    business_date = BusinessDateField()


class TerminationOrder(OrderSerializer):
    """A partner ends a contract."""

    reason = CodeField(choices=_PARTNER_REASONS)
    business_date = BusinessDateField()


class NumberEventOrder(OrderSerializer):
    """A province says what happened to a number."""

    event = CodeField(choices=NumberEventKind.choices)
    msisdn = MsisdnField()
    occurred_at = MomentField()
    joined_network_at = MomentField(
        required=False, help_text=_("Since when the new owner has the number, for a recycled one.")
    )


def signing_request(order: dict[str, Any]) -> SigningRequest:
    """The validated SigningOrder in signing's own words."""
    return SigningRequest(
        msisdn=order["msisdn"],
        secondary_msisdns=tuple(order["secondary_msisdns"]),
        account=Account(**order["account"]),
        holder=Holder(**order["holder"]),
        channel=order["channel"],
        business_date=order["business_date"],
    )


def signing_notice(order: dict[str, Any]) -> SigningNotice:
    """The validated SigningResultOrder in signing's own words."""
    secondary = order.get("secondary_msisdns")
    return SigningNotice(
        signed=order["result"] == "SIGNED",
        msisdn=order["msisdn"],
        business_date=order["business_date"],
        contract_no=order.get("contract_no", ""),
        session_no=order.get("session_no", ""),
        signing_request_no=order.get("signing_request_no", ""),
        bank_contract_no=order.get("bank_contract_no", ""),
        account=Account(**order["account"]) if "account" in order else None,
        holder=Holder(**order["holder"]) if "holder" in order else None,
        terms=Terms(**order.get("terms", {})),
        secondary_msisdns=None if secondary is None else tuple(secondary),
        signed_at=order.get("signed_at"),
        failure_code=order.get("failure_code", ""),
    )


def session_order(order: dict[str, Any]) -> SessionOrder:
    """The validated SessionOpening in signing's own words."""
    return SessionOrder(
        msisdn=order["msisdn"],
        secondary_msisdns=tuple(order["secondary_msisdns"]),
        bank_code=order.get("bank_code", ""),
        return_url=order["return_url"],
        terms_offer=dict(order["terms_offer"]) if "terms_offer" in order else None,
        language=order.get("language", ""),
    )


def amendment(order: dict[str, Any]) -> Amendment:
    """The validated AmendmentOrder in signing's own words."""
    secondary = order.get("secondary_msisdns")
    return Amendment(
        business_date=order["business_date"],
        secondary_msisdns=None if secondary is None else tuple(secondary),
        account=Account(**order["account"]) if "account" in order else None,
        terms=Terms(**order["terms"]) if "terms" in order else None,
    )
