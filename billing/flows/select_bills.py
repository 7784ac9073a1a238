"""What happens when a run's bills are selected (domain.md C3): items per number or agreement, and each bill left out
with its reason, in one transaction; and the same figures beforehand, as a what-if that leaves nothing behind.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from billing import selection
from billing.flows.debit_stage import Work, moving
from billing.models import Arrangement
from billing.states import BY_CONTRACT, RunState

# What is deferred queues up, and every insert walks the queue: its time would grow with its square.
_AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL jit = off"
_SAMPLES = 5


@dataclass(frozen=True)
class Part:
    """A part of what a run would ask for, or leave out: `name` is a reason or a province's code."""

    name: str
    count: int
    amount_fen: int


@dataclass(frozen=True)
class Sample:
    """A bill a run would leave out, as an example: `asked_of` is its number or agreement."""

    reason: str
    bill_no: str
    asked_of: str
    open_fen: int


@dataclass(frozen=True)
class WhatIf:
    """What a run of an arrangement on a date would do. Exclusions count bills, provinces count items."""

    arrangement: Arrangement
    debit_date: date
    item_count: int
    bill_count: int
    asked_fen: int
    file_count: int
    excluded: tuple[Part, ...]
    provinces: tuple[Part, ...]
    samples: tuple[Sample, ...]

    @property
    def excluded_count(self) -> int:
        """How many bills would be left out."""
        return sum(part.count for part in self.excluded)

    @property
    def excluded_fen(self) -> int:
        """How much would be left out."""
        return sum(part.amount_fen for part in self.excluded)


def select(work: Work) -> bool:
    """Select the run's bills, and say so."""
    with moving(work.run, RunState.OPENED) as run:
        given = _judge(run.arrangement, run.debit_date)
        given |= {"run": run.pk, "by_contract": run.arrangement.way in BY_CONTRACT}
        _do(selection.ITEMS, given)
        _do(selection.SHARES, given)
        _do(selection.EXCLUSIONS, given)
        _do(selection.LOCK_BILLS, given)
        _do(selection.DROP_CHANGED, given)
        _do(selection.MEND_ITEMS, given)
        ((run.item_count, run.asked_fen, run.bill_count),) = _rows(selection.COUNTS, given)
        ((run.excluded_count, run.excluded_fen),) = _rows(selection.LEFT_OUT, given)
        run.select(now=work.now())
        run.save()
    return True


@transaction.atomic
def what_if(arrangement: Arrangement, debit_date: date) -> WhatIf:
    """Return what a run on that date would ask for and leave out as things stand; nothing of it stays."""
    given = _judge(arrangement, debit_date)
    ((items, bills, asked_fen),) = _rows(
        f"SELECT count(*), coalesce(sum(bill_count), 0)::bigint, coalesce(sum(asked_fen), 0)::bigint"
        f" FROM {selection.GROUPS}",
        given,
    )
    found = WhatIf(
        arrangement=arrangement,
        debit_date=debit_date,
        item_count=items,
        bill_count=bills,
        asked_fen=asked_fen,
        file_count=-(-items // arrangement.split_rows),
        excluded=tuple(Part(*row) for row in _rows(_BY_REASON, given)),
        provinces=tuple(Part(*row) for row in _rows(_BY_PROVINCE, given)),
        samples=tuple(Sample(*row) for row in _rows(_SOME, {**given, "most": _SAMPLES})),
    )
    _do(f"DROP TABLE {selection.GROUPS}, {selection.CANDIDATES}", {})
    return found


def _judge(arrangement: Arrangement, debit_date: date) -> dict[str, Any]:
    """Fill the temporary tables, and return the parameters of all statements."""
    way = arrangement.way
    given: dict[str, Any] = {
        "arrangement": arrangement.pk,
        "bank": arrangement.bank_id,
        "way": way,
        "debit_date": debit_date,
        "max_attempts": arrangement.max_attempts,
        "minimum_fen": arrangement.minimum_fen,
        "cap_fen": arrangement.cap_fen,
        "column": selection.column_of(way),
    }
    _do(_AT_ONCE, {})
    _do(selection.CREATE, {})
    for statement in selection.candidates(way):
        _do(statement, given)
    _do(f"ANALYZE {selection.CANDIDATES}", {})
    _do(selection.UNDER_MINIMUM, given)
    _do(selection.over_cap(way), given)
    _do(selection.UNDER_MINIMUM, given)
    _do(selection.GROUP, given)
    return given


_BY_REASON = f"""
    SELECT reason, count(DISTINCT bill_id), sum(open_fen)::bigint FROM {selection.CANDIDATES}
    WHERE reason IS NOT NULL GROUP BY reason ORDER BY 2 DESC, 1
"""
_BY_PROVINCE = f"""
    SELECT province.code, count(*), sum(grouped.asked_fen)::bigint FROM {selection.GROUPS} grouped
    JOIN partners_partner province ON province.id = grouped.province_id GROUP BY province.code ORDER BY 3 DESC, 1
"""
_SOME = f"""
    SELECT placed.reason, bill.bill_no, placed.asked_of, placed.open_fen FROM (
        SELECT *, row_number() OVER (PARTITION BY reason ORDER BY open_fen DESC, bill_id) AS place
        FROM {selection.CANDIDATES} WHERE reason IS NOT NULL
    ) AS placed JOIN billing_bill bill ON bill.id = placed.bill_id
    WHERE placed.place <= %(most)s ORDER BY placed.reason, placed.place
"""


def _do(statement: str, given: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)


def _rows(statement: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()
