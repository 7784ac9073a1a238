"""What earlier increments left undone is decided with the next one (domain.md B, the in-flight shield).

A carried line of an earlier file counts where the new file says nothing newer about the same contract; a contract that
should have been in an earlier file and was shielded must still turn up.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from reconciliation.matching.comparison import Comparison
from reconciliation.models import Discrepancy, Run
from reconciliation.states import EVEN, Difference, DiscrepancyState, Period, RunState, Shield

_LINE = (
    "change",
    "msisdn",
    "secondary_msisdns",
    "account_mask",
    "account_type",
    "recharge_threshold_fen",
    "recharge_amount_fen",
    "auto_pay",
    "occurred_at",
    "bank_contract_no",
    "account_key",
)

_KNOWN_BADLY = (Shield.FAULTY_LINE, Shield.UNREADABLE_LINES)
_NEVER_DECIDED = (RunState.REFUSED, RunState.OVERTAKEN)


@dataclass(frozen=True)
class Carried:
    """What a run has to take up: lines of earlier files, and contracts that should have been in one."""

    lines: list[Discrepancy]
    contracts: list[Discrepancy]


def to_take_up(run: Run) -> QuerySet[Discrepancy]:
    """Return what earlier runs of the same book carried and no other run has decided.

    A full list decides all of it. To it an increment leaves what stands on a faulty line, as that is known only by the
    file itself; what a file carried that was refused, replaced, or is undecided; and what came too late: a day after it
    is decided already, and nobody knows what that said about it.
    """
    undecided = Q(taken_up_by=None) | Q(taken_up_by=run) | Q(taken_up_by__state__in=_NEVER_DECIDED)
    carried = Discrepancy.objects.filter(
        undecided, state=DiscrepancyState.CARRIED, run__partner_id=run.partner_id, run__side=run.side
    )
    if run.period == Period.FULL:
        return carried.filter(run__business_date__lte=run.business_date).exclude(run=run)
    counts = carried.filter(run__is_current=True, run__state__in=EVEN, round=F("run__round"))
    counts = counts.filter(~Exists(_decided_after_its_day(run)), run__business_date__lt=run.business_date)
    return counts.exclude(shield__in=_KNOWN_BADLY)


def _decided_after_its_day(run: Run) -> QuerySet[Run]:
    """Return the runs, other than this one, that decided a day after that of the discrepancy asked about."""
    same_book = Run.objects.filter(partner_id=run.partner_id, side=run.side, is_current=True, state__in=EVEN)
    return same_book.filter(business_date__gt=OuterRef("run__business_date")).exclude(pk=run.pk)


def read(run: Run) -> Carried:
    """Read what the run has to take up, oldest first."""
    rows = list(to_take_up(run).order_by("id"))
    return Carried(
        lines=[row for row in rows if row.theirs is not None],
        contracts=[row for row in rows if row.difference == Difference.MISSING_AT_BANK],
    )


def add_lines(comparison: Comparison, lines: list[Discrepancy]) -> None:
    """Add carried lines to their side, the newest of each contract, where the file itself says nothing about it."""
    newest = {row.bank_contract_no: row for row in lines}
    if not newest:
        return
    columns = [[row.pk for row in newest.values()]]
    columns += [[_value(row, name) for row in newest.values()] for name in _LINE]
    given = ", ".join(f"unnest(?) AS {name}" for name in ("carried_id", *_LINE))
    types = dict(comparison.specification.fields)
    cast = ", ".join(f"CAST({name} AS {types[name]}) AS {name}" for name in _LINE)
    comparison.connection.execute(
        f"INSERT INTO theirs BY NAME SELECT -carried_id AS line_no, carried_id, {cast} FROM (SELECT {given})"
        f" WHERE bank_contract_no NOT IN (SELECT bank_contract_no FROM theirs)",
        columns,
    )


def require_contracts(comparison: Comparison, contracts: list[Discrepancy]) -> None:
    """Mark the contracts of our side that an earlier file should have had."""
    if contracts:
        comparison.connection.execute(
            "UPDATE ours SET must_be_there = true, carried_id = wanted.id FROM"
            " (SELECT unnest(?) AS contract_id, unnest(?) AS id) wanted"
            " WHERE ours.contract_id = wanted.contract_id",
            [[row.contract_id for row in contracts], [row.pk for row in contracts]],
        )


def _value(row: Discrepancy, name: str) -> Any:
    if name == "account_key":
        index = (row.their_secrets or {}).get("account_index")
        return int(index[:16], 16) if index else None
    value = (row.theirs or {}).get(name)
    return ",".join(sorted(value or [])) if name == "secondary_msisdns" else value
