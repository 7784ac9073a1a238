"""A layout tried on a sample: what it reads, what is wrong line by line, and whether it can write the same again."""

import copy
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from duckdb import DuckDBPyConnection

from unipay import clock
from unipay.errors import Text
from unipay.exchange import layout_rules, vault
from unipay.exchange.columnar import columnar
from unipay.exchange.content import Content
from unipay.exchange.envelope import FindKey, keys_of
from unipay.exchange.faults import ReadingRefused, Undecryptable
from unipay.exchange.kinds import FieldType, FileField
from unipay.exchange.layout_plan import LayoutPlan, plan_of, stored, without_trailer
from unipay.exchange.models import Cipher, Compression, FileLayout, LayoutColumn
from unipay.exchange.reading import Reading, read
from unipay.exchange.writing import ColumnQuery, Unwritable, put

MOST_ROWS = 20
MOST_FAULTS = 200
_WITHOUT_END = ("no_trailer", "bad_trailer")

_SHOWN = {
    FieldType.ACCOUNT: "mask_account({})",
    FieldType.IDENTITY_NO: "mask_identity_no({})",
    FieldType.NAME: "mask_name({})",
    FieldType.MSISDN: "left({0}, 3) || ' **** ' || right({0}, 4)",
    FieldType.MSISDNS: "regexp_replace({}, '([0-9]{{3}})[0-9]{{4}}([0-9]{{4}})', '\\1 **** \\2', 'g')",
    FieldType.DATETIME: "strftime(CAST({} AS TIMESTAMP) + INTERVAL 8 HOUR, '%Y-%m-%d %H:%M:%S')",
}


@dataclass(frozen=True)
class PreviewRow:
    """One line as it was read, masked, in the order of `Preview.fields`; None for nothing."""

    line_no: int
    is_faulty: bool
    values: tuple[str | None, ...]


@dataclass(frozen=True)
class PreviewFault:
    """One thing wrong with one line; `column` is a field, "" for the line itself."""

    line_no: int
    column: str
    code: str
    excerpt: str


@dataclass(frozen=True)
class RoundTrip:
    """Whether the good lines, written by the layout, read the same again; `difference` says where not."""

    is_good: bool
    difference: Text = ""


@dataclass(frozen=True)
class Preview:
    """What a sample says. `refusal`: why nothing of it counts, "" where it does. line_count = accepted + faulty.

    `round_trip`: None where nothing was tried, as no line could be read.
    `is_beginning`: the sample is the first lines of a file, without the trailer its layout has.
    """

    fields: tuple[str, ...] = ()
    rows: tuple[PreviewRow, ...] = ()
    faults: tuple[PreviewFault, ...] = ()
    line_count: int = 0
    accepted: int = 0
    faulty: int = 0
    header: dict[str, Any] = field(default_factory=dict)
    trailer: dict[str, Any] = field(default_factory=dict)
    refusal: Text = ""
    refusal_code: str = ""
    round_trip: RoundTrip | None = None
    is_beginning: bool = False


def preview(
    layout: FileLayout,
    columns: Sequence[LayoutColumn],
    *,
    sample: bytes,
    name: str,
    at: datetime | None = None,
) -> Preview:
    """Read the sample by the layout, saved or not; nothing of it is kept. `at`: the keys valid then open it."""
    wrong = layout_rules.faults(layout, columns)
    if wrong:
        return Preview(refusal=wrong[0].detail, refusal_code="bad_layout")
    plan, find_key = plan_of(layout, columns), _keys(layout, at or clock.now())
    whole = _tried(plan, sample, find_key)
    if whole.refusal_code not in _WITHOUT_END or not layout.has_trailer:
        return whole
    beginning = _tried(without_trailer(plan), sample, find_key)
    return whole if beginning.refusal or not beginning.accepted else replace(beginning, is_beginning=True)


def _tried(plan: LayoutPlan, sample: bytes, find_key: FindKey) -> Preview:
    try:
        with _read(plan, sample, find_key) as reading:
            return _shown(plan, reading)
    except ReadingRefused as refused:
        return Preview(refusal=refused.text, refusal_code=refused.code)


def _keys(layout: FileLayout, at: datetime) -> FindKey:
    if layout.partner is not None:
        return keys_of(layout.partner, at=at)

    def find(_key_id: str, _number: int) -> bytes:
        raise Undecryptable(_("A layout without a partner has no keys."))

    return find


@contextmanager
def _read(plan: LayoutPlan, sample: bytes, find_key: FindKey) -> Iterator[Reading]:
    with ExitStack() as stack:
        temporary = vault.Temporary()
        stack.callback(temporary.close)
        temporary.write(sample)
        seen = vault.filesystem()
        content = Content(seen, seen.lend(temporary.seal_up()), stack)
        connection = stack.enter_context(columnar(seen))
        content.unwrap(plan, find_key)
        yield read(connection, plan, content)


def _shown(plan: LayoutPlan, reading: Reading) -> Preview:
    faults = reading.connection.execute(
        'SELECT line_no, "column", code, excerpt FROM faults ORDER BY line_no, "column", code LIMIT ?',
        [MOST_FAULTS],
    ).fetchall()
    return Preview(
        fields=reading.fields,
        rows=_first_rows(plan, reading.connection),
        faults=tuple(PreviewFault(*each) for each in faults),
        line_count=reading.line_count,
        accepted=reading.accepted_count,
        faulty=reading.faulty_count,
        header=reading.header,
        trailer=reading.trailer,
        round_trip=_round_trip(plan, reading) if reading.accepted_count else None,
    )


def _first_rows(plan: LayoutPlan, connection: DuckDBPyConnection) -> tuple[PreviewRow, ...]:
    shown = ", ".join(
        f"CAST({_SHOWN.get(each.type, '{}').format(stored(each.name))} AS VARCHAR)" for each in plan.fields
    )
    found = connection.execute(
        f"SELECT line_no, is_faulty, {shown} FROM lines ORDER BY line_no LIMIT {MOST_ROWS}"
    ).fetchall()
    return tuple(PreviewRow(line_no, is_faulty, tuple(values)) for line_no, is_faulty, *values in found)


def _round_trip(plan: LayoutPlan, reading: Reading) -> RoundTrip:
    """Write the good lines as the layout has them, read them again, and compare."""
    bare = copy.copy(plan.layout)
    bare.cipher, bare.compression = Cipher.NONE, Compression.NONE
    plan = replace(plan, layout=bare)
    written = bytearray()

    class _Kept:
        write = staticmethod(written.extend)

    names = ", ".join(f"{stored(name)} AS {name}" for name in reading.fields)
    rows = ColumnQuery(
        reading.connection, f"SELECT {names} FROM lines WHERE NOT is_faulty ORDER BY lines.line_no"
    )
    header = {**reading.header, **reading.trailer}
    try:
        put(plan, rows, header=header, target=_Kept)
        with _read(plan, bytes(written), _keys(bare, clock.now())) as again:
            return _compared(plan.fields, reading.connection, again.connection)
    except Unwritable as failed:
        return RoundTrip(False, str(failed))
    except ReadingRefused as refused:
        return RoundTrip(False, refused.text)


def _compared(
    fields: Sequence[FileField], first: DuckDBPyConnection, second: DuckDBPyConnection
) -> RoundTrip:
    names = ", ".join(f"CAST({stored(each.name)} AS VARCHAR)" for each in fields)
    query = f"SELECT line_no, {names} FROM lines WHERE NOT is_faulty ORDER BY line_no"
    before, after = first.execute(query).fetchall(), second.execute(query).fetchall()
    for old, new in zip(before, after, strict=False):
        for each, was, is_now in zip(fields, old[1:], new[1:], strict=True):
            if was != is_now:
                text = _("Line %(line)s comes back with another “%(column)s”.")
                return RoundTrip(False, text % {"line": old[0], "column": each.title})
    if len(before) != len(after):
        return RoundTrip(False, _("Not every line comes back."))
    return RoundTrip(True)
