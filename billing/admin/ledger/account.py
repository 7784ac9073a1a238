"""Ledger accounts to look at: the balance over all shards, and the days that made it."""

from typing import Any

from django.contrib import admin
from django.db.models import Sum
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from billing.admin.columns import PartnerFilter, amount
from billing.admin.ledger.chart import on_normal_side
from billing.admin.sheet import NOTHING, Sheet, Table, day, link, moment, money
from billing.admin.window import MoneyWindow
from billing.models import AccountDay, ChartLine, LedgerAccount, LedgerLine
from unipay.backoffice.admin import partner_title
from unipay.backoffice.subscriber import Cell

MOST_DAYS = 31
MOST_LINES = 30


@admin.register(LedgerAccount)
class LedgerAccountAdmin(MoneyWindow):
    """The list of accounts, shard by shard, and the page of one as a whole."""

    empty_text = gettext_lazy(
        "No money has moved yet: accounts are opened by the first entry that needs them."
    )
    province_field = "partner"
    list_display = (
        "role",
        partner_title("partner", description=gettext_lazy("partner")),
        "shard",
        amount("balance_fen", description=gettext_lazy("balance")),
    )
    list_display_links = ("role",)
    list_filter = ("role", ("partner", PartnerFilter))
    list_select_related = ("partner",)
    ordering = ("role", "partner_id", "shard")

    def sheet(self, request: HttpRequest, row: Any) -> Sheet:
        """Return the account that the shard belongs to: all shards together."""
        shards = LedgerAccount.objects.filter(role=row.role, partner_id=row.partner_id)
        ids = list(shards.values_list("pk", flat=True))
        line = ChartLine.objects.get(role=row.role)
        balance = shards.aggregate(all=Sum("balance_fen"))["all"] or 0
        return Sheet(
            name=line.name,
            aside=line.code,
            facts=[
                (_("partner"), Cell(row.partner.title if row.partner else _("the centre"))),
                (_("balance"), money(on_normal_side(line.side, balance))),
                (_("normal side"), Cell(line.get_side_display())),
                (_("spread over"), Cell(str(len(ids)))),
            ],
            tables=(_days(ids), _lines(ids, request.user)),
        )


def _days(account_ids: list[int]) -> Table:
    sums = (
        AccountDay.objects.filter(account__in=account_ids)
        .values("business_date")
        .annotate(debit=Sum("debit_fen"), credit=Sum("credit_fen"), lines=Sum("line_count"))
        .order_by("-business_date")[:MOST_DAYS]
    )
    return Table(
        _("turnover by day"),
        (
            _("business date"),
            pgettext("ledger", "debit"),
            pgettext("ledger", "credit"),
            pgettext("ledger", "lines"),
        ),
        [
            [
                Cell(day(each["business_date"])),
                money(each["debit"]),
                money(each["credit"]),
                Cell(f"{each['lines']:,}"),
            ]
            for each in sums
        ],
        _("Nothing was posted to it."),
        right=frozenset({1, 2, 3}),
    )


def _lines(account_ids: list[int], person: Any) -> Table:
    found: list[LedgerLine] = []
    for (
        account_id
    ) in account_ids:  # each shard has its own index order; the newest of all are among the newest of each
        lines = LedgerLine.objects.filter(account=account_id).select_related("entry")
        found += lines.order_by("-id")[:MOST_LINES] if len(account_ids) == 1 else lines.order_by("-id")[:4]
    found.sort(key=lambda line: -line.pk)
    return Table(
        _("latest lines"),
        (
            pgettext("ledger", "entry"),
            _("kind"),
            pgettext("ledger", "about"),
            pgettext("time", "posted"),
            pgettext("ledger", "debit"),
            pgettext("ledger", "credit"),
        ),
        [
            [
                link(each.entry, person),
                Cell(each.entry.get_kind_display()),
                Cell(each.entry.subject or NOTHING),
                Cell(moment(each.entry.posted_at)),
                money(each.amount_fen if each.amount_fen > 0 else None),
                money(-each.amount_fen if each.amount_fen < 0 else None),
            ]
            for each in found[:MOST_LINES]
        ],
        _("Nothing was posted to it."),
        right=frozenset({4, 5}),
    )
