"""What the search from anywhere finds of signing: contracts, cases, sessions and journal lines by their numbers."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from signing.admin.contract import SEALED
from signing.models import Contract, ManualCase, SigningSession, SigningTransaction
from unipay import check_digit
from unipay.backoffice.admin.narrowing import within_provinces
from unipay.backoffice.search import MOST_HITS, Finder, Hit, register, whoever_has
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner


def _hit(row: Any, description: str, icon: str) -> Hit:
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=(row.pk,))
    return Hit(str(row), description, address, icon)


def _by_our_number(model: type[Model], field: str, prefix: str, icon: str) -> Callable[[str, Any], list[Hit]]:
    """Return the finder of rows by a number of our own, whose check digit tells mistyped ones."""

    def find(term: str, user: Any) -> list[Hit]:
        number = check_digit.validate(term, prefix)
        rows: QuerySet[Any] = within_provinces(
            model._default_manager.filter(**{field: number}), user, "province"
        )
        return [_hit(row, str(row._meta.verbose_name), icon) for row in rows.defer(*_sealed(model))]

    return find


def _sealed(model: type[Model]) -> tuple[str, ...]:
    return SEALED if model is Contract else ()


def _by_banks_number(term: str, user: Any) -> list[Hit]:
    """Return the contracts of that number at any bank: the index begins with the bank."""
    banks = list(Partner.objects.filter(kind=PartnerKind.BANK).values_list("pk", flat=True))
    rows = (
        Contract.objects.filter(bank__in=banks, bank_contract_no=term).select_related("bank").defer(*SEALED)
    )
    found = within_provinces(rows, user, "province").order_by("-id")[:MOST_HITS]
    return [_hit(each, f"{each.bank.title} · {each.get_state_display()}", "contract") for each in found]


register(
    Finder(
        "contract",
        _("contract number"),
        "C-7K3M-9QXD-2T5W-8RNA-H",
        20,
        whoever_has("signing.view_contract"),
        _by_our_number(Contract, "contract_no", "C", "contract"),
    )
)
register(
    Finder(
        "banks_number",
        _("bank's contract number"),
        "ICBC2026030200012345",
        30,
        whoever_has("signing.view_contract"),
        _by_banks_number,
    )
)
register(
    Finder(
        "case",
        _("case number"),
        "M-4T7X-K2PD-9WQA-3ZCE-6",
        40,
        whoever_has("signing.view_manualcase"),
        _by_our_number(ManualCase, "case_no", "M", "gavel"),
    )
)
register(
    Finder(
        "session",
        _("session number"),
        "S-8M2K-D5TQ-1XWA-7RZC-P",
        50,
        whoever_has("signing.view_signingsession"),
        _by_our_number(SigningSession, "session_no", "S", "tab_move"),
    )
)
register(
    Finder(
        "transaction",
        _("transaction number"),
        "T-3Q9X-W1KD-6MPA-5TZC-2",
        60,
        whoever_has("signing.view_signingtransaction"),
        _by_our_number(SigningTransaction, "transaction_no", "T", "history_edu"),
    )
)
