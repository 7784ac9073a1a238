"""Where in a layout something is wrong, as people find it on the page."""

from collections.abc import Sequence

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from unipay.exchange.admin.fields import column_title
from unipay.exchange.models import FileLayout, LayoutColumn, Section


def place_of(layout: FileLayout, columns: Sequence[LayoutColumn], field: str) -> str:
    """Return the title of a layout's field, or which column of which section ("columns.DETAIL.3") is meant."""
    _word, _dot, column = field.partition("columns.")
    if column:
        section, _dot, position = column.partition(".")
        return _column(layout, columns, section, position)
    try:
        title: object = getattr(FileLayout._meta.get_field(field), "verbose_name", field)
    except FieldDoesNotExist:
        title = field
    return capfirst(str(title))


def _column(layout: FileLayout, columns: Sequence[LayoutColumn], section: str, position: str) -> str:
    known = next(
        (each for each in columns if (each.section, str(each.position)) == (section, position)), None
    )
    name = column_title(layout.kind, known.field) if known and known.field else "—"
    words = {"section": capfirst(str(Section(section).label)), "position": position, "name": name}
    return _("%(section)s, column %(position)s (%(name)s)") % words
