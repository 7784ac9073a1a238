"""A layout as reading and writing use it: its columns by section, with the kind of file they belong to."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, replace

from unipay.exchange.columns import SYSTEM_FIELDS
from unipay.exchange.kinds import FileField, FileKind, kind_named
from unipay.exchange.models import Encoding, FileLayout, LayoutColumn, Section, Shape

CODECS = {Encoding.UTF_8: "utf-8", Encoding.GBK: "gb18030"}


@dataclass(frozen=True)
class LayoutPlan:
    """One layout and its columns in their order; `kind` says what their fields mean."""

    layout: FileLayout
    kind: FileKind
    header: tuple[LayoutColumn, ...]
    detail: tuple[LayoutColumn, ...]
    trailer: tuple[LayoutColumn, ...]

    @property
    def codec(self) -> str:
        """The name Python knows the encoding by."""
        return CODECS[Encoding(self.layout.encoding)]

    @property
    def delimiter(self) -> str:
        """What stands between columns."""
        return self.layout.delimiter.replace("\\t", "\t")

    @property
    def is_fixed(self) -> bool:
        """Tell whether columns are told apart by their width."""
        return self.layout.shape == Shape.FIXED

    @property
    def fields(self) -> tuple[FileField, ...]:
        """The fields its lines carry, in the order of the columns."""
        return tuple(self.kind.field(column.field) for column in self.detail if column.field)

    def columns(self, section: Section) -> tuple[LayoutColumn, ...]:
        """Return the columns of a section."""
        return {Section.HEADER: self.header, Section.DETAIL: self.detail, Section.TRAILER: self.trailer}[
            section
        ]

    def mark(self, section: Section) -> str:
        """Return the mark lines of a section begin with; empty for none."""
        layout = self.layout
        marks = {
            Section.HEADER: layout.header_mark,
            Section.DETAIL: layout.detail_mark,
            Section.TRAILER: layout.trailer_mark,
        }
        return marks[section]

    def field_of(self, column: LayoutColumn) -> FileField:
        """Return what the column's field is, one of the kind's or one of header and trailer; ValueError for none."""
        if column.section != Section.DETAIL and column.field in SYSTEM_FIELDS:
            return SYSTEM_FIELDS[column.field]
        return self.kind.field(column.field)


def stored(field: str) -> str:
    """Return the name of a field's column in `lines`, where `line_no` is the line's own number."""
    return "line_no_told" if field == "line_no" else field


def plan_of(layout: FileLayout, columns: Iterable[LayoutColumn] | None = None) -> LayoutPlan:
    """Return the plan of a layout, with these columns (of a form not saved yet) or its own."""
    ordered = sorted(layout.columns.all() if columns is None else columns, key=lambda column: column.position)

    def of(section: Section) -> tuple[LayoutColumn, ...]:
        return tuple(column for column in ordered if column.section == section)

    return LayoutPlan(
        layout, kind_named(layout.kind), of(Section.HEADER), of(Section.DETAIL), of(Section.TRAILER)
    )


def without_trailer(plan: LayoutPlan) -> LayoutPlan:
    """Return the plan of a file that breaks off before its trailer."""
    bare = copy(plan.layout)
    bare.has_trailer = False
    return replace(plan, layout=bare, trailer=())


def without_frame(plan: LayoutPlan) -> LayoutPlan:
    """Return the plan of the lines alone."""
    bare = copy(plan.layout)
    bare.has_header = bare.has_trailer = False
    return replace(plan, layout=bare, header=(), trailer=())
