"""What happens when nothing may be debited by a contract until a doubt is cleared, and when it is (domain.md A5, C3).

The number stays held; the home province is told. The same wish again changes nothing.
"""

from datetime import datetime

from django.db import transaction

from signing.flows.change import Origin, record_change
from signing.locks import lock_numbers
from signing.models import Contract
from signing.states import ContractState, TransactionKind


@transaction.atomic
def suspend(contract_id: int, *, reason: str, origin: Origin, now: datetime) -> bool:
    """Suspend an active contract, for one of our reasons; tells whether it was active."""
    contract = _locked(contract_id)
    if contract.state != ContractState.ACTIVE:
        return False
    contract.suspend()
    record_change(contract, kind=TransactionKind.SUSPENDED, origin=origin, now=now, reason=reason)
    return True


@transaction.atomic
def resume(contract_id: int, *, reason: str, origin: Origin, now: datetime) -> bool:
    """Let a suspended contract be debited again; tells whether it was suspended."""
    contract = _locked(contract_id)
    if contract.state != ContractState.SUSPENDED:
        return False
    contract.resume()
    record_change(contract, kind=TransactionKind.RESUMED, origin=origin, now=now, reason=reason)
    return True


def _locked(contract_id: int) -> Contract:
    seen = Contract.objects.only("msisdn", "secondary_msisdns").get(pk=contract_id)
    lock_numbers([seen.msisdn, *seen.secondary_msisdns])
    rows = Contract.objects.select_related("bank", "province").select_for_update(of=["self"])
    return rows.get(pk=contract_id)
