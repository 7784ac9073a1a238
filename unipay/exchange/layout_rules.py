"""What is wrong with a layout, all of it at once, in words a finance clerk understands. Pure: nothing is asked."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from unipay.errors import Fault, Text
from unipay.exchange import file_names
from unipay.exchange.column_rules import column_faults
from unipay.exchange.kinds import Direction, FieldType, FileKind, all_kinds
from unipay.exchange.models import FileLayout, LayoutColumn, Section, Shape

_FORBIDDEN = ("\n", "\r", "\0", "\x1f")
_NAMES = {
    Section.HEADER: pgettext_lazy("layout", "the header"),
    Section.DETAIL: pgettext_lazy("layout", "the lines"),
    Section.TRAILER: pgettext_lazy("layout", "the trailer"),
}


def faults(layout: FileLayout, columns: Sequence[LayoutColumn]) -> list[Fault]:
    """Return everything that keeps files from being read or written by the layout.

    A fault's field is the layout's own, or "columns.<section>.<position>" for one of a column.
    """
    kind = next((each for each in all_kinds() if each.name == layout.kind), None)
    if kind is None:
        return [Fault("kind", "unknown_kind", _("Nobody knows this kind of file."))]
    ordered = sorted(columns, key=lambda column: (column.section, column.position))
    found = [*_shape(layout), *_marks(layout), *_sections(layout, kind, ordered), *_name(layout, kind)]
    for column in ordered:
        found += column_faults(layout, kind, column)
    return found


def _shape(layout: FileLayout) -> Iterator[Fault]:
    if layout.max_rows < 1:
        yield Fault("max_rows", "too_few", _("At least one line must be allowed."))
    if layout.shape == Shape.FIXED:
        if layout.quote:
            yield Fault("quote", "needless", _("Columns of fixed width have no quotation marks."))
        return
    delimiter = layout.delimiter.replace("\\t", "\t")
    if not delimiter:
        yield Fault("delimiter", "missing", _("Something must stand between the columns."))
    elif any(each in delimiter for each in _FORBIDDEN):
        yield Fault("delimiter", "forbidden", _("The end of a line can't stand between columns."))
    elif delimiter.isalnum() or delimiter.strip() == "" and delimiter.strip(" ") == "":
        yield Fault(
            "delimiter", "ambiguous", _("Letters, digits and blanks stand in columns, not between them.")
        )
    if layout.quote and layout.quote in delimiter:
        yield Fault("quote", "ambiguous", _("The quotation mark must differ from the delimiter."))


def _marks(layout: FileLayout) -> Iterator[Fault]:
    marks = {
        "header_mark": layout.header_mark,
        "detail_mark": layout.detail_mark,
        "trailer_mark": layout.trailer_mark,
    }
    delimiter = layout.delimiter.replace("\\t", "\t")
    for name, mark in marks.items():
        if not mark:
            continue
        if layout.shape == Shape.DELIMITED and delimiter and delimiter in mark or mark != mark.strip():
            yield Fault(name, "ambiguous", _("A mark has no delimiter and no blanks around it."))
        if list(marks.values()).count(mark) > 1:
            yield Fault(name, "repeated", _("Header, lines and trailer need different marks."))


def _sections(layout: FileLayout, kind: FileKind, columns: Iterable[LayoutColumn]) -> Iterator[Fault]:
    by_section = {section: [each for each in columns if each.section == section] for section in Section}
    wanted = {Section.HEADER: layout.has_header, Section.DETAIL: True, Section.TRAILER: layout.has_trailer}
    for section, own in by_section.items():
        if wanted[section] and not own and not (section != Section.DETAIL and _mark_of(layout, section)):
            text = _("There are no columns for %(section)s.")
            yield Fault("columns", "missing_columns", text % {"section": _NAMES[section]})
        if own and not wanted[section]:
            text = _("There are columns for %(section)s, which the layout does not have.")
            yield Fault("columns", "needless_columns", text % {"section": _NAMES[section]})
        yield from _repeated(own)
    yield from _missing_fields(kind, by_section[Section.DETAIL])
    yield from _separators(layout, kind, by_section[Section.DETAIL])


def _mark_of(layout: FileLayout, section: Section) -> str:
    return layout.header_mark if section == Section.HEADER else layout.trailer_mark


def _repeated(columns: list[LayoutColumn]) -> Iterator[Fault]:
    for field, times in Counter(each.field for each in columns if each.field).items():
        if times > 1:
            text = _("“%(field)s” stands in two columns.")
            yield Fault("columns", "repeated_field", text % {"field": field})
    for position, times in Counter(each.position for each in columns).items():
        if times > 1:
            text = _("Two columns have the position %(position)s.")
            yield Fault("columns", "repeated_position", text % {"position": position})


def _missing_fields(kind: FileKind, columns: list[LayoutColumn]) -> Iterator[Fault]:
    carried = {each.field for each in columns}
    for field in kind.fields:
        if field.required and field.name not in carried:
            text = _("A column for “%(field)s” is missing: lines of this kind can't do without it.")
            yield Fault("columns", "missing_field", text % {"field": field.title})


def _separators(layout: FileLayout, kind: FileKind, columns: list[LayoutColumn]) -> Iterator[Fault]:
    lists = {each.name for each in kind.fields if each.type == FieldType.MSISDNS}
    delimiter = layout.delimiter.replace("\\t", "\t")
    for column in columns:
        if column.field in lists and layout.shape == Shape.DELIMITED and column.list_separator in delimiter:
            text = _("What stands between several numbers must differ from what stands between columns.")
            yield Fault(_place(column), "ambiguous", text)


def _place(column: LayoutColumn) -> str:
    return f"columns.{column.section}.{column.position}"


def _name(layout: FileLayout, kind: FileKind) -> Iterator[Fault]:
    pattern = layout.file_name_pattern
    if not pattern:
        return
    facts = {
        "partner": "X",
        "kind": layout.kind,
        "business_date": layout.effective_from,
        "file_no": "F",
        "sequence": 1,
    }
    try:
        name = file_names.write(pattern, **facts)
    except (ValueError, KeyError, AttributeError):
        yield Fault("file_name_pattern", "bad_pattern", _wrong_pattern())
        return
    if not file_names.is_name(name):
        yield Fault("file_name_pattern", "no_name", _("This can't be the name of a file."))
    if kind.direction == Direction.OUT and name == file_names.write(
        pattern, **{**facts, "sequence": 2, "file_no": "G"}
    ):
        text = _("Two files of one day would have the same name: add {sequence} or {file_no}.")
        yield Fault("file_name_pattern", "ambiguous", text)


def _wrong_pattern() -> Text:
    known = ", ".join(f"{{{each}}}" for each in file_names.PLACEHOLDERS)
    return _("A name is made of text and of %(known)s.") % {"known": known}
