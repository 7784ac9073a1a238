"""What the lists of messages can be narrowed by beside their columns."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from unipay import clock
from unipay.errors import CATALOGUE
from unipay.messaging.ladder import FAILURES_BEFORE_REST
from unipay.messaging.slowness import slow_partners
from unipay.partners.operations import operation_title

TO_SIGN = "signings.create"
ANY_REASON = "any"


class RefusalFilter(admin.SimpleListFilter):
    """Refused requests, all of them or those of one reason."""

    title = _("reason of the refusal")
    parameter_name = "refused"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return any reason, and the one that is asked for."""
        asked_for = CATALOGUE.get(self.value() or "")
        return [(ANY_REASON, _("any reason")), *([(asked_for.code, asked_for.title)] if asked_for else [])]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what was refused."""
        if self.value() is None:
            return queryset
        refused = queryset.filter(status__gte=400)
        return refused if self.value() == ANY_REASON else refused.filter(answer__code=self.value())


class ToSignFilter(admin.SimpleListFilter):
    """Requests to sign: what an index holds together."""

    title = _("what was asked")
    parameter_name = "asked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the one operation."""
        return [(TO_SIGN, operation_title(TO_SIGN))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the requests to sign."""
        return queryset.filter(operation=TO_SIGN) if self.value() == TO_SIGN else queryset


class LineConditionFilter(admin.SimpleListFilter):
    """The lines that trouble somebody."""

    title = _("condition")
    parameter_name = "condition"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return what can be wrong with a line."""
        return [("failing", _("cannot be reached")), ("slow", _("slow"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the lines in that condition."""
        if self.value() == "failing":
            return queryset.filter(failures__gte=FAILURES_BEFORE_REST)
        if self.value() == "slow":
            slow = slow_partners(now=clock.now())
            return queryset.filter(partner__in=[each.partner_id for each in slow])
        return queryset
