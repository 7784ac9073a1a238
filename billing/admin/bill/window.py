"""Bills to look at: what is owed, what was paid of it, and how often banks were asked."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.admin.bill import page
from billing.admin.columns import (
    BILL_COLOURS,
    HomeFilter,
    agreement_number,
    amount,
    number_and_agreement,
    our_number,
    province_title,
    right,
)
from billing.admin.sheet import Sheet
from billing.admin.window import MoneyWindow
from billing.models import Bill
from unipay import clock, msisdn
from unipay.backoffice.admin import state_badge
from unipay.money import format_money


@admin.register(Bill)
class BillAdmin(MoneyWindow):
    """The list of bills, and the page of one."""

    empty_text = _(
        "No bill has come yet. Provinces send them over the API or in files of kind province_bills."
    )
    province_field = "province"
    list_display = (
        "bill_no",
        "state_badge",
        "owed_for",
        province_title,
        "month",
        "due_date",
        amount("amount_fen", description=pgettext_lazy("bill", "amount")),
        "open_amount",
    )
    list_display_links = ("bill_no",)
    list_filter = ("state", "kind", ("province", HomeFilter))
    list_select_related = ("province",)
    search_by = (
        ("msisdn", msisdn.normalise),
        ("bill_no", our_number),
        ("agreement_no", agreement_number),
    )
    search_help_text = _("Whole mobile number, bill number or agreement number")
    reveals = revealed_in_files = ("msisdn",)
    state_badge = state_badge(BILL_COLOURS)

    def sheet(self, request: HttpRequest, row: Any) -> Sheet:
        """Return the bill, what paid it, and who was asked for it."""
        return page.sheet(row, request.user, clock.business_date(clock.now()))

    @admin.display(description=_("number or agreement"))
    def owed_for(self, bill: Bill) -> SafeString | str:
        """Return the number, masked, with the agreement of a corporate bill below it."""
        return number_and_agreement(bill)

    @admin.display(description=_("billing month"))
    def month(self, bill: Bill) -> str:
        """Return the month it is for."""
        return f"{bill.billing_month:%Y-%m}"

    @admin.display(description=pgettext_lazy("bill", "still open"))
    def open_amount(self, bill: Bill) -> SafeString:
        """Return what is still to be paid."""
        return right(format_money(bill.open_fen))
