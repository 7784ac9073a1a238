"""Tables that travel as files: who may read one in, who may take one out, and files that run nothing when opened."""

import re
from io import BytesIO
from typing import Any

from django.http import HttpRequest
from import_export.admin import ImportExportModelAdmin
from import_export.formats.base_formats import CSV, TSV, XLSX
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from tablib import Dataset
from unfold.admin import ModelAdmin
from unfold.contrib.import_export.forms import ExportForm, ImportForm

# What a spreadsheet program would run instead of show; a signed number is only a number.
_FORMULA = re.compile(r"[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-](?![0-9.,]*\Z)")
_MARK = "'"


def _shown(cell: Any) -> Any:
    return f"{_MARK}{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def _meant(cell: Any) -> Any:
    is_marked = isinstance(cell, str) and cell.startswith(_MARK) and _FORMULA.match(cell, len(_MARK))
    return cell[len(_MARK) :] if is_marked else cell


def _with_each_cell(dataset: Dataset, change: Any) -> Dataset:
    return Dataset(*(tuple(map(change, row)) for row in dataset), headers=dataset.headers)


class _InertCells:
    """A format whose formulas are marked as text on the way out; the mark is taken off on the way in."""

    def export_data(self, dataset: Dataset, **kwargs: Any) -> Any:
        """Return the file, its formulas marked."""
        return super().export_data(_with_each_cell(dataset, _shown), **kwargs)  # type: ignore[misc]

    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Dataset:
        """Return what the file says, without our marks."""
        return _with_each_cell(super().create_dataset(in_stream, **kwargs), _meant)  # type: ignore[misc]


class InertCSV(_InertCells, CSV):  # type: ignore[misc]
    """Values separated by commas."""


class InertTSV(_InertCells, TSV):  # type: ignore[misc]
    """Values separated by tabs."""


class MarkedCSV(InertCSV):
    """Values separated by commas, with the mark by which spreadsheet programs know UTF-8."""

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        """Return the file."""
        text: str = super().export_data(dataset, **kwargs)
        return text.encode("utf-8-sig")


class InertXLSX(_InertCells, XLSX):  # type: ignore[misc]
    """A workbook of one sheet, its head kept in sight; written row by row, as a whole one fills the memory."""

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        """Return the file, its formulas marked."""
        book, file = Workbook(write_only=True), BytesIO()
        sheet = book.create_sheet()
        sheet.freeze_panes = "A2"
        for place, header in enumerate(dataset.headers, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = max(16, 2 * len(header))
        sheet.append(dataset.headers)
        for row in dataset:
            sheet.append([_printable(_shown(cell)) for cell in row])
        book.save(file)
        return file.getvalue()


def _printable(cell: Any) -> Any:
    return ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", cell) if isinstance(cell, str) else cell


class SpreadsheetAdmin(ImportExportModelAdmin, ModelAdmin):  # type: ignore[misc]
    """A table that can be read in from a file and taken out as one, by those who may do the same by hand.

    The library lets every member of staff do both unless it is told otherwise.
    """

    import_form_class = ImportForm
    export_form_class = ExportForm
    # Others bring nothing that staff need, and a YAML file of a few lines can fill the memory.
    formats = (InertCSV, InertTSV)

    def has_import_permission(self, request: HttpRequest) -> bool:
        """A file may add rows and change them."""
        return bool(self.has_add_permission(request) and self.has_change_permission(request))

    def has_export_permission(self, request: HttpRequest) -> bool:
        """A file tells what the list tells."""
        return bool(self.has_view_permission(request))
