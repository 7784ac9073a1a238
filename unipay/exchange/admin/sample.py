"""What a sample says when a layout reads it, ready to be shown: counts, the first lines, faults, and the round trip."""

from collections import Counter
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from unipay.backoffice.admin import yuan
from unipay.backoffice.dashboard_page import Way
from unipay.errors import Text
from unipay.exchange import faults, layout_rules
from unipay.exchange.admin.fields import column_title, field_named
from unipay.exchange.admin.layout_words import place_of
from unipay.exchange.admin.received_page import FaultLine, lines_funnel, reasons_chart, said
from unipay.exchange.kinds import FieldType, FileField
from unipay.exchange.models import FileLayout, Section
from unipay.exchange.preview import Preview, preview


class Shown:
    """One sample, read by one layout."""

    def __init__(self, layout: FileLayout, *, name: str, sample: bytes) -> None:
        columns = list(layout.columns.all())
        self.name = name
        self.kind = layout.kind
        self.layout_faults = [
            (place_of(layout, columns, fault.field), fault.detail)
            for fault in layout_rules.faults(layout, columns)
        ]
        self.read = Preview() if self.layout_faults else preview(layout, columns, sample=sample, name=name)

    @property
    def refusal(self) -> Text:
        """Why the file as a whole could not be read, "" where it could."""
        return self.read.refusal

    @property
    def is_read(self) -> bool:
        """Whether there is anything to show of its lines."""
        return not self.refusal and not self.layout_faults

    @property
    def is_good(self) -> bool:
        """Whether there are lines, and every one was read."""
        return self.is_read and bool(self.read.accepted) and not self.read.faulty

    @cached_property
    def funnel(self) -> Way:
        """Lines, and those that count."""
        return lines_funnel(self.read.line_count, self.read.accepted, self.read.faulty)

    @cached_property
    def reasons(self) -> Any:
        """How often each thing is wrong."""
        counted = Counter(fault.code for fault in self.read.faults).most_common()
        return reasons_chart(counted, ["#faults"] * len(counted))

    @property
    def titles(self) -> list[str]:
        """What the columns of the first lines are called."""
        return [column_title(self.kind, name) for name in self.read.fields]

    @property
    def rows(self) -> list[tuple[int, bool, list[str]]]:
        """The first lines: number, whether faulty, values as people read them."""
        fields = [field_named(self.kind, Section.DETAIL, name) for name in self.read.fields]
        return [
            (row.line_no, row.is_faulty, [_shown(*each) for each in zip(fields, row.values, strict=True)])
            for row in self.read.rows
        ]

    @property
    def faults(self) -> list[FaultLine]:
        """The first faults."""
        return [
            FaultLine(
                fault.line_no, column_title(self.kind, fault.column), faults.title(fault.code), fault.excerpt
            )
            for fault in self.read.faults
        ]

    @property
    def header(self) -> list[tuple[str, Any]]:
        """What the header says, in words."""
        return said(self.kind, self.read.header)

    @property
    def trailer(self) -> list[tuple[str, Any]]:
        """What the trailer says, in words."""
        return said(self.kind, self.read.trailer)


def _shown(field: FileField | None, value: str | None) -> str:
    if value is None or field is None:
        return value or "—"
    if field.type == FieldType.FEN:
        return yuan(int(value))
    if field.type == FieldType.FLAG:
        return str(_("yes") if value.casefold() == "true" else _("no"))
    return str(dict(field.choices).get(value, value))
