"""What a column of a section may hold: the fields of the kind, and what header and trailer say about the whole file."""

from collections.abc import Sequence

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from unipay.errors import Text
from unipay.exchange.kinds import FieldType, FileField, kind_named
from unipay.exchange.models import FileLayout, Section

ABOUT_THE_FILE = (
    FileField("partner_code", _("partner's code"), FieldType.TEXT),
    FileField("business_date", _("business date"), FieldType.DATE),
    FileField("cut_off_at", _("cut-off"), FieldType.DATETIME),
    FileField("file_no", _("file number"), FieldType.TEXT),
    FileField("row_count", _("number of lines"), FieldType.INTEGER),
    FileField("total_fen", _("total"), FieldType.FEN),
)
_YES_AND_NO = (("TRUE", _("yes")), ("FALSE", _("no")))


def fields_of(kind: str, section: str) -> tuple[FileField, ...]:
    """Return the fields that columns of the section may hold; none for a kind that is gone."""
    if section != Section.DETAIL:
        return ABOUT_THE_FILE
    try:
        return kind_named(kind).fields
    except ValueError:
        return ()


def field_named(kind: str, section: str, name: str) -> FileField | None:
    """Return the field, None for a column that has none."""
    return next((each for each in fields_of(kind, section) if each.name == name), None)


def words_of(field: FileField | None) -> Sequence[tuple[str, Text]]:
    """Return the words of ours that a partner's codes may be translated into, with their titles."""
    if field is None:
        return ()
    return _YES_AND_NO if field.type == FieldType.FLAG else field.choices


def column_title(kind: str, name: str) -> str:
    """Return what people call a column that a fault or a preview names; the name itself where nobody knows it."""
    for section in (Section.DETAIL, Section.HEADER):
        field = field_named(kind, section, name)
        if field is not None:
            return capfirst(str(field.title))
    return name


def kind_title(kind: str) -> str:
    """Return what people call the kind of file; its name where nobody registered it."""
    try:
        return capfirst(str(kind_named(kind).title))
    except ValueError:
        return kind


def layout_title(layout: FileLayout) -> str:
    """Return the layout's title; one that only names the kind of file, as ours do, in the reader's language."""
    with translation.override("en"):
        is_the_kind = layout.title == kind_title(layout.kind)
    return kind_title(layout.kind) if is_the_kind else layout.title
