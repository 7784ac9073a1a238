"""What we answer about signing: the shapes the API documents (signing/representation.py fills them)."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from signing.api.orders import TermsOfferSerializer, TermsSerializer
from signing.states import Channel, ContractState, EndReason, SessionState, UserType


class ContractAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """A contract: amounts in fen, times in RFC 3339 with offset, personal data masked."""

    contract_no = serializers.CharField()
    state = serializers.ChoiceField(choices=ContractState.choices)
    version = serializers.IntegerField(help_text=_("Grows with every change."))
    msisdn = serializers.CharField()
    secondary_msisdns = serializers.ListField(child=serializers.CharField())
    bank_code = serializers.CharField()
    bank_contract_no = serializers.CharField(allow_blank=True)
    account_mask = serializers.CharField()
    holder_mask = serializers.CharField()
    channel = serializers.ChoiceField(choices=Channel.choices)
    user_type = serializers.ChoiceField(choices=UserType.choices, allow_blank=True)
    terms = TermsSerializer()
    terms_offer = TermsOfferSerializer(allow_null=True)
    opened_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    signed_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.ChoiceField(choices=EndReason.choices, allow_blank=True)


class SigningResultAnswer(ContractAnswer):
    """The contract the notice led to; with `case_no` where people must decide between it and another one."""

    case_no = serializers.CharField(required=False)


class NotSignedAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """The signing that ended without a contract, as the bank announced; named as the notice named it."""

    session_no = serializers.CharField(required=False)
    signing_request_no = serializers.CharField(required=False)
    state = serializers.ChoiceField(choices=SessionState.choices)


class SessionOpenedAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """A session: send the subscriber's browser to `redirect_url`."""

    session_no = serializers.CharField()
    state = serializers.ChoiceField(choices=SessionState.choices)
    redirect_url = serializers.URLField()
    expires_at = serializers.DateTimeField()


class SessionAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """A session and what became of it."""

    session_no = serializers.CharField()
    state = serializers.ChoiceField(choices=SessionState.choices)
    msisdn = serializers.CharField()
    bank_code = serializers.CharField(allow_blank=True)
    contract_no = serializers.CharField(allow_blank=True)
    contract_state = serializers.ChoiceField(choices=ContractState.choices, allow_blank=True)
    failure_code = serializers.CharField(allow_blank=True)
    opened_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class NumberEventAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """What the event ended."""

    msisdn = serializers.CharField()
    event = serializers.CharField()
    terminated = serializers.ListField(child=serializers.CharField(), help_text=_("Contracts that ended."))
    amended = serializers.ListField(
        child=serializers.CharField(), help_text=_("Contracts the number left as a secondary number.")
    )
