"""A hundred thousand differences corrected: our flow beside the same rows written by bare SQL, in turn."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection, transaction

from signing import representation_sql
from signing.flows import correction
from signing.flows.change import Origin
from signing.states import Source
from tests.benchmarks import orders
from tests.benchmarks.report import Finding
from unipay import clock
from unipay.partners.models import Partner

# A third each; each chunk is of one bank. What is created takes numbers that no row of the run has.
_DIFFERENCES = """
    CREATE TABLE bench_difference AS
    SELECT place, place %% 3 AS kind, chunk, contract_id, seen_version, bank_id, province_id,
        'N' || place AS bank_contract_no,
        (%(prefixes)s::text[])[1 + place %% %(segments)s] || lpad((9999 - place / %(segments)s)::text, 4, '0')
            AS msisdn,
        repeat('k', 60) AS account_number, md5('x' || place) || md5('y' || place) AS account_index
    FROM (
        SELECT *, turn / %(size)s * 4 + bank AS chunk,
            (turn / %(size)s * 4 + bank) * %(size)s + turn %% %(size)s AS place
        FROM (
            SELECT id AS contract_id, version AS seen_version, bank_id, province_id,
                dense_rank() OVER (ORDER BY bank_id) - 1 AS bank,
                row_number() OVER (PARTITION BY bank_id ORDER BY md5(contract_no)) - 1 AS turn
            FROM signing_contract WHERE state = 'ACTIVE' AND NOT EXISTS (
                SELECT FROM signing_manualcase WHERE standing_id = signing_contract.id AND state = 'OPEN'
            )
        ) AS shuffled
    ) AS c WHERE chunk < %(chunks)s;
    CREATE INDEX ON bench_difference (chunk);
    ANALYZE bench_difference
"""
_ORDER = """
    INSERT INTO signing_correction_order (order_id, verb, contract_id, seen_version, bank_id, province_id,
        bank_contract_no, msisdn, account_number, account_index, account_mask, account_type, holder_mask,
        recharge_threshold_fen, recharge_amount_fen, attributes, line_no)
    SELECT place, (ARRAY['TERMINATE', 'AMEND', 'CREATE'])[1 + kind], CASE WHEN kind < 2 THEN contract_id END,
        seen_version, bank_id, province_id, bank_contract_no, msisdn, account_number, account_index,
        '622202*********0128', 'DEBIT', '王**', 2000, 8000, '{recharge_amount_fen,account}', place
    FROM bench_difference WHERE chunk = %(chunk)s
"""
_OF_CHUNK = "FROM bench_difference d WHERE d.chunk = %(chunk)s AND d.contract_id = c.id AND d.kind"
_CHANGES = {
    "TERMINATED": f"""
        UPDATE signing_contract c SET state = 'TERMINATED', version = c.version + 1, ended_at = %(now)s,
            end_reason = 'RECONCILIATION' {_OF_CHUNK} = 0 RETURNING c.*
    """,
    "AMENDED": f"""
        UPDATE signing_contract c SET version = c.version + 1, recharge_amount_fen = 8000,
            account_number = d.account_number, account_index = d.account_index {_OF_CHUNK} = 1 RETURNING c.*
    """,
    "SIGNED": """
        INSERT INTO signing_contract (contract_no, state, version, msisdn, secondary_msisdns, province_id, bank_id,
            bank_contract_no, account_type, account_number, account_index, account_mask, holder_name, holder_mask,
            identity_no, identity_index, identity_mask, channel, user_type, recharge_threshold_fen,
            recharge_amount_fen, auto_pay, opened_at, signed_at, end_reason)
        SELECT 'C-' || md5('created ' || place), 'ACTIVE', 1, msisdn, '{}', province_id, bank_id, bank_contract_no,
            'DEBIT', account_number, account_index, '622202*********0128', '', '王**', '', '', '', 'RECONCILIATION',
            'PREPAID', 2000, 8000, FALSE, %(now)s, %(now)s, ''
        FROM bench_difference WHERE chunk = %(chunk)s AND kind = 2 RETURNING *
    """,
}
_BARE = """
    WITH c AS ({change}), journalled AS (
        INSERT INTO signing_signingtransaction (transaction_no, kind, contract_id, version, bank_id, province_id,
            msisdn, secondary_msisdns, bank_contract_no, account_index, account_mask, recharge_threshold_fen,
            recharge_amount_fen, auto_pay, source, source_partner_id, request_no, reason, business_date, occurred_at)
        SELECT 'T-' || md5('corrected ' || c.id || ' ' || c.version), '{kind}', c.id, c.version, c.bank_id,
            c.province_id, c.msisdn, c.secondary_msisdns, c.bank_contract_no,
            c.account_index, c.account_mask, c.recharge_threshold_fen,
            c.recharge_amount_fen, c.auto_pay, 'RECONCILIATION', c.bank_id, 'R-1', '', %(day)s::date, %(now)s
        FROM c
    )
    INSERT INTO messaging_outboundmessage (event_id, partner_id, kind, subject, resource_version, msisdn, payload,
        state, attempts, created_at, next_attempt_at, last_error)
    SELECT gen_random_uuid(), c.province_id, 'contract_changed', 'contract:' || c.contract_no, c.version, c.msisdn,
        jsonb_build_object('change', '{kind}', 'business_date', %(day)s::text, 'contract', {facts}), 'PENDING', 0,
        %(now)s, %(now)s, ''
    FROM c
"""
_FACTS = representation_sql.contract_facts("c", bank_code="%(bank_code)s::text")


@dataclass
class Side:
    """One way to write the rows, whether the contracts' triggers are on, and what it took, chunk by chunk."""

    name: str
    write: Callable[[int], None]
    triggers: bool
    rows: int = 0
    seconds: list[float] = field(default_factory=list)


def measure(count: str) -> list[Finding]:
    """Correct so many differences on each side; the sides take turns, chunk by chunk."""
    sides = [
        Side("bare SQL: contract, journal, outbox", _write_bare, triggers=False),
        Side("the same, with history and held numbers", _write_bare, triggers=True),
        Side("ours", _correct, triggers=True),
    ]
    chunks = len(sides) * -(-int(count) // correction.CHUNK)
    _make_differences(chunks)
    for chunk in range(chunks):
        _take_turn(sides[chunk % len(sides)], chunk)
    bare = sum(sides[0].seconds)
    rows = [
        [
            side.name,
            f"{sum(side.seconds):.1f}",
            f"{side.rows / sum(side.seconds):,.0f}",
            f"{sum(side.seconds) / bare:.2f}",
        ]
        for side in sides
    ]
    notes = [
        f"{sides[0].rows:,} differences a side: a third ends, a third is amended, a third created;"
        f" {correction.CHUNK:,} in each transaction, committed to disk, the sides in turn."
        " Goal for ours: at most 3 times the bare SQL.",
        "Ours locks the numbers, compares versions, looks for open cases, signings under way and rivals,"
        " and gives every contract and journal line a number of our own.",
    ]
    return [
        Finding("Differences corrected as sets", ["", "seconds", "per second", "to bare SQL"], rows, notes)
    ]


def _make_differences(chunks: int) -> None:
    prefixes = orders.segments()
    given = {
        "size": correction.CHUNK,
        "chunks": chunks,
        "prefixes": prefixes,
        "segments": len(prefixes),
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_difference")
        cursor.execute(_DIFFERENCES, given)
        cursor.execute("SELECT COUNT(*) FROM bench_difference")
        if cursor.fetchone()[0] < chunks * correction.CHUNK:
            raise RuntimeError("There are too few contracts: run with more --rows.")


def _take_turn(side: Side, chunk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"ALTER TABLE signing_contract {'ENABLE' if side.triggers else 'DISABLE'} TRIGGER USER"
        )
    started = time.perf_counter()
    with transaction.atomic():
        side.write(chunk)
    side.seconds.append(time.perf_counter() - started)
    side.rows += correction.CHUNK


def _correct(chunk: int) -> None:
    now = clock.now()
    correction.prepare()
    with connection.cursor() as cursor:
        cursor.execute(_ORDER, {"chunk": chunk})
        correction.apply(
            origin=Origin(Source.RECONCILIATION, clock.business_date(now), _bank(chunk), "R-1"), now=now
        )
        cursor.execute("SELECT COUNT(*) FROM signing_correction_order WHERE outcome = 'DONE'")
        if cursor.fetchone()[0] != correction.CHUNK:
            raise RuntimeError("Not every order was carried out.")


def _write_bare(chunk: int) -> None:
    now = clock.now()
    day = clock.business_date(now).isoformat()
    given = {"chunk": chunk, "now": now, "day": day, "bank_code": _bank(chunk).code}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        for kind, change in _CHANGES.items():
            cursor.execute(_BARE.format(change=change, kind=kind, facts=_FACTS), given)


def _bank(chunk: int) -> Partner:
    """The bank whose contracts the chunk is about."""
    codes = orders.BANKS
    return Partner.objects.filter(code__in=codes).order_by("pk")[chunk % len(codes)]
