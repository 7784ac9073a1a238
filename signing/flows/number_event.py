"""What happens when a province says a number was closed, transferred or given to somebody else (domain.md A5).

The former owner's contracts end; where the number was a secondary one, it leaves that contract.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from signing import messages
from signing.errors import NUMBER_NOT_YOURS
from signing.flows import termination
from signing.flows.change import Origin, record_change
from signing.locks import lock_numbers
from signing.models import Contract
from signing.queries import standing_contract_on
from signing.recycled_number import belongs_to_former_owner
from signing.states import ContractState, EndReason, NumberEventKind, Source, TransactionKind
from unipay import clock
from unipay.errors import Refusal
from unipay.partners import queries as partners
from unipay.partners.models import Partner


@dataclass(frozen=True)
class NumberEvent:
    """What happened to a number: when, and for a recycled one since when the new owner has it."""

    kind: NumberEventKind
    msisdn: str
    occurred_at: datetime
    joined_network_at: datetime | None = None

    @property
    def changed_hands_at(self) -> datetime:
        """The moment from which the number is no longer the former owner's."""
        return self.joined_network_at or self.occurred_at


@dataclass
class Ended:
    """What a number event ended: contracts terminated, and contracts the number left as a secondary one."""

    terminated: list[Contract] = field(default_factory=list)
    amended: list[Contract] = field(default_factory=list)


@transaction.atomic
def accept_event(province: Partner, event: NumberEvent, *, request_no: str, now: datetime) -> Ended:
    """End what depends on the number, unless it was signed since by whoever has the number now."""
    if partners.home_province(event.msisdn) != province:
        raise Refusal(NUMBER_NOT_YOURS)
    ended = Ended()
    lock_numbers([event.msisdn])
    standing = standing_contract_on([event.msisdn])
    if standing is None or not _is_former_owners(standing, event):
        return ended
    origin = Origin(Source.NUMBER_EVENT, clock.business_date(event.occurred_at), province, request_no)
    if standing.msisdn == event.msisdn:
        reason = EndReason(event.kind.value)
        ended.terminated.append(termination.end(standing, reason=reason, origin=origin, now=now))
    else:
        ended.amended.append(_leave(standing, event.msisdn, origin, now))
    return ended


def _is_former_owners(contract: Contract, event: NumberEvent) -> bool:
    signed_at = contract.signed_at or contract.opened_at
    return belongs_to_former_owner(signed_at=signed_at, changed_hands_at=event.changed_hands_at)


def _leave(contract: Contract, msisdn: str, origin: Origin, now: datetime) -> Contract:
    contract = (
        Contract.objects.select_related("bank", "province").select_for_update(of=["self"]).get(pk=contract.pk)
    )
    contract.secondary_msisdns = [number for number in contract.secondary_msisdns if number != msisdn]
    if contract.state == ContractState.PROVISIONAL:
        contract.version += 1
        contract.save()
        return contract
    record_change(contract, kind=TransactionKind.AMENDED, origin=origin, now=now, reason=origin.source)
    messages.confirm_to_bank(contract, now=now)
    return contract
