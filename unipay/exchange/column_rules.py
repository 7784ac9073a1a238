"""What is wrong with one column of a layout, in words a finance clerk understands."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from unipay.errors import Fault, Text
from unipay.exchange.columns import SYSTEM_FIELDS
from unipay.exchange.kinds import Direction, FieldType, FileField, FileKind
from unipay.exchange.models import Align, Encoding, FileLayout, LayoutColumn, Section, Shape

_CODED = (FieldType.CODE, FieldType.FLAG)
_NUMBERS = (FieldType.FEN, FieldType.INTEGER)
_DATED = (FieldType.DATE, FieldType.DATETIME)
_YES_AND_NO = ("y", "n", "1", "0", "true", "false")
_OF_A_DAY = {"Y", "m", "d"}
_OF_A_TIME = {"H", "M", "S"}
_PADDING_THAT_IS_NO_VALUE = re.compile(r"[^0-9A-Za-z\u0080-\uffff]")


def column_faults(layout: FileLayout, kind: FileKind, column: LayoutColumn) -> list[Fault]:
    """Return everything wrong with the column."""
    place = f"columns.{column.section}.{column.position}"
    found = [(code, text) for code, text in _width(layout, column)]
    found += _constant(layout, column)
    field = _field_of(kind, column)
    if column.field and field is None:
        text = _("“%(field)s” is no field of this section.")
        found.append(("unknown_field", text % {"field": column.field}))
    if field is not None:
        found += [
            *_padding(layout, field, column),
            *_date_format(field, column),
            *_codes(kind, field, column),
        ]
    return [Fault(place, code, text) for code, text in found]


def _field_of(kind: FileKind, column: LayoutColumn) -> FileField | None:
    if column.section != Section.DETAIL:
        field = SYSTEM_FIELDS.get(column.field)
        return None if column.field == "total_fen" and not kind.total else field
    return next((each for each in kind.fields if each.name == column.field), None)


def _width(layout: FileLayout, column: LayoutColumn) -> Iterator[tuple[str, Text]]:
    if layout.shape != Shape.FIXED:
        return
    if not column.width:
        yield "missing_width", _("A column of a fixed layout needs its width in bytes.")
    elif (
        len(column.constant.encode("gb18030" if layout.encoding == Encoding.GBK else "utf-8")) > column.width
    ):
        yield "too_long", _("The constant is longer than the column is wide.")


def _constant(layout: FileLayout, column: LayoutColumn) -> Iterator[tuple[str, Text]]:
    if column.constant and column.field:
        yield "needless_constant", _("A column has a field or a constant, not both.")
    delimiter = layout.delimiter.replace("\\t", "\t")
    if layout.shape == Shape.DELIMITED and delimiter and delimiter in column.constant:
        yield "ambiguous", _("The delimiter can't stand in a constant.")


def _padding(layout: FileLayout, field: FileField, column: LayoutColumn) -> Iterator[tuple[str, Text]]:
    if layout.shape != Shape.FIXED:
        return
    if column.pad == "0":
        if field.type not in _NUMBERS or column.align != Align.RIGHT:
            yield "bad_padding", _("Zeros fill up whole numbers and amounts from the left only.")
    elif (
        not _PADDING_THAT_IS_NO_VALUE.fullmatch(column.pad)
        or column.pad == "*"
        and field.type == FieldType.MASK
    ):
        yield "bad_padding", _("What fills up a column must not be able to stand in it.")


def _date_format(field: FileField, column: LayoutColumn) -> Iterator[tuple[str, Text]]:
    if field.type not in _DATED or not column.date_format:
        return
    used = re.findall(r"%(.)", column.date_format)
    allowed = _OF_A_DAY | (_OF_A_TIME | {"z"} if field.type == FieldType.DATETIME else set())
    wanted = _OF_A_DAY | ({"H", "M"} if field.type == FieldType.DATETIME else set())
    if len(used) != len(set(used)) or not wanted <= set(used) <= allowed:
        text = _("A date is written with %(wanted)s, each once, and nothing else behind a percent sign.")
        yield "bad_date_format", text % {"wanted": " ".join(f"%{each}" for each in sorted(allowed))}


def _codes(kind: FileKind, field: FileField, column: LayoutColumn) -> Iterator[tuple[str, Text]]:
    if field.type not in _CODED:
        if column.code_map:
            yield "needless_codes", _("Only codes and yes-or-no columns have a table of codes.")
        return
    if not isinstance(column.code_map, dict):
        yield "bad_codes", _("The table of codes must give one word for each code.")
        return
    words = {
        str(word).lower() if field.type == FieldType.FLAG else str(word) for word in column.code_map.values()
    }
    known = set(_YES_AND_NO) if field.type == FieldType.FLAG else {word for word, _title in field.choices}
    if words - known:
        text = _("The table of codes uses words we do not have: %(words)s.")
        yield "unknown_words", text % {"words": ", ".join(sorted(words - known))}
    if any(not code.strip() or code != code.strip() for code in column.code_map):
        yield "blank_code", _("A code can't be empty or have blanks around it.")
    if kind.direction == Direction.OUT and column.code_map and field.type == FieldType.CODE and known - words:
        text = _("The table of codes has nothing for %(words)s, which we may have to write.")
        yield "missing_words", text % {"words": ", ".join(sorted(known - words))}
