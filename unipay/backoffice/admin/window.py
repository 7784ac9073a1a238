"""A window, not a back door: facts can be looked at, listed fast and followed through their history."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.views import ChangeList

from unipay.backoffice.admin.export import ListExportMixin
from unipay.backoffice.admin.narrowing import NumberFilter, ProvinceBoundMixin
from unipay.backoffice.history import entries
from unipay.backoffice.models import REVEAL
from unipay.backoffice.paging import BoundedPaginator, ImpatientQuery, patience

Reader = Callable[[str], Any]


class FixedOrderChangeList(ChangeList):  # type: ignore[misc]
    """A list in its own order, whatever the address asks for: any other would sort the whole table."""

    def get_ordering_field(self, field_name: str) -> None:
        """No column can be sorted by."""


def _asked_by(offered: Any) -> str:
    """The word by which one filter of a list is asked for in its address."""
    if isinstance(offered, str):
        return offered
    word: str = offered[0] if isinstance(offered, list | tuple) else offered.parameter_name
    return word


class FastListMixin:
    """A list that stays fast on a hundred million rows: newest first, never counted, searched by whole values.

    `search_by` pairs an indexed field with a function that reads what was typed into its value, or raises ValueError;
    the first that can read it is the one that is searched.
    """

    search_by: Sequence[tuple[str, Reader]] = ()
    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    list_disable_select_all = True
    ordering: Sequence[str] = ("-id",)
    sortable_by: Sequence[str] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list in fixed order."""
        return FixedOrderChangeList

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        """Return the searched fields, so that the search box appears."""
        return [field for field, _reader in self.search_by]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the list offers as a filter may stand in its address: other fields could be guessed by letters."""
        offered = {_asked_by(each) for each in self.get_list_filter(request)}  # type: ignore[attr-defined]
        allowed: bool = super().lookup_allowed(lookup, value, request)  # type: ignore[misc]
        return allowed and lookup.partition("__")[0] in offered

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return the rows whose field equals the term: one look-up in one index."""
        term = search_term.strip()
        if not term:
            return queryset, False
        for field, read in self.search_by:
            try:
                return queryset.filter(**{field: read(term)}), False
            except ValueError:
                continue
        return queryset.none(), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Draw the list within the patience of whoever waits for it, or say that it must be narrowed."""
        view = super().changelist_view  # type: ignore[misc]
        if request.method != "GET":
            answered: HttpResponse = view(request, extra_context)
            return answered
        try:
            with patience():
                response: HttpResponse = view(request, extra_context)
                return response.render() if isinstance(response, TemplateResponse) else response
        except ImpatientQuery:
            if not request.GET:
                raise
            messages.warning(
                request, _("That took too long: search for a whole number, or choose fewer filters.")
            )
            return HttpResponseRedirect(request.path)


class HistoryMixin:
    """The history page shows what the database noted of each change, not only what was done in the admin."""

    object_history_template = "backoffice/history.html"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the row's events to whoever may see the row."""
        model_admin: Any = self
        row: Model | None = model_admin.get_object(request, unquote(object_id))
        if row is None:
            missing: HttpResponse = model_admin._get_obj_does_not_exist_redirect(
                request, model_admin.opts, object_id
            )
            return missing
        if not model_admin.has_view_or_change_permission(request, row):
            raise PermissionDenied
        context = {
            **model_admin.admin_site.each_context(request),
            "title": _("History of %(row)s") % {"row": row},
            "subtitle": None,
            "opts": model_admin.opts,
            "object": row,
            "entries": entries(row),
            **(extra_context or {}),
        }
        request.current_app = model_admin.admin_site.name
        return TemplateResponse(request, self.object_history_template, context)


class WindowAdmin(
    ProvinceBoundMixin,
    ListExportMixin,
    HistoryMixin,
    FastListMixin,
    ModelAdmin,  # type: ignore[misc]
):
    """Facts to look at: nothing is added, changed or deleted; what can be done is done by actions."""

    list_fullwidth = True

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        """Add the number as a filter that appears when it is asked for: its address does not show the number."""
        offered: Sequence[Any] = super().get_list_filter(request)
        return [*offered, NumberFilter] if NumberFilter.field_of(self) else offered

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds a fact by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes a fact by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody deletes a fact."""
        return False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Whether actions may be run: the model's change right, which the form itself never uses."""
        allowed: bool = request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")
        return allowed

    def has_reveal_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether personal data may be seen unmasked, of facts that may be seen at all."""
        return bool(request.user.has_perm(REVEAL) and self.has_view_permission(request, obj))


class WindowInline(TabularInline):  # type: ignore[misc]
    """Facts that belong to the row above, to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody adds a fact by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes a fact by hand."""
        return False
