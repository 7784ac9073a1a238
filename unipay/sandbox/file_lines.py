"""What a simulated partner writes and reads: files in the layout Unipay has for it, by code of the partner's own."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from reconciliation.trial.partner_lines import PartnerLines
from unipay import clock
from unipay.exchange import envelope, queries
from unipay.exchange.models import (
    Align,
    AmountUnit,
    Cipher,
    Encoding,
    FileLayout,
    LayoutColumn,
    Section,
    Shape,
)
from unipay.money import parse_yuan
from unipay.partners.models import Partner

# Files tell whole seconds: what happened in this one is in the file.
_FRACTION = timedelta(seconds=1)


class NoLayout(Exception):
    """Unipay has no layout for this kind of file."""


def written(
    code: str,
    kind: str,
    lines: Iterable[Mapping[str, Any]],
    *,
    business_date: date,
    now: datetime,
    total_fen: int | None = None,
) -> bytes:
    """Return a whole file of lines, with header and trailer, sealed where the layout says so."""
    layout = _layout(code, kind, business_date)
    writer = PartnerLines(layout)
    end = clock.business_day_start(date.fromordinal(business_date.toordinal() + 1))
    said = {"partner_code": code, "business_date": business_date, "cut_off_at": min(end, now + _FRACTION)}
    body = [writer.detail(line) for line in lines]
    ends = writer.trailer({**said, "row_count": len(body), "total_fen": total_fen})
    whole = b"".join([writer.header(said), *body, ends])
    return whole if layout.cipher == Cipher.NONE else _sealed(code, layout, whole, now=now)


def read(
    code: str, kind: str, content: bytes, *, business_date: date, now: datetime | None = None
) -> list[dict[str, str]]:
    """Return a file's lines as texts by field, amounts in fen; `now`: for files in an envelope."""
    layout = _layout(code, kind, business_date)
    if layout.cipher != Cipher.NONE:
        find_key = envelope.keys_of(Partner.objects.get(code=code), at=now or clock.now())
        content = b"".join(envelope.opened(BytesIO(content), find_key))
    codec = "gb18030" if layout.encoding == Encoding.GBK else "utf-8"
    lines = [line.rstrip(b"\r") for line in content.split(b"\n") if line]
    body = lines[bool(layout.has_header) : len(lines) - bool(layout.has_trailer)]
    columns = list(layout.columns.filter(section=Section.DETAIL).order_by("position"))
    return [_fields(layout, columns, line, codec) for line in body]


def _fields(layout: FileLayout, columns: list[LayoutColumn], line: bytes, codec: str) -> dict[str, str]:
    if layout.shape == Shape.FIXED:
        texts, start = [], 0
        for column in columns:
            texts.append(_unpadded(column, line[start : start + (column.width or 0)].decode(codec)))
            start += column.width or 0
    else:
        texts = line.decode(codec).split(layout.delimiter.replace("\\t", "\t"))[bool(layout.detail_mark) :]
    named = zip(columns, texts, strict=True)
    return {column.field: _value(column, text) for column, text in named if column.field}


def _unpadded(column: LayoutColumn, text: str) -> str:
    pad = column.pad or " "
    bare = text.lstrip(pad) if column.align == Align.RIGHT else text.rstrip(pad)
    return bare or (pad if pad == "0" else "")


def _value(column: LayoutColumn, text: str) -> str:
    if column.field.endswith("_fen") and text and column.unit == AmountUnit.YUAN:
        return str(parse_yuan(text))
    return column.code_map.get(text, text)


def _sealed(code: str, layout: FileLayout, whole: bytes, *, now: datetime) -> bytes:
    key = envelope.sealing_key(Partner.objects.get(code=code), layout.cipher, at=now)
    if key is None:
        raise NoLayout(f"{code}: {layout.cipher}")
    target = BytesIO()
    sealing = envelope.Sealing(target, key)
    sealing.write(whole)
    sealing.close()
    return target.getvalue()


def _layout(code: str, kind: str, on: date) -> FileLayout:
    layout = queries.layout_for(kind, Partner.objects.get(code=code), on)
    if layout is None:
        raise NoLayout(f"{code}: {kind}")
    return layout
