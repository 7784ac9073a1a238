"""The three tables of columns on a layout's page: the lines, the header, the trailer."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from unipay.exchange.admin.columns import ColumnForm, ColumnFormSet, writing_of
from unipay.exchange.admin.fields import field_named
from unipay.exchange.models import FileLayout, LayoutColumn, LayoutState, Section, Shape

_IN_WIDTHS = ("width", "align", "pad")


class ColumnInline(TabularInline):  # type: ignore[misc]
    """The columns of one section: dragged into order while the layout is a draft, to look at afterwards."""

    model = LayoutColumn
    section: Section
    extra = 0
    ordering_field = "position"
    hide_ordering_field = True
    hide_title = True
    ordering = ("position",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LayoutColumn]:
        """Return the columns of the section."""
        columns: QuerySet[LayoutColumn] = super().get_queryset(request)
        return columns.filter(section=self.section)

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> Any:
        """Return forms and their set for this section."""
        of_section = {"section": self.section}
        kwargs["form"] = type("SectionForm", (ColumnForm,), of_section)
        kwargs["formset"] = type("SectionFormSet", (ColumnFormSet,), of_section)
        return super().get_formset(request, obj, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Leave widths to fixed ones; what cannot be changed is said in words."""
        widths = _IN_WIDTHS if obj is None or obj.shape == Shape.FIXED else ()
        if self.has_change_permission(request, obj):
            return ("field", "constant", *widths, "writing", "position")
        return ("titled_field", "constant", *widths, "written")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Say in words what cannot be changed."""
        return () if self.has_change_permission(request, obj) else self.get_fields(request, obj)

    @admin.display(description=_("field"))
    def titled_field(self, column: LayoutColumn) -> str:
        """Return what people call the field."""
        field = field_named(column.layout.kind, column.section, column.field)
        return capfirst(str(field.title)) if field else column.field or "—"

    @admin.display(description=_("how it is written"))
    def written(self, column: LayoutColumn) -> str:
        """Return unit, format or codes."""
        return writing_of(column, field_named(column.layout.kind, column.section, column.field)) or "—"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts alone get columns."""
        return _is_draft(obj) and bool(super().has_add_permission(request, obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A layout that was in force once says for ever what it said then."""
        return _is_draft(obj) and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts alone lose columns."""
        return _is_draft(obj) and bool(super().has_delete_permission(request, obj))


class DetailInline(ColumnInline):
    """What each line says."""

    section = Section.DETAIL
    verbose_name_plural = _("columns of a line")


class HeaderInline(ColumnInline):
    """What the first line says about the whole file."""

    section = Section.HEADER
    verbose_name_plural = _("columns of the header")


class TrailerInline(ColumnInline):
    """What the last line says about the whole file."""

    section = Section.TRAILER
    verbose_name_plural = _("columns of the trailer")


def inlines_of(layout: FileLayout) -> list[type[ColumnInline]]:
    """Return the tables the layout has."""
    inlines: list[type[ColumnInline]] = [DetailInline]
    if layout.has_header:
        inlines.append(HeaderInline)
    if layout.has_trailer:
        inlines.append(TrailerInline)
    return inlines


def _is_draft(layout: Any) -> bool:
    return layout is None or layout.state == LayoutState.DRAFT
