"""Contracts to look at: found by number, contract number or the bank's number, personal data masked."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
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
from signing.admin.filters import AskedByFilter, OutcomeFilter
from signing.models import Contract, SigningTransaction
from unipay import msisdn
from unipay.backoffice.admin import (
    RevealMixin,
    WindowAdmin,
    WindowInline,
    as_json,
    masked_number,
    state_badge,
    yuan,
)
from unipay.backoffice.admin.day_filter import DayFilter
from unipay.backoffice.subscriber import Subscriber
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner

SEALED = ("account_number", "holder_name", "identity_no")
STATE_COLOURS = {
    "PROVISIONAL": "info",
    "CONTESTED": "warning",
    "ACTIVE": "success",
    "SUSPENDED": "danger",
    "TERMINATED": "primary",
}


class JournalInline(WindowInline):
    """What happened to the contract, as reconciliation sees it."""

    model = SigningTransaction
    fields = (
        "version",
        "kind",
        "source",
        "source_partner",
        "request_no",
        "reason",
        "business_date",
        "occurred_at",
    )
    readonly_fields = fields
    ordering = ("-version",)
    verbose_name_plural = _("journal")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[SigningTransaction]:
        """Fetch who told it along with it."""
        lines: QuerySet[SigningTransaction] = super().get_queryset(request)
        return lines.select_related("source_partner")


@admin.register(Contract)
class ContractAdmin(RevealMixin, WindowAdmin):
    """A contract with its journal, its history, and links to its messages and to what contests it."""

    list_display = (
        "contract_no",
        masked_number,
        bank_title,
        "bank_contract_no",
        province_title,
        "channel",
        "state_badge",
        "signed_at",
    )
    list_filter = (
        "state",
        ("bank", BankFilter),
        ("province", ProvinceFilter),
        "channel",
        AskedByFilter,
        OutcomeFilter,
        DayFilter.on("opened_at", _("day of opening")),
    )
    list_select_related = ("bank", "province")
    search_by = (("msisdn", msisdn.normalise), ("contract_no", our_number("C")), ("bank_contract_no", str))
    search_help_text = _("Whole mobile number, contract number or bank's contract number")
    inlines = (JournalInline,)
    province_field = "province"
    reveals = revealed_in_files = ("msisdn", "secondary_msisdns", *SEALED)
    state_badge = state_badge(STATE_COLOURS)
    readonly_fields = ("threshold", "amount", "offered", "related", primary_number, secondary_numbers)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("contract_no", "state"),
                    ("bank", "bank_contract_no"),
                    (primary_number, secondary_numbers),
                    ("province", "channel"),
                    "related",
                )
            },
        ),
        (
            _("Account and holder"),
            {"fields": (("account_mask", "account_type"), ("holder_mask", "identity_mask"))},
        ),
        (
            _("Terms"),
            {"fields": (("user_type", "auto_pay"), ("threshold", "amount"), "offered")},
        ),
        (
            _("Times"),
            {"fields": (("opened_at", "expires_at"), ("signed_at", "version"), ("ended_at", "end_reason"))},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contract]:
        """Leave what is sealed sealed."""
        contracts: QuerySet[Contract] = super().get_queryset(request)
        return contracts.defer(*SEALED)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Look a bank's number up under every bank, as its index begins with the bank."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if search_term.strip():
            banks = list(Partner.objects.filter(kind=PartnerKind.BANK).values_list("pk", flat=True))
            found = found.filter(bank__in=banks)
        return found, may_repeat

    @admin.display(description=_("recharge threshold"))
    def threshold(self, contract: Contract) -> str:
        """Return the threshold in yuan."""
        return yuan(contract.recharge_threshold_fen)

    @admin.display(description=_("recharge amount"))
    def amount(self, contract: Contract) -> str:
        """Return the amount in yuan."""
        return yuan(contract.recharge_amount_fen)

    @admin.display(description=_("what the province allowed"))
    def offered(self, contract: Contract) -> SafeString | str:
        """Return the province's offer as it was answered."""
        return as_json(contract.offer)

    @admin.display(description=_("see also"))
    def related(self, contract: Contract) -> SafeString:
        """Return the ways to the page of its number, to its messages and to the number's cases and contracts."""
        subscriber = Subscriber(contract.msisdn)
        messages = reverse("admin:messaging_outboundmessage_changelist")
        cases = reverse("admin:signing_manualcase_changelist")
        contracts = reverse("admin:signing_contract_changelist")
        ways = (
            (subscriber.address, _("everything about the number")),
            (f"{messages}?q=contract:{contract.contract_no}", _("messages about it")),
            (f"{cases}?number={subscriber.token}", _("cases of the number")),
            (f"{contracts}?number={subscriber.token}", _("contracts of the number")),
        )
        return format_html_join(
            " · ", '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', ways
        )
