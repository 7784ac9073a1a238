"""Puts a trial book into the database: contracts and journal by COPY and INSERT … SELECT, a chunk in a transaction.

What is there already, or whose number somebody holds, is left out, so that a run that was stopped is just run again.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pgtrigger
from django.db import connection, transaction

from reconciliation.trial.book import COLUMNS, Row, TrialBook
from unipay.exchange.copying import copy_rows

_STAGE = "trial_contract"
_KEPT = [name for name in COLUMNS if name != "amended_at"]
_CREATE = f"""
    DROP TABLE IF EXISTS {_STAGE};
    CREATE TEMP TABLE {_STAGE} ON COMMIT DROP AS
    SELECT {", ".join(_KEPT)}, signed_at AS amended_at FROM signing_contract WITH NO DATA
"""
# Numbers are looked up one by one: a plan that reads all held numbers for each chunk would be quadratic.
_KNOWN = f"""
    DELETE FROM {_STAGE} stage WHERE EXISTS (
        SELECT FROM signing_contract same WHERE same.contract_no = stage.contract_no
    ) OR state <> 'TERMINATED' AND EXISTS (
        SELECT FROM signing_heldnumber held
        WHERE held.msisdn = ANY (stage.msisdn || stage.secondary_msisdns)
    )
"""
_CONTRACTS = f"""
    INSERT INTO signing_contract ({", ".join(_KEPT)}) SELECT {", ".join(_KEPT)} FROM {_STAGE}
"""
_HELD = f"""
    INSERT INTO signing_heldnumber (msisdn, is_primary, contract_id)
    SELECT held.msisdn, held.is_primary, contract.id
    FROM {_STAGE} stage JOIN signing_contract contract USING (contract_no), LATERAL (
        SELECT contract.msisdn, TRUE UNION ALL SELECT unnest(contract.secondary_msisdns), FALSE
    ) AS held (msisdn, is_primary)
    WHERE contract.state <> 'TERMINATED'
"""
_JOURNAL = f"""
    INSERT INTO signing_signingtransaction (transaction_no, kind, contract_id, version, bank_id, province_id, msisdn,
        secondary_msisdns, bank_contract_no, account_index, account_mask, recharge_threshold_fen, recharge_amount_fen,
        auto_pay, source, source_partner_id, request_no, reason, business_date, occurred_at)
    SELECT 'T' || substr(contract.contract_no, 2) || '-' || happened.version, happened.kind, contract.id,
        happened.version, contract.bank_id, contract.province_id, contract.msisdn, contract.secondary_msisdns,
        contract.bank_contract_no,
        contract.account_index, contract.account_mask,
        contract.recharge_threshold_fen + CASE WHEN is_before THEN 1000 ELSE 0 END, contract.recharge_amount_fen,
        contract.auto_pay, 'BANK', contract.bank_id, '', '',
        (occurred_at AT TIME ZONE 'Asia/Shanghai')::date, occurred_at
    FROM (
        SELECT contract_no, kind, occurred_at, kind = 'SIGNED' AND amended_at IS NOT NULL AS is_before,
            1 + row_number() OVER (PARTITION BY contract_no ORDER BY turn) AS version
        FROM {_STAGE} stage, LATERAL (VALUES
            (1, 'SIGNED', signed_at), (2, 'AMENDED', amended_at), (4, 'TERMINATED', ended_at),
            (3, 'SUSPENDED', CASE WHEN state = 'SUSPENDED' THEN coalesce(amended_at, signed_at) END)
        ) AS line (turn, kind, occurred_at)
        WHERE occurred_at IS NOT NULL
    ) AS happened JOIN signing_contract contract USING (contract_no)
"""


@dataclass(frozen=True)
class Filled:
    """How many contracts were made and how many were there already."""

    made: int
    left_out: int


def fill(book: TrialBook, *, progress: Callable[[int], None] = lambda done: None) -> Filled:
    """Put the book into the database; `progress` hears how many contracts are done."""
    made = done = 0
    for rows in _ahead(book.chunks()):
        made += _fill_chunk(rows)
        done += len(rows)
        progress(done)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE signing_contract, signing_heldnumber, signing_signingtransaction")
    return Filled(made, done - made)


def _ahead(chunks: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """Draw the next chunk while the database takes in this one."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        drawn = pool.submit(next, chunks, None)
        while rows := drawn.result():
            drawn = pool.submit(next, chunks, None)
            yield rows


@transaction.atomic
def _fill_chunk(rows: list[Row]) -> int:
    with connection.cursor() as cursor:
        # Deferred checks would be queued row by row and walked by every trigger: quadratic.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(_CREATE)
        copy_rows(_STAGE, COLUMNS, rows)
        cursor.execute(f"ANALYZE {_STAGE}")
        cursor.execute(_KNOWN)
        # What the trigger holds row by row is held by one statement below.
        with pgtrigger.ignore("signing.Contract:insert_insert", "signing.Contract:hold_numbers"):
            cursor.execute(_CONTRACTS)
        made = int(cursor.rowcount)
        cursor.execute(_HELD)
        cursor.execute(_JOURNAL)
    return made
