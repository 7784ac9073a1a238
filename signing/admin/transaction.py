"""The journal of signing transactions to look at: what reconciliation matches with banks and provinces."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from signing.admin.columns import (
    BankFilter,
    ProvinceFilter,
    bank_title,
    our_number,
    primary_number,
    province_title,
    secondary_numbers,
)
from signing.admin.filters import JournalChannelFilter
from signing.models import SigningTransaction
from unipay import msisdn
from unipay.backoffice.admin import RevealMixin, WindowAdmin, masked_number, state_badge, yuan
from unipay.backoffice.admin.day_filter import DayFilter


@admin.register(SigningTransaction)
class SigningTransactionAdmin(RevealMixin, WindowAdmin):
    """One line of the journal. It is searched through its contract, whose number never changes."""

    list_display = (
        "occurred_at",
        "kind_badge",
        "contract",
        masked_number,
        bank_title,
        province_title,
        "source",
        "business_date",
        "request_no",
    )
    list_filter = (
        DayFilter.on("occurred_at", _("day")),
        "kind",
        JournalChannelFilter,
        "source",
        ("bank", BankFilter),
        ("province", ProvinceFilter),
    )
    list_select_related = ("contract", "bank", "province")
    search_by = (
        ("contract__msisdn", msisdn.normalise),
        ("contract__contract_no", our_number("C")),
        ("transaction_no", our_number("T")),
    )
    search_help_text = _("Whole mobile number, contract number or transaction number")
    kind_badge = state_badge(
        {
            "SIGNED": "success",
            "AMENDED": "info",
            "SUSPENDED": "warning",
            "RESUMED": "success",
            "TERMINATED": "primary",
        },
        field="kind",
        description=_("kind"),
    )
    province_field = "province"
    reveals = revealed_in_files = ("msisdn", "secondary_msisdns")
    readonly_fields = ("threshold", "amount", primary_number, secondary_numbers)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("transaction_no", "kind"),
                    ("contract", "version"),
                    ("business_date", "occurred_at"),
                )
            },
        ),
        (_("Told by"), {"fields": (("source", "source_partner"), ("request_no", "reason"))}),
        (
            _("The contract as it was then"),
            {
                "fields": (
                    ("bank", "bank_contract_no"),
                    (primary_number, secondary_numbers),
                    ("province", "account_mask"),
                    ("threshold", "amount"),
                    "auto_pay",
                )
            },
        ),
    )

    @admin.display(description=_("recharge threshold"))
    def threshold(self, line: SigningTransaction) -> str:
        """Return the threshold in yuan."""
        return yuan(line.recharge_threshold_fen)

    @admin.display(description=_("recharge amount"))
    def amount(self, line: SigningTransaction) -> str:
        """Return the amount in yuan."""
        return yuan(line.recharge_amount_fen)
