"""The header and the trailer of a file: found at its two ends, and read by the same rules as every column."""

import json
import os
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _
from duckdb import DuckDBPyConnection

from unipay.exchange import columns
from unipay.exchange.faults import ReadingRefused
from unipay.exchange.kinds import FieldType
from unipay.exchange.layout_plan import LayoutPlan
from unipay.exchange.line_splitting import LONGEST_LINE, split
from unipay.exchange.models import LayoutColumn, Section

BOM = b"\xef\xbb\xbf"
_TAIL = 2 * LONGEST_LINE
_ABSENT = {Section.HEADER: "no_header", Section.TRAILER: "no_trailer"}
_UNREADABLE = {Section.HEADER: "bad_header", Section.TRAILER: "bad_trailer"}


@dataclass(frozen=True)
class Ends:
    """The first line, the last one that is not blank, and how many blank lines stand behind it.

    A line too long to be kept is None. `is_plain`: no mark of UTF-8 begins the file, no CR ends its lines.
    `is_padded`: the file begins like one with blanks around its columns.
    """

    first: bytes | None
    last: bytes | None
    blank_lines: int
    is_plain: bool
    is_empty: bool
    is_padded: bool

    def line(self, section: Section) -> bytes | None:
        """Return the line a section stands on."""
        return self.first if section == Section.HEADER else self.last


def ends_of(stream: BinaryIO) -> Ends:
    """Look at both ends of a file."""
    start = stream.read(LONGEST_LINE + len(BOM) + 2)
    first, line_end, _rest = start.removeprefix(BOM).partition(b"\n")
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _TAIL))
    tail = stream.read(_TAIL)
    if size <= _TAIL:
        tail = tail.removeprefix(BOM)
    kept = tail.rstrip(b"\r\n")
    is_whole = size <= _TAIL or b"\n" in kept
    last = kept.rpartition(b"\n")[2] if is_whole else None
    blank = max(0, tail[len(kept) :].count(b"\n") - 1) if kept else tail.count(b"\n")
    return Ends(
        first=first.removesuffix(b"\r") if line_end or len(start) <= LONGEST_LINE else None,
        last=last,
        blank_lines=blank,
        is_plain=not start.startswith(BOM) and b"\r" not in start,
        is_empty=not kept,
        is_padded=any(each in start for each in (b" ", b"\t", "\u3000".encode())),
    )


def read_section(
    connection: DuckDBPyConnection, plan: LayoutPlan, section: Section, ends: Ends
) -> dict[str, Any]:
    """Return what header or trailer says, as JSON; {} where the layout has none. Raises ReadingRefused."""
    wanted = plan.layout.has_header if section == Section.HEADER else plan.layout.has_trailer
    if not wanted:
        return {}
    if ends.is_empty:
        raise ReadingRefused("empty_file")
    found = split(ends.line(section), plan, section)
    if found.defect == "wrong_mark":
        raise ReadingRefused(_ABSENT[section])
    if found.defect:
        raise ReadingRefused(_UNREADABLE[section])
    texts = found.columns[bool(plan.mark(section)) :]
    return {
        column.field: _value(connection, plan, column, text)
        for column, text in zip(plan.columns(section), texts, strict=True)
        if column.field
    }


def _value(connection: DuckDBPyConnection, plan: LayoutPlan, column: LayoutColumn, text: str) -> Any:
    """Return one value as JSON has it: moments as RFC 3339, days as ISO 8601."""
    field = plan.field_of(column)
    read = columns.value(field, column, "t")
    shown = "strftime(v, '%Y-%m-%dT%H:%M:%S+00:00')" if field.type == FieldType.DATETIME else "v"
    given = f"SELECT {columns.trimmed('r')} AS t FROM (SELECT ? AS r)"
    asked = f"SELECT t, to_json({shown}), {columns.excerpt(field, 't')}"
    query = f"{asked} FROM (SELECT t, {read} AS v FROM ({given}))"
    trimmed, value, excerpt = connection.execute(query, [text]).fetchone() or ("", None, "")
    if value is None and trimmed:
        reason = _("“%(text)s” in the column %(column)s can't be read.")
        raise ReadingRefused(
            _UNREADABLE[Section(column.section)], reason % {"text": excerpt[:40], "column": field.title}
        )
    return None if value is None else json.loads(value)
