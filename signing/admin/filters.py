"""What the lists of signing can be narrowed by beside their columns, which the figures of the overview lead to."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from signing.models import SigningTransaction
from signing.states import BANK_CHANNELS, FORMAL, Channel, ContractState, EndReason, TransactionKind


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


def _signing_of(contract: str) -> Subquery:
    """The journal line by which a contract became formal; asked row by row, as EXISTS might read all the journal."""
    signings = SigningTransaction.objects.filter(contract=OuterRef(contract), kind=TransactionKind.SIGNED)
    return Subquery(signings.values("pk")[:1])


class FormalFilter(admin.SimpleListFilter):
    """Sessions whose contract became formal, or did not."""

    title = _("formal contract")
    parameter_name = "formal"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return yes and no."""
        return [("yes", _("became formal")), ("no", _("did not become formal"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the sessions."""
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.alias(signing=_signing_of("contract")).filter(signing__isnull=self.value() == "no")


class OutcomeFilter(admin.SimpleListFilter):
    """Contracts by what became of them: formal at some time, or why they ended without."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the outcomes."""
        return [("formal", _("became formal")), *EndReason.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the contracts."""
        told = queryset.alias(signing=_signing_of("pk"))
        was_formal = Q(state=ContractState.TERMINATED, signing__isnull=False)
        if self.value() == "formal":
            return told.filter(Q(state__in=FORMAL) | was_formal)
        if self.value() in EndReason.values:
            return told.filter(state=ContractState.TERMINATED, signing=None, end_reason=self.value())
        return queryset
