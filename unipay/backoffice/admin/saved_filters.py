"""Lists whose filters a person can keep by name and find again as one click."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from unipay.backoffice.models.saved_filter import SavedFilter

MOST_KEPT = 20
_LONGEST_NAME = 40
_LONGEST_QUERY = 400
# What was searched for may be somebody's number, and a page of a list is no filter.
_NOT_KEPT = ("q", "number", "p", "e")


class SavedFiltersMixin:
    """Adds the addresses that keep and forget a filter; the list's template shows `saved_filters`."""

    def get_urls(self) -> list[URLPattern]:
        """Put the two addresses before the list's own."""
        model_admin: Any = self
        view, name = model_admin.admin_site.admin_view, self._address
        return [
            path("filters/keep/", view(self.keep_filter_view), name=f"{name}_keep_filter"),
            path("filters/<int:pk>/forget/", view(self.forget_filter_view), name=f"{name}_forget_filter"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the person's filters above the list."""
        shown = kept_query(request.GET)
        context = {
            "saved_filters": [
                {"pk": each.pk, "name": each.name, "query": each.query, "is_chosen": each.query == shown}
                for each in self._mine(request)
            ],
            "query_to_keep": shown,
            "keep_filter_url": reverse(f"admin:{self._address}_keep_filter"),
            "forget_filter_url": f"admin:{self._address}_forget_filter",
            **(extra_context or {}),
        }
        answered: HttpResponse = super().changelist_view(request, context)  # type: ignore[misc]
        return answered

    def keep_filter_view(self, request: HttpRequest) -> HttpResponse:
        """Keep what the list is narrowed by, under a name."""
        self._require(request)
        name = request.POST.get("name", "").strip()[:_LONGEST_NAME]
        query = kept_query(QueryDict(request.POST.get("query", "")))
        if not name or not query or len(query) > _LONGEST_QUERY:
            messages.error(request, _("Choose a filter first, and give it a name."))
        elif self._mine(request).exclude(name=name).count() >= MOST_KEPT:
            messages.error(request, _("You have 20 filters already: forget one first."))
        else:
            self._mine(request).update_or_create(
                name=name,
                defaults={"query": query},
                create_defaults={"query": query, "person_id": request.user.pk, "page": self._page_name},
            )
            messages.success(request, _("Kept: %(name)s.") % {"name": name})
        return self._to_list(query)

    def forget_filter_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Forget one of the person's own filters."""
        self._require(request)
        self._mine(request).filter(pk=pk).delete()
        return self._to_list("")

    @property
    def _page_name(self) -> str:
        model_admin: Any = self
        return str(model_admin.opts.label_lower)

    @property
    def _address(self) -> str:
        return self._page_name.replace(".", "_")

    def _mine(self, request: HttpRequest) -> Any:
        return SavedFilter.objects.filter(person_id=request.user.pk, page=self._page_name)

    def _require(self, request: HttpRequest) -> None:
        model_admin: Any = self
        if request.method != "POST" or not model_admin.has_view_permission(request):
            raise PermissionDenied

    def _to_list(self, query: str) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse(f'admin:{self._address}_changelist')}{query and f'?{query}'}")


def kept_query(given: QueryDict) -> str:
    """Return the part of a list's address that narrows it, always in the same order."""
    pairs = sorted((name, value) for name, value in given.items() if name not in _NOT_KEPT)
    kept = QueryDict(mutable=True)
    for name, value in pairs:
        kept[name] = str(value)
    return kept.urlencode()
