"""Writes a file as a partner would: a layout's columns in the partner's own code, apart from ours, so that what we read
is not what we wrote ourselves."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from unipay import clock
from unipay.exchange.models import (
    Align,
    AmountUnit,
    Encoding,
    FileLayout,
    LayoutColumn,
    LineEnding,
    Section,
    Shape,
)

_DATE = "%Y-%m-%d"
_YES, _NO = "Y", "N"
Values = Mapping[str, Any]


class PartnerLines:
    """The lines of one layout, as bytes with their ends."""

    def __init__(self, layout: FileLayout) -> None:
        self._layout = layout
        self._codec = "gb18030" if layout.encoding == Encoding.GBK else "utf-8"
        self._end = b"\r\n" if layout.line_ending == LineEnding.CRLF else b"\n"
        self._delimiter = layout.delimiter.replace("\\t", "\t")
        self._columns: dict[str, list[LayoutColumn]] = {section: [] for section in Section.values}
        for column in layout.columns.order_by("position"):
            self._columns[column.section].append(column)

    @property
    def fields(self) -> set[str]:
        """The fields that a line carries."""
        return {column.field for column in self._columns[Section.DETAIL] if column.field}

    def header(self, values: Values) -> bytes:
        """The first line; nothing where the layout has none."""
        return self._line(Section.HEADER, values) if self._layout.has_header else b""

    def detail(self, values: Values) -> bytes:
        """One line."""
        return self._line(Section.DETAIL, values)

    def trailer(self, values: Values) -> bytes:
        """The last line; nothing where the layout has none."""
        return self._line(Section.TRAILER, values) if self._layout.has_trailer else b""

    def _line(self, section: Section, values: Values) -> bytes:
        columns = self._columns[section]
        texts = [self._text(column, values.get(column.field)) for column in columns]
        if self._layout.shape == Shape.FIXED:
            return b"".join(map(self._padded, columns, texts)) + self._end
        mark = {
            Section.HEADER: self._layout.header_mark,
            Section.DETAIL: self._layout.detail_mark,
            Section.TRAILER: self._layout.trailer_mark,
        }[section]
        return self._delimiter.join([mark, *texts] if mark else texts).encode(self._codec) + self._end

    def _padded(self, column: LayoutColumn, text: str) -> bytes:
        given, pad = text.encode(self._codec), (column.pad or " ").encode(self._codec)
        width = column.width or len(given)
        return given.rjust(width, pad) if column.align == Align.RIGHT else given.ljust(width, pad)

    def _text(self, column: LayoutColumn, value: Any) -> str:
        if column.constant or not column.field:
            return column.constant
        if value is None or value == "":
            return ""
        if column.code_map:
            return next((code for code, word in column.code_map.items() if word == str(value)), str(value))
        if column.field.endswith("_fen") and column.unit == AmountUnit.YUAN and isinstance(value, int):
            return f"{value // 100}.{value % 100:02d}"
        return _written(column, value)


def _written(column: LayoutColumn, value: Any) -> str:
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, datetime):
        local = value.astimezone(clock.BUSINESS_ZONE)
        return local.strftime(column.date_format) if column.date_format else clock.rfc3339(local)
    if isinstance(value, date):
        return value.strftime(column.date_format or _DATE)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return (column.list_separator or ",").join(value)
    return str(value)
