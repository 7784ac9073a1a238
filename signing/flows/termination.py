"""What happens when a contract is to end: by its bank, the province, the hall or staff (domain.md A3).

The contract ends at once, and the other parties are told. The same wish again changes nothing.
"""

from datetime import datetime

from django.db import transaction

from signing import messages
from signing.errors import CONTRACT_NOT_FOUND
from signing.flows import manual_case
from signing.flows.change import Origin, record_change
from signing.locks import lock_numbers
from signing.models import Contract
from signing.queries import contracts_seen_by
from signing.states import FORMAL, ContractState, EndReason, Source, TransactionKind
from unipay.errors import Refusal
from unipay.partners.models import Partner


@transaction.atomic
def terminate_for(
    partner: Partner, contract_no: str, *, reason: EndReason, origin: Origin, now: datetime
) -> Contract:
    """End a contract the partner may end, for `reason`; raises Refusal where it has no such contract."""
    found = contracts_seen_by(partner).filter(contract_no=contract_no).first()
    if found is None:
        raise Refusal(CONTRACT_NOT_FOUND)
    return end(found, reason=reason, origin=origin, now=now)


@transaction.atomic
def end(found: Contract, *, reason: EndReason, origin: Origin, now: datetime) -> Contract:
    """End a contract in whatever state it is, and tell everybody who did not ask for it."""
    lock_numbers([found.msisdn, *found.secondary_msisdns])
    contract = (
        Contract.objects.select_related("bank", "province").select_for_update(of=["self"]).get(pk=found.pk)
    )
    if contract.state == ContractState.TERMINATED:
        return contract
    formal = contract.state in FORMAL
    contested = contract.state == ContractState.CONTESTED
    contract.terminate(reason=reason, now=now)
    if formal:
        record_change(contract, kind=TransactionKind.TERMINATED, origin=origin, now=now, reason=reason)
    else:
        contract.version += 1
        contract.save()
    if contested:
        manual_case.withdraw_what_ended(contract, now=now)
    if origin.source != Source.BANK:
        messages.cancel_at_bank(contract, reason=reason, now=now)
    return contract
