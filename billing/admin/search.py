"""What the search from anywhere finds of money: recharges, bills, runs and returns by our number, items by theirs."""

from collections.abc import Callable
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from billing.admin.columns import our_number
from billing.admin.debit.item import item_number
from billing.models import Bill, DebitItem, DebitReturn, DebitRun, Recharge
from unipay.backoffice.admin.narrowing import within_provinces
from unipay.backoffice.admin.outcomes import link_to
from unipay.backoffice.search import Finder, Hit, register, whoever_has
from unipay.errors import Text
from unipay.money import format_money


def _finder(
    model: Any,
    column: str,
    read: Callable[[str], str],
    told: Callable[[Any], Text],
    *,
    joined: str,
    province: str,
) -> Callable[[str, Any], list[Hit]]:
    def find(term: str, user: Any) -> list[Hit]:
        rows = model.objects.filter(**{column: read(term)}).select_related(joined)
        seen = within_provinces(rows, user, province) if province else rows
        return [Hit(str(row), told(row), link_to(row), "payments") for row in seen]

    return find


def _of_recharge(row: Recharge) -> Text:
    return format_lazy("{} · {} · {}", row.bank.title, format_money(row.amount_fen), row.get_state_display())


def _of_bill(row: Bill) -> Text:
    return format_lazy(
        "{} · {} · {}", f"{row.billing_month:%Y-%m}", format_money(row.amount_fen), row.get_state_display()
    )


def _of_run(row: DebitRun) -> Text:
    arrangement = row.arrangement
    return format_lazy("{} · {} · {}", arrangement.bank.title, f"{row.debit_date}", row.get_state_display())


def _of_item(row: DebitItem) -> Text:
    return format_lazy("{} · {} · {}", row.bank.title, format_money(row.asked_fen), row.get_state_display())


def _of_return(row: DebitReturn) -> Text:
    return format_lazy("{} · {}", row.bank.title, row.get_state_display())


def _register(
    name: str, what: Text, example: str, order: int, right: str, find: Callable[[str, Any], list[Hit]]
) -> None:
    register(Finder(name, what, example, order, whoever_has(f"billing.view_{right}"), find))


_register(
    "recharge",
    _("recharge number"),
    "RC-5JW1-RRTC-XXDM-SDBN-B",
    80,
    "recharge",
    _finder(Recharge, "recharge_no", our_number, _of_recharge, joined="bank", province="province"),
)
_register(
    "bill",
    _("bill number"),
    "B-2GFF-C439-X6DT-Z3WA-N",
    82,
    "bill",
    _finder(Bill, "bill_no", our_number, _of_bill, joined="province", province="province"),
)
_register(
    "debit_run",
    _("debit run number"),
    "DR-1EXW-R3WT-N8Q9-CG1V-S",
    84,
    "debitrun",
    _finder(DebitRun, "run_no", our_number, _of_run, joined="arrangement__bank", province=""),
)
_register(
    "debit_item",
    _("debit item number"),
    "00000042000000017",
    86,
    "debititem",
    _finder(DebitItem, "item_no", item_number, _of_item, joined="bank", province="province"),
)
_register(
    "debit_return",
    _("return number"),
    "DT-4PMD-9AAC-74WM-MWAV-2",
    88,
    "debitreturn",
    _finder(DebitReturn, "return_no", our_number, _of_return, joined="bank", province=""),
)
