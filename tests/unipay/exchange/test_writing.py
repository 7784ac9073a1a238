"""Writing files: lines as the layout says, and nothing kept where a value can't be written."""

import gzip
import hashlib
import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection as database

from tests.unipay.exchange.files import add_columns, make_layout, neutral
from unipay.exchange import vault
from unipay.exchange.columnar import columnar
from unipay.exchange.models import FileLayout, Section
from unipay.exchange.writing import ColumnQuery, CopyQuery, Unwritable, Written, write

pytestmark = pytest.mark.django_db

FACTS = {
    "partner_code": "ZJ",
    "business_date": date(2026, 11, 20),
    "cut_off_at": datetime(2026, 11, 20, 16, tzinfo=UTC),
    "file_no": "S-1",
}
ROW = [
    "R-1",
    1,
    "ADD",
    "C-1",
    "13805710001",
    ["13805710002", "13805710003"],
    "ICBC",
    "B1",
    "622202*********0128",
]
ROW += [5000, 10000, True, datetime(2026, 11, 1, tzinfo=UTC)]
BARE = ["R-1", 2, "DELETE", "C-2", "13805710009", [], None, None, None, None, None, None, None]


def written(layout: FileLayout, rows: Any, **options: Any) -> tuple[bytes, Written]:
    to = f"S-{uuid4().hex}"
    done = write(layout, rows, header=FACTS, to=to, **options)
    with vault.open_(to) as file:
        return file.read(), done


def test_our_own_layout_is_written_between_bars() -> None:
    content, done = written(neutral("province_correction"), [ROW, BARE])

    assert content.decode().splitlines() == [
        "H|ZJ|2026-11-20|2026-11-21T00:00:00+08:00|S-1",
        "D|R-1|1|ADD|C-1|13805710001|13805710002,13805710003|ICBC|B1|622202*********0128|5000|10000|Y"
        "|2026-11-01T08:00:00+08:00",
        "D|R-1|2|DELETE|C-2|13805710009||||||||",
        "T|2",
    ]
    assert done == Written(len(content), hashlib.sha256(content).hexdigest(), 2, None)


def test_no_row_makes_a_file_without_lines() -> None:
    content, done = written(neutral("province_correction"), [])

    assert content.decode().splitlines()[1:] == ["T|0"]
    assert done.row_count == 0


def test_rows_come_from_a_query_of_duckdb() -> None:
    with columnar() as opened:
        query = "SELECT 'R-1' AS run_no, i line_no, 'B' || i AS bank_contract_no, 'x' AS difference FROM range(3) s(i)"

        content, _done = written(neutral("bank_discrepancies"), ColumnQuery(opened, query))

    assert content.decode().splitlines()[1:] == ["D|R-1|0|B0||x", "D|R-1|1|B1||x", "D|R-1|2|B2||x", "T|3"]


def test_rows_come_from_a_query_of_postgresql() -> None:
    query = (
        "SELECT 'R-1' AS run_no, 7 AS order_no, 'ADD' AS action, 'C-1' AS contract_no, '13805710001' AS msisdn,"
        " ARRAY['13805710002','13805710003'] AS secondary_msisdns, true AS auto_pay,"
        " timestamptz '2026-11-01 08:00:00+08' AS signed_at"
    )
    with database.cursor() as cursor:
        content, _done = written(neutral("province_correction"), CopyQuery(cursor.cursor, query))

    assert content.decode().splitlines()[1] == (
        "D|R-1|7|ADD|C-1|13805710001|13805710002,13805710003||||||Y|2026-11-01T08:00:00+08:00"
    )


def test_what_the_layout_does_not_write_stays_sealed() -> None:
    layout = make_layout("batch_debit_request", [{"field": "item_no"}, {"field": "asked_fen"}])
    query = "SELECT 'D-1' AS item_no, 'nobody can open this' AS account_number, 500 AS asked_fen"
    with database.cursor() as cursor:
        sealed = {"account_number": "contract.account"}
        content, done = written(layout, CopyQuery(cursor.cursor, query, sealed=sealed))

    assert content.decode().splitlines() == ["D-1|500"]
    assert done.total_fen == 500


def test_fixed_width_counts_bytes_of_the_encoding() -> None:
    columns = [
        {"field": "run_no", "width": 6},
        {"field": "line_no", "width": 5, "align": "RIGHT", "pad": "0"},
        {"field": "bank_contract_no", "width": 4},
        {"field": "difference", "width": 10, "align": "RIGHT"},
        {"constant": "X", "width": 2},
    ]
    layout = make_layout("bank_discrepancies", columns, shape="FIXED", encoding="GBK", line_ending="CRLF")

    content, _done = written(layout, [["R-1", 12, "B1", None, "账号不符"], ["R-1", 13, "B2", None, "x"]])

    assert content == "R-1   00012B1    账号不符X \r\nR-1   00013B2           xX \r\n".encode("gbk")


def test_codes_amounts_and_dates_are_written_in_the_partners_words() -> None:
    columns = [
        {"field": "bank_contract_no"},
        {"field": "msisdn"},
        {"field": "account_type", "code_map": {"01": "DEBIT", "02": "CREDIT"}},
        {"field": "recharge_amount_fen", "unit": "YUAN"},
        {"field": "auto_pay", "code_map": {"是": "Y", "否": "N"}},
        {"field": "signed_at", "date_format": "%Y%m%d%H%M%S"},
        {"field": "secondary_msisdns", "list_separator": ";"},
    ]
    layout = make_layout("bank_contract_full", columns, delimiter="\\t")
    row = [
        "B1",
        "13805710001",
        ["13805710003", "13805710002"],
        None,
        None,
        "CREDIT",
        None,
        None,
        None,
        1205,
        False,
    ]

    content, _done = written(layout, [[*row, datetime(2026, 11, 1, tzinfo=UTC)]])

    assert content.decode() == "B1\t13805710001\t02\t12.05\t否\t20261101080000\t13805710003;13805710002\n"


@pytest.mark.parametrize(
    ("given", "value", "code"),
    [
        ({}, "a|b", "bad_character"),
        ({}, "a\nb", "bad_character"),
        ({"quote": '"'}, "a\nb", "bad_character"),
        ({}, None, "empty"),
        ({"shape": "FIXED"}, "much too long", "too_long"),
    ],
)
def test_what_cannot_be_written_is_named_and_nothing_is_kept(
    given: dict[str, Any], value: str | None, code: str
) -> None:
    columns = [{"field": "run_no", "width": 5}, {"field": "bank_contract_no", "width": 5}]
    layout = make_layout("bank_discrepancies", [*columns, {"field": "difference", "width": 5}], **given)
    to = f"S-{uuid4().hex}"

    with pytest.raises(Unwritable) as failed:
        write(layout, [["R-1", 1, "B1", None, "x"], ["R-1", 1, "B1", None, value]], header=FACTS, to=to)

    assert (failed.value.field, failed.value.code) == ("difference", code)
    assert not vault.exists(to)


def test_quotes_hold_what_would_part_columns() -> None:
    layout = make_layout("bank_discrepancies", ["run_no", "bank_contract_no", "difference"], quote='"')

    content, _done = written(layout, [["R-1", 1, "B1", None, 'a|b"c'], ["R-1", 2, "B2", None, "plain"]])

    assert content.decode() == 'R-1|B1|"a|b""c"\nR-1|B2|plain\n'


def test_packed_files_hold_the_same_lines() -> None:
    plain = b"R-1|B1|x\n" * 3
    rows = [["R-1", 1, "B1", None, "x"]] * 3
    fields = ["run_no", "bank_contract_no", "difference"]

    gzipped, _done = written(make_layout("bank_discrepancies", fields, compression="GZIP"), rows)
    zipped, _done = written(make_layout("bank_discrepancies", fields, compression="ZIP"), rows)

    assert gzip.decompress(gzipped) == plain
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        assert archive.read(archive.namelist()[0]) == plain


def test_header_and_trailer_carry_what_their_columns_say() -> None:
    layout = make_layout(
        "bank_discrepancies", ["run_no"], has_header=True, has_trailer=True, trailer_mark="END"
    )
    add_columns(layout, Section.HEADER, "row_count", "business_date")
    add_columns(layout, Section.TRAILER, "row_count")

    content, _done = written(layout, [["R-1", 1, "B1", None, "x"]])

    assert content.decode() == "1|2026-11-20\nR-1\nEND|1\n"
