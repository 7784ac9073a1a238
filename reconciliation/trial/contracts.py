"""Our book as a partner would have it in its own: contracts read in a stream, personal columns opened."""

from collections.abc import Generator, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from signing.models import Contract, SigningTransaction
from signing.states import FORMAL, ContractState, TransactionKind
from unipay import clock
from unipay.partners.models import Partner

AT_ONCE = 2000
_ANNOUNCED = (TransactionKind.SIGNED, TransactionKind.AMENDED, TransactionKind.TERMINATED)


def cut_off(business_date: date) -> datetime:
    """Return the end of the business date."""
    return clock.business_day_start(business_date + timedelta(days=1))


def at_bank(bank: Partner) -> Iterator[Contract]:
    """Yield the bank's contracts that stand or ended, in their order."""
    return _streamed(Contract.objects.filter(bank=bank))


def at_province(province: Partner) -> Iterator[Contract]:
    """Yield the contracts at home in the province that stand or ended, with their bank, in their order."""
    sealed = ("account_number", "holder_name", "identity_no")
    return _streamed(Contract.objects.filter(province=province).select_related("bank").defer(*sealed))


def elsewhere(bank: Partner) -> Generator[Contract, None, None]:
    """Yield the standing contracts of other banks."""
    standing = Contract.objects.filter(state__in=FORMAL).exclude(bank=bank)
    yield from standing.order_by("id").only("msisdn").iterator(AT_ONCE)


def journalled(business_date: date, **whose: Partner) -> Iterator[tuple[Contract, list[SigningTransaction]]]:
    """Yield each contract with what happened to it on the date, in its order."""
    lines = SigningTransaction.objects.filter(business_date=business_date, kind__in=_ANNOUNCED, **whose)
    gathered: list[SigningTransaction] = []
    ordered = lines.select_related("contract__bank").order_by("contract_id", "version")
    for line in ordered.iterator(AT_ONCE):
        if gathered and gathered[0].contract_id != line.contract_id:
            yield gathered[0].contract, gathered
            gathered = []
        gathered.append(line)
    if gathered:
        yield gathered[0].contract, gathered


def of_bank(contract: Contract) -> dict[str, Any]:
    """Return a contract as a bank's line says it."""
    return {
        **_of_both(contract),
        "bank_contract_no": contract.bank_contract_no,
        "account_number": contract.account_number,
        "account_type": contract.account_type,
        "holder_name": contract.holder_name,
        "identity_no": contract.identity_no,
        "signed_at": contract.signed_at,
    }


def of_province(contract: Contract) -> dict[str, Any]:
    """Return a contract as a province's line says it."""
    return {
        **_of_both(contract),
        "contract_no": contract.contract_no,
        "bank_code": contract.bank.code,
    }


def _of_both(contract: Contract) -> dict[str, Any]:
    return {
        "msisdn": contract.msisdn,
        "secondary_msisdns": sorted(contract.secondary_msisdns),
        "account_mask": contract.account_mask,
        "recharge_threshold_fen": contract.recharge_threshold_fen,
        "recharge_amount_fen": contract.recharge_amount_fen,
        "auto_pay": contract.auto_pay,
    }


def _streamed(contracts: Any) -> Iterator[Contract]:
    wanted = contracts.filter(state__in=[*FORMAL, ContractState.TERMINATED], signed_at__isnull=False)
    return wanted.order_by("id").iterator(AT_ONCE)
