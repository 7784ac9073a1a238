"""Every night's trial balance: green when all agrees, red with what does not; a fortnight at a glance above them."""

from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from unfold.decorators import display

from billing import trial_faults
from billing.admin.columns import amount, count
from billing.admin.sheet import Note, Sheet, Table, day, moment, money
from billing.admin.window import MoneyWindow
from billing.models import TrialBalance
from unipay import clock
from unipay.backoffice.subscriber import Cell

FORTNIGHT = 14


@admin.register(TrialBalance)
class TrialBalanceAdmin(MoneyWindow):
    """The list of nights, and the page of one with its faults in words."""

    empty_text = gettext_lazy(
        "No trial balance was taken yet: one is taken every night, shortly after midnight."
    )
    list_display = (
        "business_date",
        "verdict",
        amount("debit_fen", description=pgettext_lazy("ledger", "debits")),
        amount("credit_fen", description=gettext_lazy("credits")),
        count("account_count", description=pgettext_lazy("ledger", "accounts")),
        "taken_at",
    )
    list_display_links = ("business_date",)
    ordering = ("-business_date", "-id")
    list_before_template = "billing/trial_above.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the fortnight above the list."""
        today = clock.business_date(clock.now())
        context = {"nights": nights(today), **(extra_context or {})}
        shown: HttpResponse = super().changelist_view(request, context)
        return shown

    def sheet(self, request: HttpRequest, row: Any) -> Sheet:
        """Return the night with what does not agree."""
        return Sheet(
            name=_("Trial balance of %(day)s") % {"day": day(row.business_date)},
            badge=_("even") if row.is_even else _("uneven"),
            colour="success" if row.is_even else "danger",
            sentence=_("Every account agrees with its lines, and every sum with the business rows behind it.")
            if row.is_even
            else _("Nothing is put right by itself: find the cause, and correct it by an opposite entry."),
            notes=[Note(trial_faults.in_words(each), "error", "bad") for each in row.faults[:5]],
            facts=[
                (pgettext("ledger", "debits"), money(row.debit_fen)),
                (_("credits"), money(row.credit_fen)),
                (pgettext("ledger", "accounts"), Cell(f"{row.account_count:,}")),
                (_("taken at"), Cell(moment(row.taken_at))),
            ],
            tables=(_faults(row),) if row.faults[5:] else (),
        )

    @display(description=gettext_lazy("verdict"), label={"EVEN": "success", "UNEVEN": "danger"})
    def verdict(self, row: TrialBalance) -> tuple[str, str]:
        """Return whether all agrees."""
        if row.is_even:
            return "EVEN", _("even")
        return "UNEVEN", ngettext("uneven: %(count)d fault", "uneven: %(count)d faults", len(row.faults)) % {
            "count": len(row.faults)
        }


def nights(today: date) -> list[tuple[date, TrialBalance | None]]:
    """Return the last fortnight's days, each with its latest trial balance, oldest first."""
    days = [today - timedelta(days=ago) for ago in range(FORTNIGHT, 0, -1)]
    rows: QuerySet[TrialBalance] = TrialBalance.objects.filter(business_date__range=(days[0], days[-1]))
    latest = {row.business_date: row for row in rows.order_by("id")}
    return [(each, latest.get(each)) for each in days]


def _faults(row: TrialBalance) -> Table:
    found = [[Cell(trial_faults.in_words(each))] for each in row.faults[5:]]
    return Table(_("further faults"), (_("what does not agree"),), found, "")
