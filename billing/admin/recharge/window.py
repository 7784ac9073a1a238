"""Recharges to look at: what was taken where, and whether it arrived."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.admin.columns import (
    RECHARGE_COLOURS,
    BankFilter,
    HomeFilter,
    amount,
    bank_title,
    number_and_agreement,
    our_number,
)
from billing.admin.recharge.actions import DEEDS
from billing.admin.recharge.filters import DayFilter, NeedsFilter
from billing.admin.recharge.page import RechargePage
from billing.admin.window import MoneyWindow
from billing.models import Recharge
from unipay import clock, msisdn
from unipay.backoffice.admin import RevealMixin, state_badge
from unipay.backoffice.admin.deeds import DeedsMixin
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner


@admin.register(Recharge)
class RechargeAdmin(DeedsMixin, RevealMixin, MoneyWindow):
    """The list of recharges, and the page of one."""

    empty_text = _(
        "No money was taken yet. Banks announce recharges over the API; debits make one for every item that is paid."
    )
    province_field = "province"
    list_display = (
        "recharge_no",
        "state_badge",
        "asked_of",
        bank_title,
        "source",
        amount("amount_fen", description=pgettext_lazy("recharge", "amount")),
        "business_date",
    )
    list_display_links = ("recharge_no",)
    list_filter = (
        NeedsFilter,
        "state",
        ("bank", BankFilter),
        "source",
        ("province", HomeFilter),
        DayFilter,
    )
    list_select_related = ("bank", "province")
    search_by = (("msisdn", msisdn.normalise), ("recharge_no", our_number))
    search_help_text = _("Whole mobile number, recharge number or the bank's request number")
    reveals = revealed_in_files = ("msisdn",)
    state_badge = state_badge(RECHARGE_COLOURS)
    deeds = DEEDS

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find recharges by whatever number people have in hand; the banks' own are looked up bank by bank."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        term = search_term.strip()
        if not term or found.exists():
            return found, may_repeat
        banks = list(Partner.objects.filter(kind=PartnerKind.BANK).values_list("pk", flat=True))
        return queryset.filter(bank__in=banks, request_no=term), False

    def shown(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the recharge, its legs, entries and messages, and what waits for a second person."""
        page = RechargePage(row, request.user, clock.now())
        return {"sheet": page.sheet, "waiting": page.waiting}

    @admin.display(description=_("number or agreement"))
    def asked_of(self, recharge: Recharge) -> SafeString | str:
        """Return the number, masked, or the agreement of a corporate one."""
        return number_and_agreement(recharge)
