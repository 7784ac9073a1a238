"""Bills that runs left out, each with its reason: within a run by reason, newest first over all runs."""

from collections.abc import Sequence

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from billing.admin.columns import OfRow, WordFilter, amount
from billing.admin.sheet import NOTHING
from billing.models import DebitExclusion, DebitRun
from billing.states import Exclusion
from unipay import msisdn
from unipay.backoffice.admin import WindowAdmin
from unipay.backoffice.admin.display import masked_number as number_of
from unipay.backoffice.admin.outcomes import link_to


@admin.register(DebitExclusion)
class DebitExclusionAdmin(WindowAdmin):
    """The list of what was left out; there is no page of one: the bill has one."""

    empty_text = _("No run has left out a bill.")
    province_field = "bill__province"
    list_display = ("bill_number", "number", "agreement", "reason", "open_amount", "home", "of_run")
    list_display_links = None
    list_filter = (
        OfRow.by_number(DebitRun, "run_no", name="run", title=_("debit run")),
        WordFilter.of(Exclusion, _("reason"), name="reason"),
    )
    list_select_related = ("bill__province", "run__arrangement__bank")
    search_by = (("bill__msisdn", msisdn.normalise),)
    search_help_text = _("Whole mobile number")
    open_amount = staticmethod(amount("open_fen", description=pgettext_lazy("bill", "still open")))

    class Media:
        """The looks of money."""

        css = {"all": ("backoffice/sheet.css",)}

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """Within a run as its index has them; else the newest first."""
        if "run" not in request.GET:
            return ("-id",)
        return ("id",) if "reason" in request.GET else ("reason", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DebitExclusion]:
        """Fetch the bill along."""
        rows: QuerySet[DebitExclusion] = super().get_queryset(request)
        return rows.select_related(*self.list_select_related)

    @display(description=_("bill number"))
    def bill_number(self, row: DebitExclusion) -> SafeString:
        """Return the bill with the way to it."""
        return format_html(
            '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', link_to(row.bill), row.bill
        )

    @display(description=_("mobile number"))
    def number(self, row: DebitExclusion) -> SafeString | str:
        """Return the number, masked."""
        return number_of(row.bill)

    @display(description=_("agreement number"))
    def agreement(self, row: DebitExclusion) -> str:
        """Return the agreement number of a corporate bill."""
        return row.bill.agreement_no or NOTHING

    @display(description=_("province"))
    def home(self, row: DebitExclusion) -> str:
        """Return the province of the bill."""
        return row.bill.province.title

    @display(description=_("debit run"))
    def of_run(self, row: DebitExclusion) -> SafeString:
        """Return the run with the way to it."""
        return format_html(
            '<a class="text-primary-600 dark:text-primary-500" href="{}">{} {}</a>',
            link_to(row.run),
            row.run.arrangement.bank.title,
            f"{row.run.debit_date}",
        )
