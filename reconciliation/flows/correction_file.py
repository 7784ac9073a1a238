"""The correction file of a run for its province (domain.md B, step 4): one line for each discrepancy it must put right,
with the values that are true now.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from reconciliation.kinds import PROVINCE_CORRECTION
from reconciliation.models import Discrepancy, Run
from reconciliation.states import DiscrepancyState, Shield, Treatment
from signing.models import Contract
from unipay.exchange.flows import acknowledge, send
from unipay.exchange.models import SentFile, SentState

_AT_ONCE = 2000
_SEALED = ("contract__account_number", "contract__holder_name", "contract__identity_no")
Row = tuple[Any, ...]


def write(run: Run, lines: QuerySet[Discrepancy], *, now: datetime) -> SentFile:
    """Send the lines, which have their order numbers, in a file that takes the place of one not fetched yet."""
    ready = SentFile.objects.filter(
        partner=run.partner, subject=run.subject, kind=PROVINCE_CORRECTION, state=SentState.READY
    )
    # Whoever refuses one at this moment holds it and waits for the run: it is over without us.
    for unfetched in ready.select_for_update(of=("self",), skip_locked=True):
        acknowledge.cancel(unfetched, now=now)
    file = send.send(
        kind=PROVINCE_CORRECTION,
        partner=run.partner,
        subject=run.subject,
        business_date=run.business_date,
        rows=_rows(run, lines),
        now=now,
    )
    lines.update(state=DiscrepancyState.EXPORTED, exported_at=now, exports=F("exports") + 1)
    run.exports += 1
    return file


def set_aside_changed(lines: QuerySet[Discrepancy], *, now: datetime) -> int:
    """Leave to the next run what changed here since it was compared: the province hears of that by message."""
    changed = lines.filter(contract__isnull=False).exclude(contract__version=F("seen_version"))
    ids = list(changed.values_list("pk", flat=True))
    return Discrepancy.objects.filter(pk__in=ids).update(
        state=DiscrepancyState.CARRIED, shield=Shield.CHANGED_SINCE_MATCH, settled_at=now
    )


def _rows(run: Run, lines: QuerySet[Discrepancy]) -> Iterator[Row]:
    """In the order of the kind's fields."""
    ordered = lines.order_by("order_no").select_related("contract__bank").defer(*_SEALED)
    for line in ordered.iterator(_AT_ONCE):
        told = _delete(line) if line.treatment == Treatment.DELETE else _true(line.contract)
        yield (run.run_no, line.order_no, line.treatment, *told)


def _true(contract: Contract | None) -> Row:
    if contract is None:
        raise ValueError("Only a contract of ours can be added to a province's book, or updated there.")
    return (
        contract.contract_no,
        contract.msisdn,
        contract.secondary_msisdns,
        contract.bank.code,
        contract.bank_contract_no,
        contract.account_mask,
        contract.recharge_threshold_fen,
        contract.recharge_amount_fen,
        contract.auto_pay,
        contract.signed_at,
    )


def _delete(line: Discrepancy) -> Row:
    """What the province holds, as it named it itself; where it said nothing that day, as we know it."""
    held = line.theirs or line.ours or {}
    numbers = (held.get("msisdn"), held.get("secondary_msisdns") or [])
    return (held.get("contract_no"), *numbers, held.get("bank_code"), None, None, None, None, None, None)
