"""Layouts: described as drafts, tried on samples, published for a day on; what was published never changes."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from unipay.backoffice.admin import HistoryMixin, state_badge
from unipay.backoffice.provinces import visible_provinces
from unipay.exchange.admin.choices import partners_for
from unipay.exchange.admin.fields import kind_title, layout_title
from unipay.exchange.admin.filters import KindFilter
from unipay.exchange.admin.layout_columns import inlines_of
from unipay.exchange.admin.layout_doors import LayoutDoors, may_change
from unipay.exchange.admin.layout_forms import LayoutForm, NewLayoutForm
from unipay.exchange.flows import layout_versions
from unipay.exchange.models import FileLayout, LayoutState

STATE_COLOURS = {"DRAFT": "warning", "PUBLISHED": "success", "RETIRED": "primary"}
# A page that cannot be changed has no fields to look at.
_DELIMITED = "typeof shape == 'undefined' || shape == 'DELIMITED'"


@admin.register(FileLayout)
class FileLayoutAdmin(LayoutDoors, HistoryMixin, ModelAdmin):  # type: ignore[misc]
    """The list of layouts, and the page of one with its columns."""

    form = LayoutForm
    list_display = (
        "named",
        "kind_name",
        "partner_name",
        "state_badge",
        "effective_from",
        "shape",
        "encoding",
    )
    list_filter = (KindFilter, "state", "shape")
    list_select_related = ("partner",)
    search_fields = ("code", "title")
    search_help_text = gettext_lazy("Code or title")
    ordering = ("kind", "code", "-version")
    empty_text = gettext_lazy(
        "A layout says how a partner writes its files. Add one, try it on a file the partner sent, and publish it."
    )
    state_badge = state_badge(STATE_COLOURS)
    conditional_fields = {
        "delimiter": _DELIMITED,
        "quote": _DELIMITED,
        "header_mark": "typeof has_header == 'undefined' || has_header == true",
        "trailer_mark": "typeof has_trailer == 'undefined' || has_trailer == true",
    }
    readonly_fields = ("kind_name", "state", "partner_name")
    add_fieldsets = (
        (None, {"fields": ("title", ("kind", "partner"), ("code", "effective_from"))}),
        (
            gettext_lazy("The file"),
            {"fields": (("encoding", "shape"), "delimiter", ("has_header", "has_trailer"))},
        ),
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("title", "state"),
                    ("kind_name", "partner_name"),
                    ("code", "version"),
                    ("effective_from", "remark"),
                )
            },
        ),
        (
            gettext_lazy("The file"),
            {
                "fields": (
                    ("encoding", "shape"),
                    ("delimiter", "quote"),
                    ("has_header", "has_trailer"),
                    ("header_mark", "detail_mark", "trailer_mark"),
                    ("on_fault", "max_rows"),
                    ("file_name_pattern", "line_ending"),
                    ("compression", "cipher"),
                )
            },
        ),
    )

    class Media:
        """The page's looks, and what shows of a column only what its field needs."""

        css = {"all": ("exchange/exchange.css",)}
        js = ("exchange/columns.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[FileLayout]:
        """Leave out other provinces' layouts; our neutral ones are for all."""
        layouts: QuerySet[FileLayout] = super().get_queryset(request)
        visible = visible_provinces(request.user)
        return layouts if visible is None else layouts.filter(Q(partner=None) | Q(partner__in=visible))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A new draft asks for less."""
        if obj is None:
            kwargs["form"] = NewLayoutForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new draft asks for less."""
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Code and version of a draft are given once."""
        return (*self.readonly_fields, "code", "version") if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """The columns, once there is a draft to have them."""
        return list(inlines_of(obj)) if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the partners this person may see."""
        if db_field.name == "partner":
            kwargs["queryset"] = partners_for(request.user)
            # Our neutral layouts are for the whole country, and so are those who change them.
            kwargs["required"] = visible_provinces(request.user) is not None
            kwargs["empty_label"] = _("every partner that has none of its own")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts alone change, and of those one works for."""
        may = _is_draft(obj) and may_change(request, obj)
        return may and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts alone can be thrown away, of those one works for."""
        may = _is_draft(obj) and may_change(request, obj)
        return may and bool(super().has_delete_permission(request, obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing is done to many layouts at once."""
        return {}

    def save_model(self, request: HttpRequest, obj: FileLayout, form: Any, change: bool) -> None:
        """Give a new draft its columns."""
        super().save_model(request, obj, form, change)
        if not change:
            layout_versions.draft_columns(obj)

    def response_add(
        self, request: HttpRequest, obj: FileLayout, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on to the columns."""
        messages.success(
            request,
            _(
                "The draft has a column for each field this kind knows. Put them in the file's order, remove those the"
                " file does not have, then try a sample."
            ),
        )
        return HttpResponseRedirect(reverse("admin:exchange_filelayout_change", args=[obj.pk]))

    @admin.display(description=gettext_lazy("layout"), ordering="code")
    def named(self, layout: FileLayout) -> str:
        """Return title and version."""
        return f"{layout_title(layout)} · {layout}"

    @admin.display(description=gettext_lazy("kind of file"))
    def kind_name(self, layout: FileLayout) -> str:
        """Return what people call the kind."""
        return kind_title(layout.kind)

    @admin.display(description=gettext_lazy("partner"))
    def partner_name(self, layout: FileLayout) -> str:
        """Return whose layout it is."""
        return str(layout.partner.title if layout.partner else _("every partner that has none of its own"))


def _is_draft(layout: Model | None) -> bool:
    return layout is None or (isinstance(layout, FileLayout) and layout.state == LayoutState.DRAFT)
