"""The columns of a list as a file has them: the same titles and values, as text that no colour or link needs."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.utils import label_for_field, lookup_field
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from import_export.resources import Resource

from unipay import msisdn
from unipay.backoffice.admin.display import masked_number
from unipay.backoffice.disclosure import field_title, field_value

_BREAK = re.compile(r"<br\s*/?>")


@dataclass(frozen=True)
class Column:
    """One column of the file."""

    title: str
    read: Callable[[Any], str]


class ListResource(Resource):  # type: ignore[misc]
    """A list as import-export takes it out: its own columns, whatever they are made of."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = columns

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        """Return the titles."""
        return [column.title for column in self.columns]

    def export_resource(self, instance: Any, selected_fields: Any = None, **kwargs: Any) -> list[str]:
        """Return one row."""
        return [column.read(instance) for column in self.columns]


def listed(model_admin: Any, request: HttpRequest) -> list[Column]:
    """Return what the list shows, masked as it is there."""
    return [_listed(model_admin, name) for name in model_admin.get_list_display(request)]


def unmasked(model_admin: Any) -> list[Column]:
    """Return what the list masks, unmasked."""
    label = model_admin.opts.label_lower
    return [_unmasked(label, path) for path in model_admin.revealed_in_files]


def _listed(model_admin: Any, name: Any) -> Column:
    title = capfirst(str(label_for_field(name, model_admin.model, model_admin)))
    labels = _labels(model_admin.model, name)
    if name is masked_number:  # without the way to its page, which costs a seal for each row
        return Column(title, lambda row: msisdn.mask(row.msisdn) if row.msisdn else "")
    if labels:
        return Column(title, lambda row: labels.get(getattr(row, name), getattr(row, name)))
    return Column(title, lambda row: _text(lookup_field(name, row, model_admin)[-1]))


def _labels(model: Any, name: Any) -> dict[Any, str]:
    """Return what a field's values are called, asked once for the file: translating each again takes half the time."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    choices = fields[name].flatchoices if isinstance(name, str) and name in fields else ()
    return {value: str(label) for value, label in choices}


def _unmasked(label: str, path: str) -> Column:
    title = _("%(field)s, unmasked") % {"field": capfirst(field_title(label, path))}
    return Column(title, lambda row: field_value(row, path))


def _text(value: Any) -> str:
    if isinstance(value, tuple):  # a badge: what it stands for, and what it says
        value = value[1]
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, SafeString):
        return strip_tags(_BREAK.sub(" / ", value)).strip()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
