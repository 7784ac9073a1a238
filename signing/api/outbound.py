"""What signing sends to partners, described for their developers (domain.md A1 to A3)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from signing import messages
from signing.api import outbound_examples as examples
from signing.api.answers import ContractAnswer, SessionAnswer
from signing.api.orders import AccountSerializer, HolderSerializer, TermsOfferSerializer, TermsSerializer
from signing.states import EndReason, TransactionKind, UserType
from unipay.api.fields import BusinessDateField, MomentField, MsisdnField, TextField
from unipay.api.outbound import OutboundCall, describe
from unipay.partners.gateways import bank, book, hall, province
from unipay.partners.kinds import PartnerKind

_BOOK_KEEPERS = (PartnerKind.BANK.value, PartnerKind.PROVINCE.value)
_BANK, _PROVINCE, _HALL = (PartnerKind.BANK.value,), (PartnerKind.PROVINCE.value,), (PartnerKind.HALL.value,)

_DECISIONS = [
    (province.MAY_SIGN, _("may sign")),
    (province.ALREADY_SIGNED, _("has a contract already")),
    (province.REFUSED, _("may not sign; the result code says why")),
]
_NUMBER_STATES = [
    (province.NORMAL, _("normal")),
    (province.SUSPENDED, _("suspended")),
    (province.CLOSED, _("closed")),
]
_SIGNING_STATES = [
    (bank.SIGNED, _("signed")),
    (bank.NOT_SIGNED, _("not signed, and will not be")),
    (bank.PENDING, _("not decided yet")),
]
_BOOK_STATES = [
    (book.PENDING, _("not decided yet")),
    (book.ACTIVE, _("in force")),
    (book.SUSPENDED, _("suspended")),
    (book.TERMINATED, _("ended")),
]


class Notification(serializers.Serializer[Any]):
    """What every notification says of itself."""

    event_id = serializers.UUIDField(help_text=_("The same for every sending of the notification."))
    kind = serializers.CharField()
    resource_version = serializers.IntegerField(help_text=_("Grows with every change."))


class ContractChanged(Notification):
    """A formal contract was signed, amended, suspended, resumed or terminated."""

    change = serializers.ChoiceField(choices=TransactionKind.choices)
    business_date = serializers.DateField()
    contract = ContractAnswer()


class ContractConfirmed(Notification):
    """How your contract stands with us."""

    contract = ContractAnswer()


class ContractCancelled(Notification):
    """Your contract ended with us: end it too."""

    reason = serializers.ChoiceField(choices=EndReason.choices)
    contract = ContractAnswer()


class SigningOutcome(Notification, SessionAnswer):
    """What became of a session you opened."""


class Question(serializers.Serializer[Any]):
    """What every question carries."""

    request_no = serializers.CharField()
    msisdn = serializers.CharField()


class Told(serializers.Serializer[Any]):
    """What every answer carries; 0000 is success."""

    result_code = serializers.CharField()


class EligibilityQuestion(Question):
    """May this number sign?"""

    secondary_msisdns = serializers.ListField(child=serializers.CharField())
    bank_code = serializers.CharField(allow_blank=True)


class StandingContract(serializers.Serializer[Any]):
    """The particulars of the contract in the way."""

    bank_code = serializers.CharField()
    state = serializers.CharField()
    bank_contract_no = serializers.CharField(required=False)
    signed_at = serializers.DateTimeField(required=False)


class EligibilityAnswer(Told):
    """It may, with these terms; it has a contract already; or it may not."""

    decision = serializers.ChoiceField(choices=_DECISIONS)
    terms_offer = TermsOfferSerializer(required=False, help_text=_("With MAY_SIGN."))
    contract = StandingContract(required=False, help_text=_("With ALREADY_SIGNED."))
    detail = serializers.CharField(required=False)


class NumberStatusAnswer(Told):
    """How the number stands."""

    status = serializers.ChoiceField(choices=_NUMBER_STATES)
    user_type = serializers.ChoiceField(choices=UserType.choices)
    joined_network_at = serializers.DateTimeField()
    identity_matches = serializers.BooleanField(required=False)


class SigningQuestion(Question):
    """What became of this signing? With contract_no for the bank channel, session_no for the carrier channel."""

    contract_no = serializers.CharField(required=False)
    session_no = serializers.CharField(required=False)


class SignedFacts(serializers.Serializer[Any]):
    """What the bank signed, in the fields of a signing result; account and holder for the carrier channel."""

    msisdn = MsisdnField()
    bank_contract_no = TextField(max_length=64)
    account = AccountSerializer(required=False)
    holder = HolderSerializer(required=False)
    terms = TermsSerializer(required=False)
    signed_at = MomentField()
    business_date = BusinessDateField()


class SigningQueryAnswer(Told):
    """What became of the signing at the bank."""

    state = serializers.ChoiceField(choices=_SIGNING_STATES)
    contract = SignedFacts(required=False, help_text=_("With SIGNED."))


class BookEntry(serializers.Serializer[Any]):
    """One contract of the number in your book, whatever its state."""

    state = serializers.ChoiceField(choices=_BOOK_STATES)
    bank_code = serializers.CharField()
    contract_no = serializers.CharField(required=False, help_text=_("Our number, if you know it."))
    bank_contract_no = serializers.CharField(required=False)
    account_mask = serializers.CharField(required=False)
    signed_at = serializers.DateTimeField(required=False)
    ended_at = serializers.DateTimeField(required=False)


class BookAnswer(Told):
    """Every contract of the number in your book, newest first; none is an empty list."""

    contracts = BookEntry(many=True)


CALLS = (
    OutboundCall(
        province.CHECK_ELIGIBILITY,
        province.CHECK_ELIGIBILITY_PATH,
        _PROVINCE,
        _("Asks whether a number may sign, and on which terms."),
        EligibilityQuestion,
        EligibilityAnswer,
        examples.ELIGIBILITY_QUESTION,
        examples.ELIGIBILITY_ANSWER,
    ),
    OutboundCall(
        province.NUMBER_STATUS,
        province.NUMBER_STATUS_PATH,
        _PROVINCE,
        _("Asks how a number stands."),
        Question,
        NumberStatusAnswer,
        examples.NUMBER_STATUS_QUESTION,
        examples.NUMBER_STATUS_ANSWER,
    ),
    OutboundCall(
        messages.CONTRACT_CHANGED,
        province.CONTRACT_CHANGED_PATH,
        _PROVINCE,
        _("Tells that a formal contract changed."),
        ContractChanged,
        example=examples.CONTRACT_CHANGED,
    ),
    OutboundCall(
        bank.QUERY_SIGNING,
        bank.QUERY_SIGNING_PATH,
        _BANK,
        _("Asks what became of a signing, when its result is overdue."),
        SigningQuestion,
        SigningQueryAnswer,
        examples.SIGNING_QUESTION,
        examples.SIGNING_ANSWER,
    ),
    OutboundCall(
        book.QUERY_CONTRACTS,
        book.QUERY_CONTRACTS_PATH,
        _BOOK_KEEPERS,
        _("Asks what your book says of a number now, when our staff have to decide a manual case."),
        Question,
        BookAnswer,
        examples.BOOK_QUESTION,
        examples.BOOK_ANSWER,
    ),
    OutboundCall(
        messages.CONTRACT_CONFIRMED,
        bank.CONTRACT_CONFIRMED_PATH,
        _BANK,
        _("Tells how a contract stands with us, when others changed or decided it."),
        ContractConfirmed,
        example=examples.CONTRACT_CONFIRMED,
    ),
    OutboundCall(
        messages.CONTRACT_CANCELLED,
        bank.CONTRACT_CANCELLED_PATH,
        _BANK,
        _("Tells that a contract ended with us, when others ended it: end it too."),
        ContractCancelled,
        example=examples.CONTRACT_CANCELLED,
    ),
    OutboundCall(
        messages.SIGNING_OUTCOME,
        hall.SIGNING_OUTCOME_PATH,
        _HALL,
        _("Tells what became of a signing session."),
        SigningOutcome,
        example=examples.SIGNING_OUTCOME,
    ),
)

for _call in CALLS:
    describe(_call)
