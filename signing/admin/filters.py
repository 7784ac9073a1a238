"""What the lists of signing can be narrowed by beside their columns, which the figures of the overview lead to."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from signing.states import BANK_CHANNELS, FORMAL, NEVER_FORMAL, Channel, ContractState


class ConsentFilter(admin.SimpleListFilter):
    """Sessions whose subscriber went on to a bank, or did not."""

    title = _("consent")
    parameter_name = "consented"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return yes and no."""
        return [("yes", _("went on to a bank")), ("no", _("did not"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the sessions."""
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(consented_at__isnull=self.value() == "no")


class JournalChannelFilter(admin.SimpleListFilter):
    """Journal lines by the channel of their contract."""

    title = _("channel")
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the channels."""
        return list(Channel.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the lines of the channel."""
        return queryset.filter(contract__channel=self.value()) if self.value() else queryset


class AskedByFilter(admin.SimpleListFilter):
    """Contracts by who began: a bank, through any of its channels."""

    title = _("asked for by")
    parameter_name = "began"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the one choice that takes channels together."""
        return [("bank", _("a bank, over any of its channels"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the contracts."""
        return queryset.filter(channel__in=BANK_CHANNELS) if self.value() == "bank" else queryset


class OutcomeFilter(admin.SimpleListFilter):
    """Contracts by what became of them: formal now, or why they ended."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the outcomes."""
        never = [(str(reason), reason.label) for reason in NEVER_FORMAL]
        return [("formal", _("formal now")), *never, ("ended", _("ended for another reason"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the contracts."""
        if self.value() == "formal":
            return queryset.filter(state__in=FORMAL)
        ended = queryset.filter(state=ContractState.TERMINATED)
        if self.value() == "ended":
            return ended.exclude(end_reason__in=NEVER_FORMAL)
        return ended.filter(end_reason=self.value()) if self.value() in NEVER_FORMAL else queryset
