"""What differs goes into the database: by COPY into a table of the transaction, where it is classified by SQL, and
from there into the discrepancies in one statement.

Account numbers, names and identity numbers are sealed on their way; both sides are kept masked.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import duckdb
from django.db import connection

from reconciliation.models import Discrepancy, Run
from unipay import encryption, identity
from unipay.exchange.copying import copy_rows

FOUND = "reconciliation_found"

_CREATE = f"""
    CREATE TEMP TABLE {FOUND} (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        line_no bigint, difference text NOT NULL, attributes text[] NOT NULL,
        contract_id bigint, seen_version integer, province_id bigint, msisdn text NOT NULL,
        secondary_msisdns text[] NOT NULL, bank_contract_no text NOT NULL,
        ours jsonb, theirs jsonb, secrets jsonb,
        carried_from_id bigint, treatment text NOT NULL DEFAULT '', shield text NOT NULL DEFAULT '',
        is_faulty boolean NOT NULL DEFAULT false, is_outdated boolean NOT NULL DEFAULT false
    ) ON COMMIT DROP
"""
_COLUMNS = (
    "line_no",
    "difference",
    "attributes",
    "contract_id",
    "seen_version",
    "province_id",
    "msisdn",
    "secondary_msisdns",
    "bank_contract_no",
    "ours",
    "theirs",
    "secrets",
    "carried_from_id",
    "is_faulty",
    "is_outdated",
)
_INSERT = f"""
    INSERT INTO {Discrepancy._meta.db_table} (
        run_id, round, difference, attributes, line_no, contract_id, seen_version, province_id, msisdn,
        bank_contract_no, ours, theirs, their_secrets, treatment, state, shield, remark, carried_from_id,
        exports, answer_code, answer_text, found_at, settled_at)
    SELECT %(run)s, %(round)s, difference, attributes, line_no, contract_id, seen_version, province_id, msisdn,
        bank_contract_no, ours, theirs, secrets, treatment,
        CASE WHEN shield <> '' THEN 'CARRIED' ELSE 'OPEN' END, shield, '', carried_from_id,
        0, '', '', %(now)s, CASE WHEN shield <> '' THEN %(now)s END
    FROM {FOUND} ORDER BY id
"""
_PERSONAL = (("account_number", "contract.account"), ("identity_no", "contract.identity"))
_MOMENT = "TIMESTAMP WITH TIME ZONE"
_AT_ONCE = 20_000


def stage(found: duckdb.DuckDBPyConnection) -> int:
    """Copy the comparison's `found` into the transaction's table FOUND and return how many rows that were."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {FOUND}")
        cursor.execute(_CREATE)
    rows = copy_rows(FOUND, _COLUMNS, _rows(found))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {FOUND}")
    return rows


def keep(run: Run, *, now: datetime) -> int:
    """Make discrepancies of what stands in FOUND, and return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, {"run": run.pk, "round": run.round, "now": now})
        return int(cursor.rowcount)


def _rows(found: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    columns = found.execute("DESCRIBE found").fetchall()
    selected = ", ".join(_as_text(name) if kind == _MOMENT else name for name, kind, *_ in columns)
    cursor = found.execute(f"SELECT {selected} FROM found ORDER BY t_line_no NULLS LAST, o_contract_id")
    names = [name for name, *_ in columns]
    while batch := cursor.fetchmany(_AT_ONCE):
        for values in batch:
            yield _row(dict(zip(names, values, strict=True)))


def _as_text(name: str) -> str:
    """A moment as everybody reads it, RFC 3339 in Shanghai."""
    return f"strftime({name} AT TIME ZONE 'Asia/Shanghai', '%Y-%m-%dT%H:%M:%S+08:00') AS {name}"


def _row(found: dict[str, Any]) -> tuple[Any, ...]:
    has_theirs, has_ours = found["t_line_no"] is not None, found["o_contract_id"] is not None
    numbers = found["t_secondary_msisdns"] if has_theirs else found["o_secondary_msisdns"]
    carried = found["t_carried_id"] if has_theirs else found.get("o_carried_id")
    return (
        found["t_line_no"] if has_theirs and found["t_line_no"] > 0 else None,
        found["difference"],
        found["attributes"],
        found["o_contract_id"],
        found["o_version"],
        found.get("o_province_id"),
        (found["t_msisdn"] if has_theirs else None) or found["o_msisdn"] or "",
        (numbers or "").split(",") if numbers else [],
        (found["t_bank_contract_no"] if has_theirs else None) or found["o_bank_contract_no"] or "",
        json.dumps(_side(found, "o_"), ensure_ascii=False) if has_ours else None,
        json.dumps(_side(found, "t_") | _masked(found), ensure_ascii=False) if has_theirs else None,
        json.dumps(_secrets(found)) if has_theirs else None,
        carried,
        bool(found.get("is_faulty")),
        bool(found.get("is_outdated")),
    )


_SHOWN = (
    "change",
    "contract_no",
    "bank_contract_no",
    "bank_code",
    "msisdn",
    "secondary_msisdns",
    "account_mask",
    "account_type",
    "recharge_threshold_fen",
    "recharge_amount_fen",
    "auto_pay",
    "state",
    "signed_at",
    "occurred_at",
)


def _side(found: dict[str, Any], prefix: str) -> dict[str, Any]:
    """One side as it is shown: what it does not carry is left out."""
    shown: dict[str, Any] = {}
    for name in _SHOWN:
        value = found.get(prefix + name)
        if name == "secondary_msisdns":
            value = value.split(",") if value else []
        if value is not None:
            shown[name] = value
    return shown


def _masked(found: dict[str, Any]) -> dict[str, str]:
    masked = {}
    if found.get("t_holder_name"):
        masked["holder_mask"] = identity.mask_name(found["t_holder_name"])
    if found.get("t_identity_no"):
        masked["identity_mask"] = identity.mask(found["t_identity_no"])
    return masked


def _secrets(found: dict[str, Any]) -> dict[str, str]:
    """The personal particulars as a contract's columns hold them: sealed, and the blind index beside."""
    keyring, kept = encryption.default(), {}
    for name, context in _PERSONAL:
        plain = found.get(f"t_{name}")
        if plain:
            kept[name] = keyring.seal(plain, context=context)
            kept[f"{name.rpartition('_')[0]}_index"] = keyring.blind_index(plain, context=context)
    if found.get("t_holder_name"):
        kept["holder_name"] = keyring.seal(found["t_holder_name"], context="contract.holder")
    return kept
