"""What happens when a province answers a correction file (domain.md B, step 5): lines it applied are corrected, lines
it refused become cases, and a run without an open line is answered.

An answer given twice changes nothing; an answer to what we never asked is shown as a fault of the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from reconciliation.flows import advance
from reconciliation.models import Discrepancy, Run
from reconciliation.states import DiscrepancyState, RunState, Side
from signing.flows import manual_case
from signing.flows.manual_case import Evidence
from signing.states import CaseReason
from unipay import clock
from unipay.exchange.copying import copy_rows
from unipay.exchange.flows.note_faults import note_faults
from unipay.exchange.models import ReceivedFile
from unipay.exchange.reading import Reading

DONE, REFUSED = "DONE", "REFUSED"
UNKNOWN_ORDER, CONTRADICTORY = "unknown_order", "contradictory_answers"

_ANSWERS = "reconciliation_answer"
_COLUMNS = ("line_no", "run_no", "order_no", "result", "reason_code", "reason_text")
_CREATE = f"""
    DROP TABLE IF EXISTS {_ANSWERS};
    CREATE TEMP TABLE {_ANSWERS} (
        line_no bigint, run_no text, order_no bigint, result text, reason_code text, reason_text text
    ) ON COMMIT DROP
"""
_TABLE = Discrepancy._meta.db_table
_CONTRADICTIONS = f"""
    DELETE FROM {_ANSWERS} answer USING {_ANSWERS} other
    WHERE answer.run_no = other.run_no AND answer.order_no = other.order_no AND answer.result <> other.result
    RETURNING answer.line_no
"""
_UNKNOWN = f"""
    DELETE FROM {_ANSWERS} answer WHERE NOT EXISTS (
        SELECT FROM {_TABLE} line JOIN {Run._meta.db_table} run ON run.id = line.run_id
        WHERE run.run_no = answer.run_no AND run.id = ANY(%(runs)s) AND line.order_no = answer.order_no
    ) RETURNING answer.line_no
"""
_ANSWERED = f"""
    FROM {_ANSWERS} answer JOIN {Run._meta.db_table} run ON run.run_no = answer.run_no
    WHERE line.run_id = run.id AND run.id = ANY(%(runs)s) AND line.order_no = answer.order_no
        AND line.state = '{DiscrepancyState.EXPORTED}'
"""
_APPLIED = f"""
    UPDATE {_TABLE} line SET state = '{DiscrepancyState.CORRECTED}', answer_code = left(coalesce(nullif(
        answer.reason_code, ''), '{DONE}'), 32), answer_text = left(coalesce(answer.reason_text, ''), 200),
        settled_at = %(now)s
    {_ANSWERED} AND answer.result = '{DONE}'
"""
_REFUSALS = f"""
    UPDATE {_TABLE} line SET answer_code = left(coalesce(nullif(answer.reason_code, ''), '{REFUSED}'), 32),
        answer_text = left(coalesce(answer.reason_text, ''), 200)
    {_ANSWERED} AND answer.result = '{REFUSED}' RETURNING line.id
"""


@dataclass(frozen=True)
class _Unheld:
    """A contract that only the province has: what a case about it is about."""

    msisdn: str
    province_id: int


def result_accepted(file: ReceivedFile, reading: Reading, now: datetime) -> None:
    """Take in the answers of an accepted result file, and close the runs that have no open line any more."""
    with transaction.atomic():
        _copy(reading)
        runs = _runs_of(file)
        faulty = [(line_no, CONTRADICTORY) for line_no in _ids(_CONTRADICTIONS, {})]
        faulty += [(line_no, UNKNOWN_ORDER) for line_no in _ids(_UNKNOWN, {"runs": [run.pk for run in runs]})]
        note_faults(file, [(line_no, "order_no", code) for line_no, code in sorted(set(faulty))])
        _apply([run.pk for run in runs], now)
        answered = [run.run_no for run in runs if _settle(run, now)]
    for run_no in answered:
        advance.advance(run_no, now=clock.now)


def _copy(reading: Reading) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CREATE)
    columns = ", ".join(
        name if name in ("line_no", *reading.fields) else f"NULL AS {name}" for name in _COLUMNS
    )
    answers = reading.connection.execute(f"SELECT {columns} FROM lines WHERE NOT is_faulty ORDER BY line_no")
    copy_rows(_ANSWERS, _COLUMNS, iter(answers.fetchone, None))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {_ANSWERS}")


def _runs_of(file: ReceivedFile) -> list[Run]:
    """The province's own runs that the file speaks of, locked."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT run_no FROM {_ANSWERS}")
        numbers = [number for (number,) in cursor.fetchall()]
    runs = Run.objects.select_for_update(of=["self"]).filter(
        run_no__in=numbers, partner_id=file.partner_id, side=Side.PROVINCE
    )
    return list(runs.order_by("id"))


def _apply(runs: list[int], now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_APPLIED, {"runs": runs, "now": now})
    for discrepancy_id in _ids(_REFUSALS, {"runs": runs}):
        line = Discrepancy.objects.select_related("run__partner", "contract").get(pk=discrepancy_id)
        line.case = _case(line, now)
        line.state, line.settled_at = DiscrepancyState.CASE, now
        line.save(update_fields=["case", "state", "settled_at"])


def _case(line: Discrepancy, now: datetime) -> Any:
    contract_no = line.contract.contract_no if line.contract else (line.theirs or {}).get("contract_no", "")
    said = {"action": line.treatment, "answer": line.answer_code, "error": line.answer_text}
    facts = {**(line.theirs or line.ours or {}), **said}
    request_no = f"{line.run.run_no}/{line.order_no}"
    return manual_case.open_case(
        cause=f"{CaseReason.PROVINCE_REFUSED}:correction:{line.run.partner.code}:{contract_no}"[:120],
        reason=CaseReason.PROVINCE_REFUSED,
        about=line.contract or _Unheld(line.msisdn, line.run.partner_id),
        evidence=[Evidence(facts=facts, partner=line.run.partner, request_no=request_no[:64])],
        now=now,
    )


def _settle(run: Run, now: datetime) -> bool:
    outstanding = Discrepancy.objects.filter(run=run, round=run.round, state=DiscrepancyState.EXPORTED)
    if run.state != RunState.EXPORTED or outstanding.exists():
        return False
    run.answer(now=now)
    run.save()
    return True


def _ids(statement: str, given: dict[str, Any]) -> Iterator[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)
        rows = cursor.fetchall()
    return (row_id for (row_id,) in rows)
