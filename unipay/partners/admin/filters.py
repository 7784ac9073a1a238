"""What the lists of partners and keys can be narrowed by beside their columns: what operations watch."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from unipay import clock
from unipay.partners import watch


class PartnerConditionFilter(admin.SimpleListFilter):
    """The partners that somebody should know of."""

    title = _("condition")
    parameter_name = "condition"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return what can be the matter with a partner."""
        return [("closed", _("takes no new business now")), ("keyless", _("has no live key"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the partners in that condition."""
        conditions = {"closed": watch.closed_partners, "keyless": watch.keyless_partners}
        chosen = conditions.get(self.value() or "")
        return chosen(queryset, now=clock.now()) if chosen else queryset


class EndingKeyFilter(admin.SimpleListFilter):
    """The keys that need a successor soon."""

    title = _("condition")
    parameter_name = "condition"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the one condition."""
        return [("ending", _("ends within 30 days, no successor"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the keys."""
        return watch.ending_keys(queryset, now=clock.now()) if self.value() == "ending" else queryset


class AgedKeyFilter(admin.SimpleListFilter):
    """Our pairs that should be rotated."""

    title = _("condition")
    parameter_name = "condition"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the one condition."""
        return [("aged", _("due to be rotated"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the pairs."""
        return watch.aged_own_keys(queryset, now=clock.now()) if self.value() == "aged" else queryset
