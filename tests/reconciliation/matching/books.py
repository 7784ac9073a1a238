"""Two books in a DuckDB connection, as the reading and signing's extract leave them there."""

import csv
from collections.abc import Iterable
from pathlib import Path

import duckdb

from reconciliation.matching.comparison import Comparison, Counts
from reconciliation.matching.specification import AGAINST_BANK
from reconciliation.states import Period
from signing import extract
from tests.reconciliation.matching.oracle import Entry, Found
from unipay import bank_card, encryption

CARRIED = (
    "bank_contract_no",
    "msisdn",
    "secondary_msisdns",
    "account_number",
    "account_type",
    "recharge_threshold_fen",
    "recharge_amount_fen",
    "auto_pay",
)
_LINES = (
    "line_no BIGINT, is_faulty BOOLEAN, change VARCHAR, occurred_at TIMESTAMPTZ, bank_contract_no VARCHAR,"
    " msisdn VARCHAR, secondary_msisdns VARCHAR, account_number VARCHAR, account_mask VARCHAR, account_type VARCHAR,"
    " recharge_threshold_fen BIGINT, recharge_amount_fen BIGINT, auto_pay BOOLEAN"
)


def compared(
    ours: Iterable[Entry],
    theirs: Iterable[Entry],
    *,
    directory: Path,
    period: Period = Period.FULL,
    carried: tuple[str, ...] = CARRIED,
    faulty: Iterable[Entry] = (),
) -> tuple[list[Found], Counts, duckdb.DuckDBPyConnection]:
    """Compare two books by the engine; theirs stand in the file in the order given."""
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE lines ({_LINES})")
    rows = [*((entry, False) for entry in theirs), *((entry, True) for entry in faulty)]
    for line_no, (entry, is_faulty) in enumerate(rows, start=2):
        connection.execute(
            "INSERT INTO lines VALUES (?, ?, ?, '2026-10-01 08:00:00+08', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [line_no, is_faulty, entry.change, *_line(entry)],
        )
    comparison = Comparison(
        connection, AGAINST_BANK, carried=(*carried, "change", "occurred_at"), period=period
    )
    comparison.load_theirs()
    comparison.load_ours(_written(ours, directory / "ours.csv", period), _columns(period))
    counts = comparison.compare()
    found = connection.execute(
        "SELECT difference, coalesce(o_bank_contract_no, ''), coalesce(t_bank_contract_no, ''), attributes FROM found"
    ).fetchall()
    return sorted(Found(a, b, c, tuple(d)) for a, b, c, d in found), counts, connection


def _line(entry: Entry) -> list[object]:
    return [
        entry.no,
        entry.msisdn,
        ",".join(sorted(entry.secondary_msisdns)),
        entry.account,
        bank_card.mask(entry.account),
        entry.account_type,
        entry.recharge_threshold_fen,
        entry.recharge_amount_fen,
        entry.auto_pay,
    ]


def _columns(period: Period) -> tuple[str, ...]:
    days = extract.COLUMNS_OF_DAY if period == Period.INCREMENT else ()
    return (*extract.COLUMNS_OF_BANK, *days)


def _written(ours: Iterable[Entry], path: Path, period: Period) -> Path:
    keyring = encryption.default()
    with path.open("w", newline="") as target:
        lines = csv.writer(target, delimiter="|")
        for number, entry in enumerate(ours, start=1):
            values: dict[str, object] = {
                "contract_id": number,
                "version": 2,
                "contract_no": f"C-{number}",
                "bank_contract_no": entry.no,
                "msisdn": entry.msisdn,
                "secondary_msisdns": ",".join(sorted(entry.secondary_msisdns)),
                "account_index": keyring.blind_index(entry.account, context="contract.account"),
                "account_mask": bank_card.mask(entry.account),
                "account_type": entry.account_type,
                "recharge_threshold_fen": entry.recharge_threshold_fen,
                "recharge_amount_fen": entry.recharge_amount_fen,
                "auto_pay": "t" if entry.auto_pay else "f",
                "state": entry.state,
                "province_id": 1,
                "last_change": entry.last_change,
                "signed_that_day": "t" if entry.signed_that_day else "f",
                "ended_at": None,
            }
            lines.writerow([values[name] for name in _columns(period)])
    return path
