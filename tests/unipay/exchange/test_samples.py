"""Golden files of every layout we ship, and of the ways banks have: read without a fault, written again to the byte."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.factories import make_partner
from tests.unipay.exchange.files import DAY, faults, neutral, reading_of
from unipay.exchange import vault
from unipay.exchange.kinds import all_kinds
from unipay.exchange.layout_plan import stored
from unipay.exchange.models import FileLayout, LayoutColumn, Section
from unipay.exchange.reading import Reading
from unipay.exchange.writing import ColumnQuery, write

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parents[2] / "samples" / "exchange"
SHIPPED = sorted(
    each.stem for each in SAMPLES.glob("*.txt") if each.stem in {kind.name for kind in all_kinds()}
)

Column = dict[str, Any]


def made(
    columns: Sequence[Column], header: Sequence[Column] = (), trailer: Sequence[Column] = (), **settings: Any
) -> FileLayout:
    layout = FileLayout.objects.create(
        code=uuid4().hex,
        kind="bank_contract_full",
        effective_from=DAY,
        has_header=bool(header),
        has_trailer=bool(trailer),
        **settings,
    )
    for section, own in ((Section.HEADER, header), (Section.DETAIL, columns), (Section.TRAILER, trailer)):
        for position, column in enumerate(own, start=1):
            LayoutColumn.objects.create(layout=layout, section=section, position=position, **column)
    return layout


def written_again(layout: FileLayout, reading: Reading) -> bytes:
    fields = ", ".join(f"{stored(field)} AS {field}" for field in reading.fields)
    rows = ColumnQuery(reading.connection, f"SELECT {fields} FROM lines ORDER BY lines.line_no")
    to = f"S-{uuid4().hex}"
    write(layout, rows, header={**reading.header, **reading.trailer}, to=to)
    with vault.open_(to) as file:
        content = file.read()
    vault.remove(to)
    return content


def require_golden(name: str, layout: FileLayout, *, lines: int) -> None:
    content = (SAMPLES / name).read_bytes()

    with reading_of(content, layout) as reading:
        assert faults(reading) == []
        assert reading.line_count == lines
        assert written_again(layout, reading) == content


def test_every_layout_we_ship_has_its_sample() -> None:
    shipped = FileLayout.objects.filter(code__startswith="neutral_").values_list("kind", flat=True)

    assert sorted(shipped) == SHIPPED


@pytest.mark.parametrize("kind", SHIPPED)
def test_our_own_layouts(kind: str) -> None:
    content = (SAMPLES / f"{kind}.txt").read_bytes()
    layout = neutral(kind)
    code = content.split(b"|")[1].decode()

    with reading_of(content, layout, partner=make_partner(code, key_id="")) as reading:
        assert faults(reading) == []
        assert reading.accepted_count == content.count(b"\nD|")
        assert written_again(layout, reading) == content


def test_fixed_width_in_bytes_of_gbk() -> None:
    number = {"align": "RIGHT", "pad": "0"}
    layout = made(
        [
            {"field": "bank_contract_no", "width": 12},
            {"field": "msisdn", "width": 11},
            {"field": "account_number", "width": 24},
            {"field": "account_type", "width": 2, "code_map": {"01": "DEBIT", "02": "CREDIT"}},
            {"field": "holder_name", "width": 12},
            {"field": "recharge_amount_fen", "width": 12, **number},
            {"field": "signed_at", "width": 14, "date_format": "%Y%m%d%H%M%S"},
            {"width": 3},
        ],
        [
            {"field": "business_date", "width": 8, "date_format": "%Y%m%d"},
            {"field": "row_count", "width": 8, **number},
        ],
        shape="FIXED",
        encoding="GBK",
        line_ending="CRLF",
    )

    require_golden("fixed_gbk.txt", layout, lines=2)


def test_quoted_columns_in_gbk_with_amounts_in_yuan() -> None:
    layout = made(
        [
            {"field": "bank_contract_no"},
            {"field": "msisdn"},
            {"field": "holder_name"},
            {"field": "recharge_amount_fen", "unit": "YUAN"},
            {"field": "auto_pay", "code_map": {"是": "Y", "否": "N"}},
            {"field": "secondary_msisdns", "list_separator": ";"},
        ],
        delimiter=",",
        quote='"',
        encoding="GBK",
        line_ending="CRLF",
    )

    require_golden("quoted_gbk.csv", layout, lines=2)


def test_a_delimiter_of_several_characters_and_marks() -> None:
    layout = made(
        [
            {"field": "bank_contract_no"},
            {"field": "msisdn"},
            {"field": "signed_at", "date_format": "%Y/%m/%d %H:%M:%S"},
            {"constant": "X"},
        ],
        trailer=[{"field": "row_count"}],
        delimiter="@|@",
        detail_mark="CT",
        trailer_mark="END",
    )

    require_golden("long_delimiter.txt", layout, lines=2)
