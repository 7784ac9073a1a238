"""Lines taken apart one by one, where columns can't do it: every physical line becomes exactly one, with its defect."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from unipay.exchange.layout_plan import LayoutPlan
from unipay.exchange.models import Align, LayoutColumn, Section

LONGEST_LINE = 64 * 1024
SEPARATOR = "\x1f"
_NEVER = str.maketrans({"\x1f": "\ufffd", "\0": "\ufffd", "\r": "\ufffd", "\n": "\ufffd"})


@dataclass(frozen=True)
class SplitLine:
    """The columns of one line, its mark first where the section has one, and what is wrong with the line itself."""

    columns: list[str]
    defect: str = ""


def physical_lines(block: bytes) -> Iterator[bytes | None]:
    """Give each line without its end, None for one longer than LONGEST_LINE."""
    lines = block.split(b"\n")
    if not lines[-1]:
        lines.pop()
    for line in lines:
        yield None if len(line) > LONGEST_LINE + 1 else line.removesuffix(b"\r")


def split(line: bytes | None, plan: LayoutPlan, section: Section = Section.DETAIL) -> SplitLine:
    """Take one line apart as its section is laid out."""
    if line is None:
        return SplitLine([], "line_too_long")
    if not line:
        return SplitLine([], "empty_line")
    try:
        found = (
            _fixed(line, plan, section)
            if plan.is_fixed
            else _delimited(line.decode(plan.codec), plan, section)
        )
    except UnicodeDecodeError:
        return SplitLine([], "bad_encoding")
    cleaned = [column.translate(_NEVER) for column in found.columns]
    if cleaned != found.columns:
        return SplitLine(cleaned, "bad_character")
    return found


def _delimited(text: str, plan: LayoutPlan, section: Section) -> SplitLine:
    quote = plan.layout.quote
    if quote and quote in text:
        columns = _unquoted(text, plan.delimiter, quote)
        if columns is None:
            return SplitLine([], "bad_quotes")
    else:
        columns = text.split(plan.delimiter)
    return SplitLine(columns, _defect(columns, plan, section))


def _unquoted(text: str, delimiter: str, quote: str) -> list[str] | None:
    """Return the columns, or None where quotation marks do not pair."""
    joined = text.replace(delimiter, SEPARATOR) if len(delimiter) > 1 else text
    try:
        (columns,) = csv.reader(
            [joined], delimiter=SEPARATOR if len(delimiter) > 1 else delimiter, quotechar=quote, strict=True
        )
    except (csv.Error, ValueError):
        return None
    return [column.replace(SEPARATOR, delimiter) for column in columns] if len(delimiter) > 1 else columns


def _defect(columns: list[str], plan: LayoutPlan, section: Section) -> str:
    mark = plan.mark(section)
    if mark and columns[0].strip() != mark:
        return "wrong_mark"
    wanted = len(plan.columns(section)) + bool(mark)
    if len(columns) == wanted:
        return ""
    return "too_few_columns" if len(columns) < wanted else "too_many_columns"


def _fixed(line: bytes, plan: LayoutPlan, section: Section) -> SplitLine:
    mark = plan.mark(section).encode(plan.codec)
    if not line.startswith(mark):
        return SplitLine([], "wrong_mark")
    columns, place = [mark.decode(plan.codec)] if mark else [], len(mark)
    for column in plan.columns(section):
        piece = line[place : place + (column.width or 0)]
        columns.append(unpadded(piece.decode(plan.codec), column))
        place += column.width or 0
    rest = line[place:]
    return SplitLine(columns, "wrong_length" if len(line) < place or rest.strip() else "")


def unpadded(text: str, column: LayoutColumn) -> str:
    """Return the text without its padding; zeros stay, as they pad numbers only and mean nothing there."""
    if column.pad not in (" ", "0"):
        text = text.rstrip(column.pad) if column.align == Align.LEFT else text.lstrip(column.pad)
    return text.strip(" ")
