"""What happens when a bank asks to sign a number (domain.md A2): the home province is asked, then a provisional
contract with the province's terms is kept, or the bank is refused with the reason.

Asking is three functions, since no transaction is open while a partner is being asked: prepare, ask, conclude.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from signing import numbers
from signing.errors import (
    BANK_CLOSED,
    NUMBER_HAS_CONTRACT,
    NUMBERS_INVALID,
    PROVINCE_REFUSED,
    PROVINCE_UNANSWERED,
    UNKNOWN_NUMBER,
)
from signing.locks import lock_numbers
from signing.models import Contract
from signing.particulars import SigningRequest
from signing.queries import standing_contract_on
from signing.representation import standing_particulars
from signing.states import ContractState
from unipay import check_digit
from unipay.errors import CATALOGUE, Refusal, TransportFailed, Unanswered
from unipay.partners import queries as partners
from unipay.partners.gateways import province as province_gateway
from unipay.partners.gateways.province import Eligibility
from unipay.partners.models import Partner

_ASK_AGAIN_SECONDS = 10


@dataclass(frozen=True)
class Question:
    """What the home province is to be asked."""

    bank: Partner
    province: Partner
    request: SigningRequest
    request_no: str


def prepare(*, bank: Partner, request: SigningRequest, request_no: str, now: datetime) -> Question:
    """Check what we can ourselves before asking: the bank is open, the numbers go together, nothing stands."""
    if not partners.takes_new_business(bank, now):
        raise Refusal(BANK_CLOSED, retry_after=600)
    found = numbers.faults(
        request.msisdn, request.secondary_msisdns, most=settings.UNIPAY_MAX_SECONDARY_NUMBERS
    )
    if found:
        raise Refusal(NUMBERS_INVALID, faults=found)
    province = partners.home_province(request.msisdn)
    if province is None:
        raise Refusal(UNKNOWN_NUMBER)
    _refuse_if_standing(bank, request)
    return Question(bank, province, request, request_no)


def ask(question: Question) -> Eligibility:
    """Ask the home province; asking changes nothing there, so no answer means: ask again later."""
    try:
        return province_gateway.check_eligibility(
            question.province,
            request_no=f"{question.bank.code}-{question.request_no}"[:64],
            msisdn=question.request.msisdn,
            secondary_msisdns=list(question.request.secondary_msisdns),
            bank_code=question.bank.code,
        )
    except (TransportFailed, Unanswered) as silence:
        raise Refusal(PROVINCE_UNANSWERED, retry_after=_ASK_AGAIN_SECONDS) from silence


@transaction.atomic
def conclude(question: Question, eligibility: Eligibility, *, now: datetime) -> Contract:
    """Keep a provisional contract with the province's terms, or refuse with its reason."""
    if eligibility.decision == province_gateway.ALREADY_SIGNED:
        raise Refusal(NUMBER_HAS_CONTRACT, conflict=eligibility.contract)
    if eligibility.decision == province_gateway.REFUSED:
        raise Refusal(CATALOGUE.get(eligibility.reason_code, PROVINCE_REFUSED), eligibility.detail)
    lock_numbers(question.request.msisdns)
    standing = _refuse_if_standing(question.bank, question.request)
    return standing or _provisional(question, eligibility, now)


def _refuse_if_standing(bank: Partner, request: SigningRequest) -> Contract | None:
    """The bank's own provisional contract for the same account is no obstacle: it lost our answer and asks again."""
    standing = standing_contract_on(request.msisdns)
    if standing is None:
        return None
    same_account = standing.account_index == request.account.as_columns()["account_index"]
    same_numbers = [standing.msisdn, *standing.secondary_msisdns] == request.msisdns
    if (
        standing.state == ContractState.PROVISIONAL
        and standing.bank_id == bank.pk
        and same_account
        and same_numbers
    ):
        return standing
    raise Refusal(NUMBER_HAS_CONTRACT, conflict=standing_particulars(standing))


def _provisional(question: Question, eligibility: Eligibility, now: datetime) -> Contract:
    request, offer = question.request, eligibility.terms_offer or {}
    return Contract.objects.create(
        contract_no=check_digit.new_number("C"),
        state=ContractState.PROVISIONAL,
        msisdn=request.msisdn,
        secondary_msisdns=list(request.secondary_msisdns),
        province=question.province,
        bank=question.bank,
        channel=request.channel,
        user_type=offer.get("user_type", ""),
        offer=offer,
        opened_at=now,
        expires_at=now + timedelta(minutes=settings.UNIPAY_PROVISIONAL_MINUTES),
        **request.account.as_columns(),
        **request.holder.as_columns(),
    )
