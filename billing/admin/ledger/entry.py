"""Journal entries to look at: the two sides of each, and the business row it is about."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from billing.about import named, page_about, province_about
from billing.admin.columns import amount
from billing.admin.recharge.filters import DayFilter
from billing.admin.sheet import NOTHING, Note, Sheet, Table, day, link, moment, money
from billing.admin.window import MoneyWindow
from billing.models import ChartLine, JournalEntry, LedgerAccount
from unipay.backoffice.provinces import visible_provinces
from unipay.backoffice.subscriber import Cell


def _entry_number(term: str) -> str:
    digits = term.upper().removeprefix("E-")
    if not digits.isdecimal() or len(digits) > 18:
        raise ValueError("not the number of an entry")
    return digits


def _subject(term: str) -> str:
    if ":" not in term:
        raise ValueError("not what an entry is about")
    return term


@admin.register(JournalEntry)
class JournalEntryAdmin(MoneyWindow):
    """The list of entries, and the page of one with its lines."""

    empty_text = gettext_lazy("No money has moved yet: every movement is entered here by itself.")
    list_display = (
        "__str__",
        "kind",
        "about",
        "business_date",
        "posted_at",
        amount("amount_fen", description=pgettext_lazy("ledger", "amount")),
    )
    list_display_links = ("__str__",)
    list_filter = (DayFilter,)
    search_by = (("pk", _entry_number), ("subject", _subject))
    search_help_text = gettext_lazy("Entry number (E-…), or what it is about (recharge:…)")

    def get_queryset(self, request: HttpRequest) -> QuerySet[JournalEntry]:
        """Leave out what is about recharges and debits of other provinces than the person's."""
        rows: QuerySet[JournalEntry] = super().get_queryset(request)
        visible = visible_provinces(request.user)
        if visible is None:
            return rows
        return rows.annotate(home=province_about("subject")).filter(home__in=sorted(visible))

    def sheet(self, request: HttpRequest, row: Any) -> Sheet:
        """Return the entry with both sides."""
        opposite = JournalEntry.objects.filter(reverses=row).first()
        notes = (
            [Note(_("It was undone by an opposite entry; nothing in it was changed."), "undo")]
            if opposite
            else []
        )
        return Sheet(
            name=row.get_kind_display(),
            aside=str(row),
            notes=notes,
            facts=[
                (pgettext("ledger", "amount"), money(row.amount_fen)),
                (
                    pgettext("ledger", "about"),
                    Cell(named(row.subject) or NOTHING, address=page_about(row.subject, request.user)),
                ),
                (_("business date"), Cell(day(row.business_date))),
                (pgettext("time", "posted"), Cell(moment(row.posted_at))),
                (_("reverses"), link(row.reverses, request.user)),
                (_("reversed by"), link(opposite, request.user)),
                (_("remark"), Cell(row.remark or NOTHING)),
            ],
            tables=(_lines(row, request.user),),
        )

    @admin.display(description=pgettext_lazy("ledger", "about"))
    def about(self, entry: JournalEntry) -> str:
        """Return the business row it is about."""
        return named(entry.subject) or NOTHING


def _lines(entry: JournalEntry, person: Any) -> Table:
    names = {line.role: str(line) for line in ChartLine.objects.all()}
    found = entry.lines.select_related("account__partner").order_by("position")[:50]
    return Table(
        _("both sides"),
        (_("account"), _("partner"), pgettext("ledger", "debit"), pgettext("ledger", "credit")),
        [
            [
                _account(each.account, names, person),
                Cell(each.account.partner.title if each.account.partner else _("the centre")),
                money(each.amount_fen if each.amount_fen > 0 else None),
                money(-each.amount_fen if each.amount_fen < 0 else None),
            ]
            for each in found
        ],
        "",
        right=frozenset({2, 3}),
    )


def _account(account: LedgerAccount, names: Mapping[str, str], person: Any) -> Cell:
    """Name the account; those of banks are nobody's who is posted to provinces."""
    name = names.get(account.role, account.role)
    visible = visible_provinces(person)
    is_seen = visible is None or account.partner_id in visible
    return link(account, person, name) if is_seen else Cell(name)
