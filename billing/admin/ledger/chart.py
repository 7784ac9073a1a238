"""The chart of accounts as a table: each line with the balances of its accounts, summed over their shards."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from unfold.admin import ModelAdmin

from billing.admin.columns import right
from billing.admin.sheet import Sheet, Table, link, money
from billing.models import ChartLine, LedgerAccount
from billing.states import NormalSide
from unipay.backoffice.admin import HistoryMixin
from unipay.backoffice.admin.narrowing import within_provinces
from unipay.backoffice.subscriber import Cell
from unipay.money import format_money
from unipay.partners.models import Partner


@admin.register(ChartLine)
class ChartLineAdmin(HistoryMixin, ModelAdmin):  # type: ignore[misc]
    """The lines of the chart with what stands on them; a title may be changed, a role never."""

    fields = ("role", "code", "title", "title_en", "side", "per", "shards")
    readonly_fields = ("role", "side", "per")
    list_display = ("code", "name", "side", "per", "balance", "accounts")
    list_display_links = ("code", "name")
    ordering = ("code",)
    sortable_by = ()
    change_form_template = "billing/chart_line.html"

    class Media:
        """The looks of money."""

        css = {"all": ("backoffice/sheet.css",)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The roles are the flows' own."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The roles are the flows' own."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChartLine]:
        """Add up the balances of the accounts that the person may see, once for all lines."""
        lines: QuerySet[ChartLine] = super().get_queryset(request)
        own = LedgerAccount.objects.filter(role=OuterRef("role")).order_by().values("role")
        seen = within_provinces(own, request.user, "partner")
        owners = Count(Coalesce("partner_id", 0), distinct=True)
        return lines.annotate(
            balance_fen=Subquery(seen.annotate(all=Sum("balance_fen")).values("all")),
            account_count=Subquery(seen.annotate(all=owners).values("all")),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the line's accounts below it."""
        line: ChartLine | None = self.get_object(request, object_id)
        if line is not None:
            table = accounts_of(line, request.user)
            extra_context = {"sheet": Sheet(line.name, tables=(table,)), **(extra_context or {})}
        shown: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        return shown

    @admin.display(description=pgettext_lazy("account", "title"))
    def name(self, line: ChartLine) -> str:
        """Return the title in the language of the moment."""
        return line.name

    @admin.display(description=gettext_lazy("balance"))
    def balance(self, line: Any) -> SafeString:
        """Return what stands on its accounts, positive on the normal side."""
        return right(format_money(on_normal_side(line.side, line.balance_fen or 0)))

    @admin.display(description=gettext_lazy("ledger accounts"))
    def accounts(self, line: Any) -> SafeString:
        """Return how many partners have one."""
        return right(f"{line.account_count or 0:,}")


def on_normal_side(side: str, balance_fen: int) -> int:
    """Return a balance as people read it: positive where it stands on the side it should."""
    return balance_fen if side == NormalSide.DEBIT else -balance_fen


def accounts_of(line: ChartLine, person: Any) -> Table:
    """Return a table of those of the line's accounts that the person may see, each summed over its shards."""
    accounts = within_provinces(LedgerAccount.objects.filter(role=line.role), person, "partner")
    rows = accounts.values("partner_id").annotate(balance=Sum("balance_fen")).order_by("partner__code")
    found = list(rows)
    partners = Partner.objects.in_bulk([row["partner_id"] for row in found if row["partner_id"]])
    first = {each.partner_id: each for each in accounts.filter(shard=0)}
    return Table(
        _("accounts of this line"),
        (_("partner"), pgettext("partner", "code"), _("balance")),
        [
            [
                link(
                    first.get(row["partner_id"]),
                    person,
                    partners[row["partner_id"]].title if row["partner_id"] else _("the centre"),
                ),
                Cell(partners[row["partner_id"]].code if row["partner_id"] else ""),
                money(on_normal_side(line.side, row["balance"])),
            ]
            for row in found
        ],
        _("No money has moved here yet: accounts are opened by the first entry that needs them."),
        right=frozenset({2}),
    )
