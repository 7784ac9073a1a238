"""Both sides of a discrepancy next to each other, line by line, personal data masked, what differs marked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from reconciliation.models import Discrepancy
from signing.states import AccountType, ContractState, TransactionKind
from unipay import clock, msisdn
from unipay.backoffice.admin import yuan
from unipay.errors import Text
from unipay.logging import mask_text

NOTHING = "—"

Shown = Callable[[Any], str]


@dataclass(frozen=True)
class Line:
    """One value of both sides, and whether it is one of those that differ."""

    label: Text
    ours: str
    theirs: str
    differs: bool


@dataclass(frozen=True)
class _Row:
    """How one value is shown, and by which word a discrepancy names it when it differs."""

    label: Text
    shown: Shown
    attribute: str = ""


def _plain(value: Any) -> str:
    return mask_text(str(value))


def _numbers(value: Any) -> str:
    numbers = value.split(",") if isinstance(value, str) else value
    return ", ".join(map(msisdn.mask, numbers))


def _flag(value: Any) -> str:
    return _("yes") if value else _("no")


def _moment(value: Any) -> str:
    try:
        return f"{localtime(datetime.fromisoformat(value), clock.BUSINESS_ZONE):%Y-%m-%d %H:%M:%S}"
    except (TypeError, ValueError):
        return str(value)


def _named(words: Any) -> Shown:
    labels = dict(words.choices)
    return lambda value: str(labels.get(value, value))


_ROWS: dict[str, _Row] = {
    "state": _Row(gettext_lazy("state"), _named(ContractState), "state"),
    "change": _Row(gettext_lazy("what happened"), _named(TransactionKind)),
    "occurred_at": _Row(gettext_lazy("happened at"), _moment),
    "contract_no": _Row(gettext_lazy("contract number"), str, "contract_no"),
    "bank_contract_no": _Row(gettext_lazy("bank's contract number"), str, "bank_contract_no"),
    "bank_code": _Row(gettext_lazy("bank's code"), str, "bank_code"),
    "msisdn": _Row(gettext_lazy("mobile number"), _numbers, "msisdn"),
    "secondary_msisdns": _Row(gettext_lazy("secondary numbers"), _numbers, "secondary_msisdns"),
    "account_mask": _Row(gettext_lazy("account"), str, "account"),
    "account_type": _Row(gettext_lazy("account type"), _named(AccountType), "account_type"),
    "holder_mask": _Row(gettext_lazy("holder"), str),
    "identity_mask": _Row(gettext_lazy("identity number"), str),
    "recharge_threshold_fen": _Row(gettext_lazy("recharge threshold"), yuan, "recharge_threshold_fen"),
    "recharge_amount_fen": _Row(gettext_lazy("recharge amount"), yuan, "recharge_amount_fen"),
    "auto_pay": _Row(gettext_lazy("auto-pay"), _flag, "auto_pay"),
    "signed_at": _Row(pgettext_lazy("time", "signed"), _moment),
}


def lines(row: Discrepancy) -> list[Line]:
    """Return both sides; what neither says is left out, what we have no word for comes last."""
    ours, theirs = row.ours or {}, row.theirs or {}
    others = sorted({*ours, *theirs} - set(_ROWS))
    known = [_line(row, name, each) for name, each in _ROWS.items() if name in ours or name in theirs]
    return known + [_line(row, name, _Row(name, _plain)) for name in others]


def differing(row: Discrepancy) -> str:
    """Return in words what differs."""
    labels = {each.attribute: each.label for each in _ROWS.values() if each.attribute}
    return ", ".join(str(labels.get(each, each)) for each in row.attributes)


def _line(row: Discrepancy, name: str, how: _Row) -> Line:
    differs = bool(how.attribute) and how.attribute in row.attributes
    return Line(how.label, _value(row.ours, name, how), _value(row.theirs, name, how), differs)


def _value(side: Mapping[str, Any] | None, name: str, how: _Row) -> str:
    value = (side or {}).get(name)
    return NOTHING if value is None or value in ("", []) else how.shown(value)
