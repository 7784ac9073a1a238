"""What happens before a debit when a number changed hands since its contract was signed (domain.md A5): the debit is
left out, the contract (or mandate) is suspended, and people look.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from billing.flows import mandate as mandates
from billing.models import DebitRun, Mandate
from billing.states import BY_CONTRACT, Exclusion, MandateState
from signing.flows import manual_case, suspension
from signing.flows.change import Origin
from signing.flows.manual_case import Evidence
from signing.models import Contract
from signing.states import CaseReason, ContractState, Source
from unipay import clock
from unipay.clock import rfc3339

_LEFT_OUT = f"""
    FROM billing_debitexclusion excluded JOIN billing_bill bill ON bill.id = excluded.bill_id
    {{join}}
    WHERE excluded.run_id = %(run)s AND excluded.reason = '{Exclusion.NUMBER_CHANGED_HANDS}'
        AND payer.bank_id = %(bank)s AND bill.joined_network_at > payer.signed_at
    GROUP BY payer.id ORDER BY payer.id
"""
_CONTRACTS = "SELECT payer.id, max(bill.joined_network_at), min(bill.msisdn)" + _LEFT_OUT.format(
    join="JOIN signing_heldnumber held ON held.msisdn = bill.msisdn"
    f" JOIN signing_contract payer ON payer.id = held.contract_id AND payer.state = '{ContractState.ACTIVE}'"
)
_MANDATES = "SELECT payer.id, max(bill.joined_network_at), min(bill.msisdn)" + _LEFT_OUT.format(
    join="JOIN billing_mandate payer ON payer.msisdn = bill.msisdn AND payer.way = %(way)s"
    f" AND payer.state = '{MandateState.ACTIVE}'"
)


def suspend_changed_hands(run: DebitRun, *, now: datetime) -> int:
    """Suspend what the run's exclusions say, each in a transaction of its own; return how many were. Harmless when
    repeated."""
    of_contracts = run.arrangement.way in BY_CONTRACT
    given: dict[str, Any] = {"run": run.pk, "bank": run.arrangement.bank_id, "way": run.arrangement.way}
    with connection.cursor() as cursor:
        cursor.execute(_CONTRACTS if of_contracts else _MANDATES, given)
        found = cursor.fetchall()
    suspend = _suspend_contract if of_contracts else _suspend_mandate
    return sum(suspend(payer_id, joined_at, msisdn, run, now) for payer_id, joined_at, msisdn in found)


@transaction.atomic
def _suspend_contract(
    contract_id: int, joined_at: datetime, msisdn: str, run: DebitRun, now: datetime
) -> bool:
    reason = str(CaseReason.NUMBER_CHANGED_HANDS)
    origin = Origin(Source.NUMBER_EVENT, clock.business_date(now), request_no=run.run_no)
    if not suspension.suspend(contract_id, reason=reason, origin=origin, now=now):
        return False
    contract = Contract.objects.select_related("province").get(pk=contract_id)
    manual_case.open_case(
        cause=f"{reason}:{contract.contract_no}",
        reason=CaseReason.NUMBER_CHANGED_HANDS,
        about=contract,
        evidence=[
            Evidence(
                facts=_facts(contract.signed_at, joined_at, msisdn),
                partner=contract.province,
                request_no=run.run_no,
            )
        ],
        now=now,
    )
    return True


@transaction.atomic
def _suspend_mandate(mandate_id: int, joined_at: datetime, msisdn: str, run: DebitRun, now: datetime) -> bool:
    reason = CaseReason.NUMBER_CHANGED_HANDS
    mandate = Mandate.objects.select_related("province", "bank").get(pk=mandate_id)
    manual_case.open_case(
        cause=f"{reason}:mandate:{mandate.bank.code}:{mandate.mandate_no}"[:120],
        reason=reason,
        about=mandate,
        evidence=[
            Evidence(
                facts=_facts(mandate.signed_at, joined_at, msisdn),
                partner=mandate.province,
                request_no=run.run_no,
            )
        ],
        now=now,
    )
    return mandates.suspend(mandate_id, remark=str(reason.label))


def _facts(signed_at: datetime | None, joined_at: datetime, msisdn: str) -> dict[str, str]:
    return {
        "msisdn": msisdn,
        "signed_at": rfc3339(signed_at) if signed_at else "",
        "joined_network_at": rfc3339(joined_at),
    }
