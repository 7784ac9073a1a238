"""A bank's book and ours at any size, as files on disk and in the database, with differences planted where we know.

Drawn by columns in DuckDB: a contract's place says everything about it. Of each thousand places five differ. Books of
different sizes have different numbers, as long as one is at least twice the other.
"""

import io
from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
from django.db import connection
from stdnum.cn import ric

from tests.benchmarks import orders
from tests.benchmarks.bulk import filling
from tests.benchmarks.contract_files import COLUMNS, MASKS, NUMBERS, Books
from unipay import check_digit, clock
from unipay.exchange import columnar, queries, vault
from unipay.exchange.models import FileOrigin, ReceivedFile
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner

DAY = date(2026, 10, 31)
KIND = "bank_contract_full"
_OURS = """
    CREATE TEMP TABLE ours AS SELECT place,
        'B' || lpad(place::VARCHAR, 12, '0') AS bank_contract_no, '199' || lpad(place::VARCHAR, 8, '0') AS msisdn,
        CASE WHEN place % 20 = 3 THEN '198' || lpad(place::VARCHAR, 8, '0') ELSE '' END AS secondary_msisdns,
        '622202' || lpad(place::VARCHAR, 10, '7') || '128' AS account_number, mask_account(account_number) AS mask,
        CASE WHEN place % 25 = 4 THEN 'CREDIT' ELSE 'DEBIT' END AS account_type,
        $names[1 + place % len($names)] AS holder_name, $identities[1 + place % len($identities)] AS identity_no,
        CASE WHEN place % 2 = 0 THEN 2000 + place % 4 * 1000 END AS recharge_threshold_fen,
        CASE WHEN place % 2 = 0 THEN 5000 + place % 3 * 5000 END AS recharge_amount_fen,
        place % 2 = 1 AS auto_pay,
        strftime(TIMESTAMP '2026-01-01' + to_seconds(place % 25_000_000), '%Y-%m-%dT%H:%M:%S+08:00') AS signed_at
    FROM range($count, 2 * $count) AS places (place)
"""
# A bank lists its contracts in an order of its own.
_THEIRS = """
    CREATE TEMP TABLE theirs AS SELECT *, mask_account(account_number) AS account_mask FROM (
        SELECT place, bank_contract_no, msisdn,
            CASE WHEN place % 1000 = 801 THEN '197' || lpad(place::VARCHAR, 8, '0') ELSE secondary_msisdns END
                AS secondary_msisdns,
            CASE WHEN place % 1000 = 401 THEN left(account_number, 15) || '9999' ELSE account_number END
                AS account_number,
            account_type, holder_name, identity_no,
            recharge_threshold_fen + CASE WHEN place % 1000 = 602 THEN 1000 ELSE 0 END AS recharge_threshold_fen,
            recharge_amount_fen, CASE WHEN auto_pay THEN 'Y' ELSE 'N' END AS auto_pay, signed_at
        FROM ours WHERE place % 1000 <> 1
        UNION ALL
        SELECT place, 'X' || bank_contract_no, $prefixes[1 + place // 1000 % len($prefixes)]
                || lpad((4000 + place // 1000 // len($prefixes))::VARCHAR, 4, '0'),
            '', account_number, account_type, holder_name, identity_no,
            NULL, NULL, 'Y', signed_at
        FROM ours WHERE place % 1000 = 201
    ) AS lines ORDER BY hash(place)
"""
_PLANTED = """
    SELECT CASE place % 1000 WHEN 1 THEN 'MISSING_AT_BANK' WHEN 201 THEN 'MISSING_HERE' ELSE 'DIFFERS' END
            AS difference,
        CASE WHEN place % 1000 = 201 THEN 'X' ELSE '' END || bank_contract_no AS bank_contract_no
    FROM ours WHERE place % 1000 IN (1, 201, 401, 602, 801)
"""
_CONTRACTS = """
    SELECT 'C-' || md5($bank || ' ' || place) AS contract_no, 'ACTIVE' AS state, 2 AS version, msisdn,
        '{' || secondary_msisdns || '}' AS secondary_msisdns, $province AS province_id, $bank_id AS bank_id,
        bank_contract_no, account_type, repeat('k', 60) AS account_number,
        blind_index(account_number) AS account_index, mask AS account_mask, repeat('n', 50) AS holder_name,
        mask_name(holder_name) AS holder_mask, repeat('i', 60) AS identity_no,
        md5('i' || identity_no) || md5('j' || identity_no) AS identity_index,
        mask_identity_no(identity_no) AS identity_mask, 'COUNTER' AS channel,
        CASE WHEN auto_pay THEN 'POSTPAID' ELSE 'PREPAID' END AS user_type,
        recharge_threshold_fen, recharge_amount_fen, auto_pay, signed_at AS opened_at, signed_at, '' AS end_reason
    FROM ours ORDER BY place
"""
_HELD = """
    INSERT INTO signing_heldnumber (msisdn, is_primary, contract_id)
    SELECT msisdn, TRUE, id FROM signing_contract WHERE bank_id = %(bank)s
    UNION ALL SELECT unnest(secondary_msisdns), FALSE, id FROM signing_contract WHERE bank_id = %(bank)s
"""
_HEADER = f"H|{{bank}}|{DAY}|{DAY + timedelta(days=1)}T00:00:00+08:00|F1\n"
_COPY = "COPY ({query}) TO '{path}' (FORMAT csv, DELIMITER '|', QUOTE '', ESCAPE '', HEADER false)"


def make(books: Books) -> None:
    """Write the files, fill the vault, and put our side into the database."""
    books.directory.mkdir(parents=True, exist_ok=True)
    bank = Partner.objects.create(code=books.bank, kind=PartnerKind.BANK, name=books.bank)
    with columnar.columnar() as columns:
        # Making the books is no part of what is measured, and may take what room there is.
        columns.execute("SET memory_limit = '8GB'")
        _draw(columns, books)
        _fill(columns, books, bank)
        _write(columns, books)
    for way in (NUMBERS, MASKS):
        _store(books, bank, way)


def file_of(books: Books, way: str) -> ReceivedFile:
    """Return the bank's file in the vault."""
    return ReceivedFile.objects.select_related("partner", "layout").get(
        partner__code=books.bank, name=f"{books.bank}-{way}.txt"
    )


def _draw(columns: duckdb.DuckDBPyConnection, books: Books) -> None:
    columnar.define_blind_index(columns, context="contract.account")
    names = ["王小明", "李娜", "张伟强", "欧阳建国", "John Smith"]
    columns.execute(_OURS, {"count": books.count, "names": names, "identities": _identities()})
    columns.execute(_THEIRS, {"prefixes": orders.segments()})


def _identities() -> list[str]:
    bodies = [
        f"330102{1960 + turn % 40}{1 + turn % 12:02d}{1 + turn % 28:02d}{turn:03d}" for turn in range(997)
    ]
    return [body + ric.calc_check_digit(f"{body}0") for body in bodies]


def _fill(columns: duckdb.DuckDBPyConnection, books: Books, bank: Partner) -> None:
    rows = books.directory / "contracts.csv"
    province = (
        Partner.objects.filter(kind=PartnerKind.PROVINCE).order_by("pk").values_list("pk", flat=True)[0]
    )
    columns.execute(
        f"CREATE TEMP TABLE contracts AS {_CONTRACTS}",
        {"bank": books.bank, "bank_id": bank.pk, "province": province},
    )
    columns.execute(f"COPY contracts TO '{rows}' (FORMAT csv, FORCE_QUOTE (end_reason), HEADER false)")
    names = ", ".join(row[0] for row in columns.execute("DESCRIBE contracts").fetchall())
    with filling("signing_heldnumber"), filling("signing_contract"), connection.cursor() as cursor:
        with rows.open("rb") as lines:
            cursor.copy_expert(f"COPY signing_contract ({names}) FROM STDIN (FORMAT csv)", lines)
        cursor.execute(_HELD, {"bank": bank.pk})
    columns.execute("DROP TABLE contracts")
    rows.unlink()


def _write(columns: duckdb.DuckDBPyConnection, books: Books) -> None:
    listed = ", ".join(COLUMNS)
    other = {NUMBERS: "'' AS account_mask", MASKS: "'' AS account_number"}
    for way, hidden in other.items():
        query = f"SELECT {listed} FROM (SELECT * REPLACE ({hidden}) FROM theirs)"
        columns.execute(_COPY.format(query=query, path=books.lines(way)))
    shown = "SELECT * EXCLUDE (place, mask, auto_pay), mask AS account_mask, CASE WHEN auto_pay THEN 'Y' ELSE 'N' END"
    query = f"SELECT {listed} FROM ({shown} AS auto_pay FROM ours)"
    columns.execute(_COPY.format(query=query, path=books.ours))
    columns.execute(_COPY.format(query=_PLANTED, path=books.planted_file))


def _store(books: Books, bank: Partner, way: str) -> None:
    file_no, now = check_digit.new_number("F"), clock.now()
    stored = vault.store(file_no, _content(books, way))
    ReceivedFile.objects.create(
        file_no=file_no,
        partner=bank,
        kind=KIND,
        layout=queries.layout_for(KIND, bank, DAY),
        business_date=DAY,
        name=f"{books.bank}-{way}.txt",
        size=stored.size,
        digest=stored.digest,
        origin=FileOrigin.COMMAND,
        received_at=now,
    )


def _content(books: Books, way: str) -> Iterator[bytes]:
    """The lines with mark, header and trailer, as our own layout has them."""
    yield _HEADER.format(bank=books.bank).encode()
    count, rest = 0, b""
    with books.lines(way).open("rb") as lines:
        while chunk := lines.read(io.DEFAULT_BUFFER_SIZE * 128):
            whole, end, tail = chunk.rpartition(b"\n")
            block = rest + whole + end
            rest = tail
            count += block.count(b"\n")
            yield b"D|" + block.replace(b"\n", b"\nD|")[: -len(b"D|")]
    yield f"T|{count}\n".encode()
