"""The words of the wire as people read them on the simulated partners' pages, in the language of the moment."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from unipay.errors import Text
from unipay.money import format_yuan

WORDS: dict[str, Text] = {
    "PROVISIONAL": _("provisional"),
    "CONTESTED": _("contested"),
    "ACTIVE": pgettext_lazy("contract", "active"),
    "SUSPENDED": _("suspended"),
    "TERMINATED": _("terminated"),
    "OPENED": _("opened"),
    "AT_BANK": _("at the bank"),
    "COMPLETED": _("completed"),
    "FAILED": _("failed"),
    "EXPIRED": _("expired"),
    "CARRIER": _("carrier channel"),
    "COUNTER": _("bank counter"),
    "ONLINE_BANK": _("online bank"),
    "UNIONPAY": _("UnionPay"),
    "HALL": _("hall"),
    "HEAD_OFFICE": _("head-office link"),
    "KIOSK": _("bank kiosk"),
    "SUBSCRIBER_REQUEST": _("asked for by the subscriber"),
    "ACCOUNT_CLOSED": _("bank account closed"),
    "BANK_REQUEST": _("asked for by the bank"),
    "NUMBER_CLOSED": _("number closed"),
    "OWNERSHIP_TRANSFERRED": _("ownership transferred"),
    "NUMBER_RECYCLED": _("number recycled"),
    "PREPAID": _("prepaid"),
    "POSTPAID": _("postpaid"),
    "UNIPAY": _("Unipay"),
}
FIELDS: dict[str, Text] = {
    "user_type": _("user type"),
    "threshold_default_fen": _("usual threshold (yuan)"),
    "threshold_max_fen": _("highest threshold (yuan)"),
    "amount_default_fen": _("usual amount (yuan)"),
    "amount_max_fen": _("highest amount (yuan)"),
    "auto_pay_allowed": _("auto-pay allowed"),
    "recharge_threshold_fen": _("recharge threshold (yuan)"),
    "recharge_amount_fen": _("recharge amount (yuan)"),
    "auto_pay": _("auto-pay"),
    "session_no": _("session number"),
    "state": _("state"),
    "msisdn": _("mobile number"),
    "secondary_msisdns": _("secondary numbers"),
    "bank_code": _("bank"),
    "contract_no": _("contract number"),
    "contract_state": _("contract state"),
    "case_no": _("case number"),
    "failure_code": _("failure code"),
    "opened_at": pgettext_lazy("time", "opened"),
    "expires_at": _("expires"),
    "ended_at": pgettext_lazy("time", "ended"),
}
NOTHING = "–"


def spoken(word: str) -> str:
    """Return what people call a word of the wire; one that is not listed stands for itself."""
    return str(WORDS.get(word, word))


def lines(facts: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    """Return each field of a message with its label, amounts in yuan."""
    for name, value in (facts or {}).items():
        yield str(FIELDS.get(name, name)), _shown(name, value)


def name_of(named: Any) -> str:
    """Return the partner's name in the language of the moment."""
    is_english = (get_language() or "").startswith("en")
    return str(named.name_en if is_english and named.name_en else named.name)


def _shown(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, int) and name.endswith("_fen"):
        return format_yuan(value)
    if isinstance(value, list):
        return ", ".join(map(str, value)) or NOTHING
    return spoken(str(value)) if value not in (None, "") else NOTHING
