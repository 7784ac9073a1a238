"""PostgreSQL alone: the plain file copied into a staging table, joined there, and what differs inserted."""

from django.db import connection, transaction

from tests.benchmarks.contest import Outcome
from tests.benchmarks.contract_files import COLUMNS, MASKS, Books, compared
from unipay import encryption
from unipay.partners.models import Partner

_BLIND_INDEX = (
    """encode(sha256(%(outer)s || sha256(%(inner)s || convert_to(t.account_number, 'UTF8'))), 'hex')"""
)
_OF_OURS = {"account_number": "o.account_index"}
_OF_THEIRS = {
    "account_number": _BLIND_INDEX,
    "secondary_msisdns": "string_to_array(t.secondary_msisdns, ',')::varchar[]",
    "auto_pay": "(t.auto_pay = 'Y')",
}


def run(way: str, books: Books) -> Outcome:
    """Copy, join, insert, commit."""
    outcome = Outcome()
    inner, outer = encryption.default().blind_index_pads(context="contract.account")
    given = {"inner": inner, "outer": outer, "bank": Partner.objects.get(code=books.bank).pk}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        with outcome.timed("copied"), books.lines(way).open("rb") as lines:
            cursor.execute(f"CREATE TEMP TABLE staged ({_columns()}) ON COMMIT DROP")
            empty = "account_number" if way == MASKS else "account_mask"
            cursor.copy_expert(
                f"COPY staged FROM STDIN (FORMAT csv, DELIMITER '|', QUOTE E'\\x01',"
                f" FORCE_NOT_NULL (secondary_msisdns, {empty}))",
                lines,
            )
            cursor.execute("ANALYZE staged")
        with outcome.timed("joined and inserted"):
            cursor.execute("DROP TABLE IF EXISTS bench_differing")
            cursor.execute(_joined(way), given)
        cursor.execute("SELECT difference, bank_contract_no FROM bench_differing")
        outcome.found = cursor.fetchall()
        cursor.execute("DROP TABLE bench_differing")
    return outcome


def _columns() -> str:
    return ", ".join(f"{name} {'bigint' if kind == 'BIGINT' else 'text'}" for name, kind in COLUMNS.items())


def _joined(way: str) -> str:
    differs = " OR ".join(
        f"{_OF_OURS.get(name, f'o.{name}')} IS DISTINCT FROM {_OF_THEIRS.get(name, f't.{name}')}"
        for name in compared(way)
    )
    return f"""CREATE TABLE bench_differing AS
        SELECT CASE WHEN o.id IS NULL THEN 'MISSING_HERE' WHEN t.bank_contract_no IS NULL THEN 'MISSING_AT_BANK'
                ELSE 'DIFFERS' END AS difference,
            coalesce(t.bank_contract_no, o.bank_contract_no) AS bank_contract_no,
            to_jsonb(o) AS ours, to_jsonb(t) AS theirs
        FROM (SELECT * FROM signing_contract WHERE bank_id = %(bank)s AND state IN ('ACTIVE', 'SUSPENDED')) o
        FULL JOIN staged t ON o.bank_contract_no = t.bank_contract_no
        WHERE o.id IS NULL OR t.bank_contract_no IS NULL OR {differs}"""
