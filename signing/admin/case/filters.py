"""What the queue of cases is narrowed by, and its tabs, which are the narrowings people use all day."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from signing.states import ABOUT_MONEY, UNDECIDED, CaseState
from unipay import clock
from unipay.backoffice.bounded import bounded_counts
from unipay.backoffice.paging import MOST_ROWS
from unipay.errors import Text

_ALL = "ALL"
_UNDECIDED = "UNDECIDED"


class CaseStateFilter(admin.SimpleListFilter):
    """What people still have to decide, unless other states are asked for or something is searched."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the states, and two groups of them."""
        return [(_UNDECIDED, _("not decided yet")), *CaseState.choices, (_ALL, _("all"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Offer the states; what is not decided is chosen where nothing was."""
        chosen = self.value() or ("" if changelist.query else _UNDECIDED)
        for state, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: state})
            yield {"selected": state == chosen, "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the cases of the state; a search or a number looks at all of them."""
        if self.value() in CaseState.values:
            return queryset.filter(state=self.value())
        is_narrow = request.GET.get("q") or request.GET.get("number")
        if self.value() == _ALL or (is_narrow and self.value() != _UNDECIDED):
            return queryset
        return queryset.filter(state__in=UNDECIDED)


class OwnerFilter(admin.SimpleListFilter):
    """Whose cases."""

    title = _("owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the person, and nobody."""
        return [("me", _("mine")), ("nobody", _("nobody's"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the cases of the owner."""
        if self.value() == "me":
            return queryset.filter(owner=request.user.pk)
        return queryset.filter(owner=None) if self.value() == "nobody" else queryset


class DueFilter(admin.SimpleListFilter):
    """What is late."""

    title = _("due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the one choice there is."""
        return [("overdue", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the open cases that are late."""
        if self.value() != "overdue":
            return queryset
        return queryset.filter(state=CaseState.OPEN, due_at__lt=clock.now())


class AboutFilter(admin.SimpleListFilter):
    """Cases about money, or about contracts."""

    title = _("about")
    parameter_name = "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return both."""
        return [("money", _("money")), ("contracts", _("contracts"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the cases."""
        if self.value() == "money":
            return queryset.filter(reason__in=ABOUT_MONEY)
        return queryset.exclude(reason__in=ABOUT_MONEY) if self.value() == "contracts" else queryset


@dataclass(frozen=True)
class Tab:
    """One tab: its title, the address of its list, how many cases it has, and whether it is the one shown."""

    title: Text
    query: str
    count: str
    is_chosen: bool
    is_alarming: bool = False


def tabs(request: HttpRequest, cases: QuerySet[Any]) -> list[Tab]:
    """Return the tabs of this person; all of them are counted in one query, as far as anybody could leaf."""
    undecided = cases.filter(state__in=UNDECIDED)
    late = undecided.filter(state=CaseState.OPEN, due_at__lt=clock.now())
    kinds: tuple[tuple[Text, str, QuerySet[Any] | None], ...] = (
        (_("My cases"), "owner=me", undecided.filter(owner=request.user.pk)),
        (_("Team queue"), "", undecided),
        (_("Nobody's"), "owner=nobody", undecided.filter(owner=None)),
        (_("Overdue"), "due=overdue", late),
        (_("About money"), "about=money", undecided.filter(reason__in=ABOUT_MONEY)),
        (_("Waiting for a checker"), "state=PROPOSED", cases.filter(state=CaseState.PROPOSED)),
        (_("Waiting for partners"), "state=DECIDED", cases.filter(state=CaseState.DECIDED)),
        (_("Closed"), "state=CLOSED", None),
    )
    counted = bounded_counts(
        **{f"n{place}": rows for place, (_t, _q, rows) in enumerate(kinds) if rows is not None}
    )
    shown = {name: value for name, value in request.GET.items() if name not in ("p", "_changelist_filters")}
    return [
        Tab(
            title=title,
            query=f"?{query}",
            count=_written(counted.get(f"n{place}")),
            is_chosen=shown == dict([query.split("=")] if query else []),
            is_alarming=query == "due=overdue" and bool(counted.get(f"n{place}")),
        )
        for place, (title, query, _rows) in enumerate(kinds)
    ]


def _written(count: int | None) -> str:
    if count is None:
        return ""
    return f"{MOST_ROWS - 1}+" if count >= MOST_ROWS else str(count)
