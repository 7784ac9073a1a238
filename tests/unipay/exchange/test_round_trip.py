"""Whatever a layout writes it reads again; whatever anybody writes is read, faulty or not, line by line."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.unipay.exchange.files import neutral
from unipay.exchange import vault
from unipay.exchange.columnar import columnar
from unipay.exchange.content import Content
from unipay.exchange.kinds import FieldType, FileField, kind_named
from unipay.exchange.layout_plan import LayoutPlan, plan_of
from unipay.exchange.models import FileLayout, LayoutColumn, Section
from unipay.exchange.reading import Reading, ReadingRefused, read
from unipay.exchange.writing import write_plan

KIND = kind_named("bank_contract_full")
FACTS = {
    "business_date": date(2026, 11, 20),
    "cut_off_at": datetime(2026, 11, 20, 16, tzinfo=UTC),
    "file_no": "1",
}
SLOW = settings(max_examples=15, deadline=None)

msisdns = st.integers(0, 6_999_999_999).map(lambda number: str(13_000_000_000 + number))
words = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="|;,\"'#^\t"), min_size=1, max_size=8
)
moments = st.datetimes(datetime(1995, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - made aware at once
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
identities = st.sampled_from(["330102199001011234", None])

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "bank_contract_no": words,
    "msisdn": msisdns,
    "secondary_msisdns": st.lists(msisdns, max_size=3, unique=True),
    "account_number": st.none() | st.text("0123456789", min_size=6, max_size=32),
    "account_mask": st.none() | st.just("622202*********0128"),
    "account_type": st.none() | st.sampled_from(["DEBIT", "CREDIT"]),
    "holder_name": st.none() | words,
    "identity_no": identities,
    "recharge_threshold_fen": st.none() | st.integers(0, 10**14),
    "recharge_amount_fen": st.none() | st.integers(0, 10**14),
    "auto_pay": st.none() | st.booleans(),
    "signed_at": st.none() | moments,
}
MAPS = {
    "account_type": {"01": "DEBIT", "02": "CREDIT"},
    "auto_pay": {"是": "Y", "否": "N"},
}


@st.composite
def columns(draw: st.DrawFn, *, fixed: bool) -> list[LayoutColumn]:
    names = draw(st.permutations([each.name for each in KIND.fields]))
    made = []
    for position, name in enumerate(names, start=1):
        column = LayoutColumn(
            position=position,
            field=name,
            section=Section.DETAIL,
            align=draw(st.sampled_from(["LEFT", "RIGHT"])),
        )
        column.unit = draw(st.sampled_from(["FEN", "YUAN"]))
        column.code_map = draw(st.sampled_from([{}, MAPS.get(name, {})]))
        column.list_separator = ";"
        if name == "signed_at":
            column.date_format = draw(
                st.sampled_from(["", "%Y%m%d%H%M%S", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H.%M.%S%z"])
            )
        if fixed:
            column.width = 40
            column.pad = draw(st.sampled_from([" ", "#", "^"]))
        made.append(column)
    blank = LayoutColumn(
        position=50, constant=draw(st.sampled_from(["", "X"])), section=Section.DETAIL, width=3
    )
    return [*made, blank]


@st.composite
def plans(draw: st.DrawFn) -> LayoutPlan:
    fixed = draw(st.booleans())
    layout = FileLayout(
        kind=KIND.name,
        shape="FIXED" if fixed else "DELIMITED",
        encoding=draw(st.sampled_from(["UTF-8", "GBK"])),
        delimiter=draw(st.sampled_from(["|", "\\t", "||", "@#@#@", "^"])),
        quote=draw(st.sampled_from(["", '"'])),
        line_ending=draw(st.sampled_from(["LF", "CRLF"])),
        compression=draw(st.sampled_from(["NONE", "GZIP", "ZIP"])),
        has_header=draw(st.booleans()),
        has_trailer=draw(st.booleans()),
    )
    if draw(st.booleans()):
        layout.header_mark, layout.detail_mark, layout.trailer_mark = "HEAD", "D", "T"
    frame = [LayoutColumn(position=1, field="business_date", section=Section.HEADER, width=10)]
    frame += [LayoutColumn(position=2, field="cut_off_at", section=Section.HEADER, width=30)]
    frame += [LayoutColumn(position=1, field="row_count", section=Section.TRAILER, width=9)]
    return plan_of(layout, [*frame, *draw(columns(fixed=fixed))])


rows_of_values = st.lists(
    st.tuples(*(VALUES[each.name] for each in KIND.fields)), max_size=5, unique_by=lambda row: row[0]
)


@contextmanager
def read_by(plan: LayoutPlan, file_no: str) -> Iterator[Reading]:
    seen = vault.filesystem()
    with ExitStack() as stack:
        connection = stack.enter_context(columnar(seen))
        content = Content(seen, file_no, stack)
        content.unwrap(plan, lambda _key, _number: b"")
        yield read(connection, plan, content)


def as_read(field: FileField, value: Any) -> Any:
    if field.type == FieldType.MSISDNS:
        return ",".join(sorted(value))
    return value + timedelta() if isinstance(value, datetime) else value


@SLOW
@given(plan=plans(), rows=rows_of_values)
def test_what_is_written_is_read_again(plan: LayoutPlan, rows: list[tuple[Any, ...]]) -> None:
    assume(not any(row[1] in row[2] for row in rows))
    file_no = f"S-{uuid4().hex}"

    write_plan(plan, rows, header=FACTS, to=file_no)

    with read_by(plan, file_no) as reading:
        names = ", ".join(
            f"epoch({each.name})::BIGINT" if each.type == FieldType.DATETIME else each.name
            for each in KIND.fields
        )
        again = reading.connection.execute(f"SELECT {names} FROM lines ORDER BY line_no").fetchall()
        faults = reading.connection.execute("FROM faults").fetchall()
        counts = (reading.line_count, reading.faulty_count)
    vault.remove(file_no)
    expected = [
        tuple(as_read(field, value) for field, value in zip(KIND.fields, row, strict=True)) for row in rows
    ]
    assert faults == []
    assert again == [(*row[:-1], row[-1] and int(row[-1].timestamp())) for row in expected]
    assert counts == (len(rows), 0)


pieces = st.sampled_from(
    [
        b"|",
        b"\n",
        b"\r\n",
        b"\r",
        b"D",
        b"H",
        b"B1",
        b"13805710001",
        b'"',
        b"\xff",
        b"\0",
        "张".encode(),
        b" ",
    ]
    + [b"|" * 9, b"\x1f", "张".encode("gbk"), b"\xef\xbb\xbf", b"x" * 70_000]
)
contents = st.lists(pieces, max_size=40).map(b"".join) | st.binary(max_size=300)


@SLOW
@given(plan=plans(), content=contents)
def test_any_bytes_are_read_or_refused_and_every_line_counts(plan: LayoutPlan, content: bytes) -> None:
    file_no = f"F-{uuid4().hex}"
    vault.store(file_no, [content])

    try:
        with read_by(plan, file_no) as reading:
            reached = reading.connection.execute("SELECT line_no FROM lines ORDER BY line_no").fetchall()
            told = {
                line
                for (line,) in reading.connection.execute("SELECT DISTINCT line_no FROM faults").fetchall()
            }
            faulty = {
                line
                for (line,) in reading.connection.execute(
                    "SELECT line_no FROM lines WHERE is_faulty"
                ).fetchall()
            }
    except ReadingRefused:
        reached, told, faulty = [], set(), set()
    finally:
        vault.remove(file_no)

    first = 1 + plan.layout.has_header
    assert [line for (line,) in reached] == list(range(first, first + len(reached)))
    assert told == faulty
    if reached:
        kept = content.rstrip(b"\r\n")
        assert reached[-1][0] == kept.count(b"\n") + 1 - plan.layout.has_trailer


@pytest.mark.django_db
@SLOW
@given(content=contents)
def test_any_lines_of_our_own_layout_are_good_or_faulty(content: bytes) -> None:
    plan = plan_of(neutral("bank_contract_full"))
    lines = content.count(b"\n") + 1
    file_no = f"F-{uuid4().hex}"
    vault.store(file_no, [b"H|ICBC|2026-11-20||\n", content, f"\nT|{lines}\n".encode()])

    with read_by(plan, file_no) as reading:
        told = reading.connection.execute("SELECT count(DISTINCT line_no) FROM faults").fetchone()
        counts = (reading.line_count, reading.accepted_count + reading.faulty_count)
        assert told == (reading.faulty_count,)

    vault.remove(file_no)
    assert counts == (lines, lines)
