"""A debit run of a million items: its request file beside a bare COPY of the same rows, and its return file settled
beside bare SQL that makes the same rows."""

import io
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction

from billing import kinds
from billing.flows import debit_return, debit_run, request_file, select_bills, settle_chunk, settle_return
from billing.flows.debit_stage import Work
from billing.models import Arrangement, DebitItem, DebitReturn, DebitRun
from tests.benchmarks.bulk import filling
from tests.benchmarks.report import Finding
from unipay import clock, encryption
from unipay.exchange.flows import check, receive
from unipay.exchange.models import FileOrigin
from unipay.partners.models import Partner

DAY = date(2026, 11, 5)
_DIFFERENT = 10_000
_FAILED = 10  # one line in so many

_CONTRACTS = """
    INSERT INTO signing_contract (contract_no, state, version, msisdn, secondary_msisdns, province_id, bank_id,
        bank_contract_no, account_type, account_number, account_index, account_mask, holder_name, holder_mask,
        identity_no, identity_index, identity_mask, channel, user_type, auto_pay, opened_at, signed_at, end_reason)
    SELECT 'C-' || md5('debited ' || place), 'ACTIVE', 1, '1970' || lpad(place::text, 7, '0'), '{}', %(province)s,
        %(bank)s, 'D' || lpad(place::text, 12, '0'), 'DEBIT',
        (%(accounts)s::text[])[1 + place %% cardinality(%(accounts)s::text[])], md5('d' || place) || md5('e' || place),
        '622202*********0128', (%(holders)s::text[])[1 + place %% cardinality(%(holders)s::text[])], '王**', '', '', '',
        'COUNTER', 'POSTPAID', TRUE, %(now)s - interval '1 year', %(now)s - interval '1 year', ''
    FROM generate_series(1, %(count)s) AS place
"""
_HELD = """
    INSERT INTO signing_heldnumber (msisdn, is_primary, contract_id)
    SELECT msisdn, TRUE, id FROM signing_contract WHERE msisdn LIKE '1970%%'
"""
_BILLS = """
    INSERT INTO billing_bill (bill_no, province_id, province_bill_no, kind, msisdn, agreement_no, billing_month,
        amount_fen, settled_fen, due_date, state, version, attempts, received_at)
    SELECT 'B-' || md5('bill ' || place), %(province)s, 'PB' || place, 'PERSONAL', '1970' || lpad(place::text, 7, '0'),
        '', '2026-10-01', 1000 + place %% 9000, 0, '2026-10-31', 'DUE', 1, 0, %(now)s
    FROM generate_series(1, %(count)s) AS place
"""
_RETURN = f"""
    SELECT concat_ws('|', 'D', batch.batch_no, item.item_no,
        CASE WHEN item.id %% {_FAILED} = 0 THEN '1001' ELSE '0000' END,
        CASE WHEN item.id %% {_FAILED} = 0 THEN 0 ELSE item.asked_fen END, 'T' || item.id, '')
    FROM billing_debititem item JOIN billing_debitbatch batch ON batch.id = item.batch_id
    WHERE item.run_id = %(run)s ORDER BY item.id
"""
_BARE_ROWS = """
    COPY (
        SELECT 'DB-1', item.item_no, item.msisdn, item.agreement_no, payer.bank_contract_no, payer.account_number,
            payer.account_mask, payer.holder_name, item.asked_fen, item.attempt, item.oldest_month
        FROM billing_debititem item JOIN signing_contract payer ON payer.id = item.contract_id
        WHERE item.run_id = {run} ORDER BY item.id
    ) TO STDOUT (DELIMITER '|')
"""
# The same rows as ours makes, by the chunk, without what guards them: no triggers, no locks, no questions.
_BARE = (
    """CREATE TEMP TABLE bare ON COMMIT DROP AS
        SELECT line.id AS line_id, item.id AS item_id, item.item_no, item.bank_id, item.province_id, item.msisdn,
            item.asked_fen, line.result_code = '0000' AS paid, line.bank_transaction_no,
            nextval(pg_get_serial_sequence('billing_journalentry', 'id')) AS entry_id
        FROM (SELECT * FROM billing_returnline WHERE returned_id = %(returned)s AND effect = ''
            ORDER BY id LIMIT %(size)s) AS line
        JOIN billing_debititem item ON item.item_no = line.item_no""",
    """UPDATE billing_debititem item SET state = CASE WHEN paid THEN 'SETTLED' ELSE 'FAILED' END,
            debited_fen = CASE WHEN paid THEN item.asked_fen ELSE 0 END, settled_at = %(now)s
        FROM bare WHERE bare.item_id = item.id""",
    """UPDATE billing_debitshare share SET is_open = FALSE,
            settled_fen = CASE WHEN paid THEN share.asked_fen ELSE 0 END
        FROM bare WHERE bare.item_id = share.item_id""",
    """UPDATE billing_bill bill SET settled_fen = bill.amount_fen, state = 'SETTLED', settled_at = %(now)s
        FROM bare JOIN billing_debitshare share ON share.item_id = bare.item_id
        WHERE bill.id = share.bill_id AND paid""",
    """INSERT INTO billing_journalentry (id, kind, subject, business_date, posted_at, amount_fen, line_count, remark)
        SELECT entry_id, 'PAID', 'recharge:D-' || item_no, %(day)s, %(now)s, asked_fen, 2, '' FROM bare WHERE paid""",
    """INSERT INTO billing_ledgerline (entry_id, position, account_id, amount_fen)
        SELECT entry_id, side.position, %(account)s, asked_fen * side.sign
        FROM bare CROSS JOIN (VALUES (1, 1), (2, -1)) AS side (position, sign) WHERE paid""",
    """INSERT INTO billing_recharge (recharge_no, source, bank_id, province_id, msisdn, agreement_no, amount_fen,
            request_no, bank_transaction_no, item_id, business_date, paid_at, state, landing_attempts, landing_error,
            back_no, way_back, back_reason, paid_entry_id)
        SELECT 'D-' || item_no, 'BATCH_DEBIT', bank_id, province_id, msisdn, '', asked_fen, '', bank_transaction_no,
            item_id, %(day)s, %(now)s, 'PAID', 1, '', '', '', '', entry_id FROM bare WHERE paid""",
    """INSERT INTO billing_billsettlement (bill_id, recharge_id, amount_fen, settled_at)
        SELECT share.bill_id, recharge.id, share.settled_fen, %(now)s FROM bare
        JOIN billing_recharge recharge ON recharge.item_id = bare.item_id
        JOIN billing_debitshare share ON share.item_id = bare.item_id WHERE paid""",
    """INSERT INTO messaging_outboundmessage (event_id, partner_id, kind, subject, resource_version, msisdn, payload,
            state, attempts, created_at, next_attempt_at, last_error)
        SELECT gen_random_uuid(), min(province_id), 'land_recharges', 'bare', 1, '',
            jsonb_build_object('landings', jsonb_agg(jsonb_build_object('recharge_no', 'D-' || item_no,
                'msisdn', msisdn, 'amount_fen', asked_fen,
                'bills', jsonb_build_array(jsonb_build_object('amount_fen', asked_fen))))),
            'PENDING', 0, %(now)s, %(now)s, ''
        FROM (SELECT *, row_number() OVER () / 200 AS part FROM bare WHERE paid) AS parted GROUP BY part""",
    """UPDATE billing_returnline line SET effect = CASE WHEN paid THEN 'SETTLED' ELSE 'FAILED' END
        FROM bare WHERE bare.line_id = line.id""",
)
_TABLES = (
    "billing_debititem",
    "billing_debitshare",
    "billing_bill",
    "billing_journalentry",
    "billing_ledgerline",
    "billing_recharge",
    "billing_billsettlement",
    "messaging_outboundmessage",
)


def measure(count: str) -> list[Finding]:
    """Run once with so many items, and settle its return: half of it by ours, half by bare SQL, in turn."""
    arrangement = _prepare(int(count))
    run = debit_run.open_run(arrangement, DAY, by_id=None, now=clock.now())
    with _timed() as selecting:
        select_bills.select(Work(run, clock.now))
    DebitRun.objects.filter(pk=run.pk).update(state="APPROVED")
    run = DebitRun.objects.select_related("arrangement__bank").get(pk=run.pk)
    bare_file, our_file = _write_both(run)
    with _timed() as writing:
        debit_run.advance(run.run_no, now=clock.now)
    return [*_files(run, selecting, bare_file, our_file, writing), *_returns(run)]


def _prepare(count: int) -> Arrangement:
    bank = Partner.objects.create(code="DEBITED", kind="BANK", name="debited")
    province = Partner.objects.filter(kind="PROVINCE").order_by("pk")[0]
    keys = encryption.default()
    given: dict[str, Any] = {
        "bank": bank.pk,
        "province": province.pk,
        "now": clock.now(),
        "count": count,
        "accounts": [keys.seal(f"62220212345{n:08d}", context="contract.account") for n in range(_DIFFERENT)],
        "holders": [keys.seal(f"王{n}", context="contract.holder") for n in range(_DIFFERENT)],
    }
    for table, statement in (
        ("signing_contract", _CONTRACTS),
        ("signing_heldnumber", _HELD),
        ("billing_bill", _BILLS),
    ):
        with filling(table), connection.cursor() as cursor:
            cursor.execute(statement, given)
    return Arrangement.objects.create(
        bank=bank, way="BATCH_DEBIT", approve_above_fen=10**15, split_rows=count, runs_by_itself=False
    )


def _write_both(run: DebitRun) -> tuple[float, float]:
    """Write the lines bare, and as a file of ours; what that leaves is undone."""
    with _timed() as bare, connection.cursor() as cursor, open("/dev/null", "wb") as nowhere:
        cursor.copy_expert(_BARE_ROWS.format(run=run.pk), nowhere, 1 << 20)
    with transaction.atomic():
        with _timed() as ours:
            request_file.send(
                run, "DB-BENCH", f"SELECT id FROM billing_debititem WHERE run_id = {run.pk}", now=clock.now()
            )
        transaction.set_rollback(True)
    return bare[0], ours[0]


def _files(
    run: DebitRun, selecting: list[float], bare: float, ours: float, writing: list[float]
) -> list[Finding]:
    items = DebitItem.objects.filter(run=run).count()
    rows = [
        ["bare COPY of the same rows, accounts left sealed", f"{bare:.1f}", f"{items / bare:,.0f}", "1.00"],
        ["our request file", f"{ours:.1f}", f"{items / ours:,.0f}", f"{ours / bare:.2f}"],
        ["bills selected into items", f"{selecting[0]:.1f}", f"{items / selecting[0]:,.0f}", ""],
        [
            "file, items asked, attempts counted: committed",
            f"{writing[0]:.1f}",
            f"{items / writing[0]:,.0f}",
            "",
        ],
    ]
    notes = [
        f"{items:,} items of one bill each. Ours opens two sealed columns of each line, writes them by the layout,"
        " and seals the file on the disk. Goal: at most twice the bare COPY."
    ]
    return [
        Finding("A debit run's request file", ["", "seconds", "items per second", "to COPY"], rows, notes)
    ]


def _returns(run: DebitRun) -> list[Finding]:
    with _timed() as reading:
        returned = _bring(run)
    size = settle_chunk.CHUNK
    bare, ours = [0, 0.0], [0, 0.0]
    meanings = settle_return._meanings(returned)
    account = _some_account()
    for turn in range(1_000_000):
        is_bare = turn % 2 == 0
        _switch_triggers(on=not is_bare)
        with _timed() as took:
            lines = (
                _settle_bare(returned, size, account)
                if is_bare
                else settle_chunk.settle_lines(returned, meanings, now=clock.now())
            )
        if not lines:
            break
        side = bare if is_bare else ours
        side[0] += lines
        side[1] += took[0]
    _switch_triggers(on=True)
    rows = [
        ["bare SQL, no triggers", f"{bare[0] / bare[1]:,.0f}", "1.00"],
        ["ours", f"{ours[0] / ours[1]:,.0f}", f"{(ours[1] / ours[0]) / (bare[1] / bare[0]):.2f}"],
        ["(file read, checked, lines kept)", f"{returned.line_count / reading[0]:,.0f}", ""],
    ]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    notes = [
        f"{returned.line_count:,} lines in turns of {size:,}, each turn committed; one in {_FAILED} failed."
        f" Most memory of the process: {memory:,.0f} MB. Goal: at most three times the bare SQL."
    ]
    return [Finding("A return file settled", ["", "lines per second", "time to bare SQL"], rows, notes)]


def _bring(run: DebitRun) -> DebitReturn:
    """Have the bank's return read and kept, without settling it."""
    content = _content(run)
    with patch.object(debit_return.settle_return, "settle"):
        file = receive.keep(
            partner=run.arrangement.bank,
            kind=kinds.RETURNS[run.arrangement.way],
            name="return.txt",
            chunks=[content],
            origin=FileOrigin.COMMAND,
            business_date=DAY,
            now=clock.now(),
        )
        check.check(file.pk, now=clock.now)
    return DebitReturn.objects.select_related("file", "bank", "batch__run__arrangement__bank").get(file=file)


def _content(run: DebitRun) -> bytes:
    written = io.StringIO()
    written.write(f"H|{run.arrangement.bank.code}|{DAY}||R1\n")
    with connection.cursor() as cursor:
        cursor.execute(_RETURN, {"run": run.pk})
        while rows := cursor.fetchmany(100_000):
            written.write("".join(f"{line}\n" for (line,) in rows))
        count, total = cursor.rowcount, _total(run)
    written.write(f"T|{count}|{total}\n")
    return written.getvalue().encode()


def _total(run: DebitRun) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT sum(asked_fen) FROM billing_debititem WHERE run_id = %s AND id %% {_FAILED} <> 0",
            [run.pk],
        )
        return int(cursor.fetchone()[0])


def _settle_bare(returned: DebitReturn, size: int, account: int) -> int:
    now = clock.now()
    given = {
        "returned": returned.pk,
        "size": size,
        "now": now,
        "day": clock.business_date(now),
        "account": account,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL jit = off")
        for statement in _BARE:
            cursor.execute(statement, given)
        return int(cursor.rowcount)


def _some_account() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_ledgeraccount (role, partner_id, shard, balance_fen)"
            " SELECT 'SUSPENSE', id, 60, 0 FROM partners_partner ORDER BY id LIMIT 1 RETURNING id"
        )
        return int(cursor.fetchone()[0])


def _switch_triggers(*, on: bool) -> None:
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER USER")


@contextmanager
def _timed() -> Iterator[list[float]]:
    took = [0.0]
    started = time.perf_counter()
    yield took
    took[0] = time.perf_counter() - started
