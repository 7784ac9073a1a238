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


class OutcomeFilter(admin.SimpleListFilter):
    """Contracts by what became of them: formal at some time, or why they ended without."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the outcomes."""
        return [("formal", _("became formal")), *EndReason.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the contracts."""
        signing = SigningTransaction.objects.filter(contract=OuterRef("pk"), kind=TransactionKind.SIGNED)
        # Looked up row by row: PostgreSQL might answer EXISTS by reading the journal.
        told = queryset.alias(signing=Subquery(signing.values("pk")[:1]))
        was_formal = Q(state=ContractState.TERMINATED, signing__isnull=False)
        if self.value() == "formal":
            return told.filter(Q(state__in=FORMAL) | was_formal)
        if self.value() in EndReason.values:
            return told.filter(state=ContractState.TERMINATED, signing=None, end_reason=self.value())
        return queryset
