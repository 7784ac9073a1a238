"""What happens when a formal contract is to change: terms, secondary numbers or account (domain.md A3)."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from signing import messages, numbers, terms
from signing.errors import (
    CONTRACT_NOT_ACTIVE,
    CONTRACT_NOT_FOUND,
    NOTHING_TO_AMEND,
    NUMBER_HAS_CONTRACT,
    NUMBERS_INVALID,
    TERMS_NOT_ALLOWED,
)
from signing.flows.change import Origin, record_change
from signing.locks import lock_numbers
from signing.models import Contract
from signing.particulars import Amendment
from signing.queries import contracts_seen_by, standing_contract_on
from signing.representation import contract_facts, standing_particulars
from signing.states import ContractState, Source, TransactionKind
from signing.terms import Offer, Terms
from unipay.errors import Refusal
from unipay.partners.models import Partner


@transaction.atomic
def amend_for(
    partner: Partner, contract_no: str, amendment: Amendment, *, origin: Origin, now: datetime
) -> Contract:
    """Amend a contract the partner may amend and tell the others; raises Refusal naming what is not allowed."""
    found = contracts_seen_by(partner).filter(contract_no=contract_no).first()
    if found is None:
        raise Refusal(CONTRACT_NOT_FOUND)
    lock_numbers([found.msisdn, *found.secondary_msisdns, *(amendment.secondary_msisdns or ())])
    contract = (
        Contract.objects.select_related("bank", "province").select_for_update(of=["self"]).get(pk=found.pk)
    )
    if contract.state != ContractState.ACTIVE:
        raise Refusal(CONTRACT_NOT_ACTIVE, conflict=contract_facts(contract))
    before = _compared(contract)
    _change_numbers(contract, amendment)
    _change_terms(contract, amendment)
    if amendment.account is not None:
        _set(contract, amendment.account.as_columns())
    if _compared(contract) == before:
        raise Refusal(NOTHING_TO_AMEND)
    return _record(contract, origin, now)


def _compared(contract: Contract) -> tuple[object, ...]:
    return (
        sorted(contract.secondary_msisdns),
        contract.account_index,
        contract.account_type,
        contract.recharge_threshold_fen,
        contract.recharge_amount_fen,
        contract.auto_pay,
    )


def _change_numbers(contract: Contract, amendment: Amendment) -> None:
    wanted = amendment.secondary_msisdns
    if wanted is None:
        return
    found = numbers.faults(contract.msisdn, wanted, most=settings.UNIPAY_MAX_SECONDARY_NUMBERS)
    if found:
        raise Refusal(NUMBERS_INVALID, faults=found)
    standing = standing_contract_on(wanted, other_than=contract.pk)
    if standing is not None:
        raise Refusal(NUMBER_HAS_CONTRACT, conflict=standing_particulars(standing))
    contract.secondary_msisdns = list(wanted)


def _change_terms(contract: Contract, amendment: Amendment) -> None:
    if amendment.terms is None:
        return
    wanted = _merged(contract, amendment.terms)
    offer = Offer.of(contract.offer) or (Offer(contract.user_type) if contract.user_type else None)
    found = terms.faults(wanted, offer)
    if found:
        raise Refusal(TERMS_NOT_ALLOWED, faults=found)
    contract.recharge_threshold_fen = wanted.recharge_threshold_fen
    contract.recharge_amount_fen = wanted.recharge_amount_fen
    contract.auto_pay = bool(wanted.auto_pay)
    contract.user_type = terms.user_type_of(wanted, offer)


def _merged(contract: Contract, said: Terms) -> Terms:
    """What was said, and what stands where nothing was said."""
    threshold, amount = said.recharge_threshold_fen, said.recharge_amount_fen
    return Terms(
        contract.recharge_threshold_fen if threshold is None else threshold,
        contract.recharge_amount_fen if amount is None else amount,
        contract.auto_pay if said.auto_pay is None else said.auto_pay,
    )


def _set(contract: Contract, columns: dict[str, object]) -> None:
    for column, value in columns.items():
        setattr(contract, column, value)


def _record(contract: Contract, origin: Origin, now: datetime) -> Contract:
    record_change(contract, kind=TransactionKind.AMENDED, origin=origin, now=now)
    if origin.source != Source.BANK:
        messages.confirm_to_bank(contract, now=now)
    return contract
