"""The orders of one correction: a temporary table that its caller fills and reads, and the locks the orders need."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from signing.locks import NAMESPACE

ORDERS_TABLE = "signing_correction_order"

# Below `outcome` stands what the correction answers, below `user_type` what it needs itself on its way.
_TABLE = """
    DROP TABLE IF EXISTS pg_temp.signing_correction_order;
    CREATE TEMP TABLE signing_correction_order (
        order_id bigint PRIMARY KEY,
        verb text NOT NULL CHECK (verb IN ('TERMINATE', 'AMEND', 'CREATE', 'CONTEST')),
        contract_id bigint,
        seen_version integer,
        bank_id bigint NOT NULL,
        province_id bigint,
        bank_contract_no text NOT NULL DEFAULT '',
        msisdn text NOT NULL DEFAULT '',
        secondary_msisdns text[] NOT NULL DEFAULT '{}',
        account_number text NOT NULL DEFAULT '',
        account_index text NOT NULL DEFAULT '',
        account_mask text NOT NULL DEFAULT '',
        account_type text NOT NULL DEFAULT '',
        holder_name text NOT NULL DEFAULT '',
        holder_mask text NOT NULL DEFAULT '',
        identity_no text NOT NULL DEFAULT '',
        identity_index text NOT NULL DEFAULT '',
        identity_mask text NOT NULL DEFAULT '',
        recharge_threshold_fen bigint,
        recharge_amount_fen bigint,
        auto_pay boolean NOT NULL DEFAULT FALSE,
        signed_at timestamptz,
        attributes text[] NOT NULL DEFAULT '{}',
        line_no bigint,
        facts jsonb NOT NULL DEFAULT '{}',
        outcome text,
        detail text NOT NULL DEFAULT '',
        result_contract_id bigint,
        collided_with_id bigint,
        case_id bigint,
        user_type text NOT NULL DEFAULT '',
        contract_no text,
        former_province_id bigint,
        former_msisdn text,
        former_facts jsonb,
        waits boolean NOT NULL DEFAULT FALSE
    ) ON COMMIT DROP
"""
# What is about to be read is locked first: of an order its own numbers, and those its contract has now.
_LOCK = f"""
    SELECT pg_advisory_xact_lock(hashtextextended(number, {NAMESPACE})) FROM (
        SELECT DISTINCT number FROM (
            SELECT unnest(array_append(secondary_msisdns, msisdn)) AS number
            FROM signing_correction_order WHERE case_id IS NULL AND verb <> 'TERMINATE'
            UNION ALL
            SELECT unnest(array_append(contract.secondary_msisdns::text[], contract.msisdn::text))
            FROM signing_correction_order ordered JOIN signing_contract contract ON contract.id = ordered.contract_id
            WHERE ordered.case_id IS NULL
        ) AS spoken_of WHERE number <> '' ORDER BY 1
    ) AS numbers
"""


def prepare() -> None:
    """Make the empty table ORDERS_TABLE for this transaction, in place of an earlier one.

    The caller fills it by INSERT … SELECT. `order_id` is its own. `verb`: TERMINATE, AMEND, CREATE, or CONTEST for what
    the bank has and only people may sign again. Account, holder and identity number are sealed as the contract's
    columns are, or "". `attributes`: what an AMEND takes: bank_contract_no, msisdn (and with it the province),
    secondary_msisdns, account, account_type, recharge_threshold_fen, recharge_amount_fen, auto_pay.
    `facts`: the file's line, masked, as evidence; `line_no`: its number. An `outcome` of IMPOSSIBLE given beforehand,
    with a `detail` (by_rule), leaves an order to people without trying.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)


def lock_numbers_of_orders() -> None:
    """Hold every number the orders speak of, ascending, as `locks.lock_numbers` does for a few."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE signing_correction_order")
        cursor.execute(_LOCK)


def execute(statement: str, given: Mapping[str, Any] | None = None) -> int:
    """Run a statement about the orders, and return how many rows it concerned."""
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(given) if given is not None else None)
        return int(cursor.rowcount)


def count(condition: str, **given: Any) -> int:
    """Return how many orders fulfil the SQL condition."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {ORDERS_TABLE} WHERE {condition}", given)
        return int(cursor.fetchone()[0])
