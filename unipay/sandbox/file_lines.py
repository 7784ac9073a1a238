"""What a simulated partner writes and reads: files in the layout Unipay has for it, by code of the partner's own."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from reconciliation.trial.partner_lines import PartnerLines
from unipay import clock
from unipay.exchange import queries
from unipay.exchange.models import Encoding, FileLayout, LayoutColumn, Section, Shape
from unipay.partners.models import Partner

# Files tell whole seconds: what happened in this one is in the file.
_FRACTION = timedelta(seconds=1)


class NoLayout(Exception):
    """Unipay has no layout for this kind of file."""


def written(
    code: str, kind: str, lines: Iterable[Mapping[str, Any]], *, business_date: date, now: datetime
) -> bytes:
    """Return a whole file of lines, with header and trailer."""
    writer = PartnerLines(_layout(code, kind, business_date))
    end = clock.business_day_start(date.fromordinal(business_date.toordinal() + 1))
    said = {"partner_code": code, "business_date": business_date, "cut_off_at": min(end, now + _FRACTION)}
    body = [writer.detail(line) for line in lines]
    return b"".join([writer.header(said), *body, writer.trailer({**said, "row_count": len(body)})])


def read(code: str, kind: str, content: bytes, *, business_date: date) -> list[dict[str, str]]:
    """Return a file's lines as texts by field."""
    layout = _layout(code, kind, business_date)
    codec = "gb18030" if layout.encoding == Encoding.GBK else "utf-8"
    lines = [line.rstrip(b"\r") for line in content.split(b"\n") if line]
    body = lines[bool(layout.has_header) : len(lines) - bool(layout.has_trailer)]
    columns = list(layout.columns.filter(section=Section.DETAIL).order_by("position"))
    return [_fields(layout, columns, line, codec) for line in body]


def _fields(layout: FileLayout, columns: list[LayoutColumn], line: bytes, codec: str) -> dict[str, str]:
    if layout.shape == Shape.FIXED:
        texts, start = [], 0
        for column in columns:
            texts.append(line[start : start + (column.width or 0)].decode(codec).strip(column.pad or " "))
            start += column.width or 0
    else:
        texts = line.decode(codec).split(layout.delimiter.replace("\\t", "\t"))[bool(layout.detail_mark) :]
    named = zip(columns, texts, strict=True)
    return {column.field: column.code_map.get(text, text) for column, text in named if column.field}


def _layout(code: str, kind: str, on: date) -> FileLayout:
    layout = queries.layout_for(kind, Partner.objects.get(code=code), on)
    if layout is None:
        raise NoLayout(f"{code}: {kind}")
    return layout
