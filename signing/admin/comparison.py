"""In what do two contracts of one number differ? Both sides of a case, line by line, as staff read them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from signing.models import Contract
from unipay import msisdn
from unipay.backoffice.admin import yuan
from unipay.errors import Text

NOTHING = "—"

Reader = Callable[[Contract], Any]


@dataclass(frozen=True)
class Line:
    """One value of both contracts, and whether people should look at the difference."""

    label: Text
    standing: str
    contested: str
    differs: bool


@dataclass(frozen=True)
class _Row:
    """How one line is shown; `compared` reads what decides whether the contracts differ, None: never marked."""

    label: Text
    shown: Reader
    compared: Reader | None = None

    def differs(self, standing: Contract, contested: Contract) -> bool:
        return self.compared is not None and self.compared(standing) != self.compared(contested)


def _moment(moment: datetime | None) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else ""


def _same(read: Reader) -> tuple[Reader, Reader]:
    return read, read


_ROWS = (
    _Row(gettext_lazy("state"), lambda c: c.get_state_display()),
    _Row(gettext_lazy("bank"), *_same(lambda c: str(c.bank.title))),
    _Row(gettext_lazy("bank's contract number"), *_same(lambda c: c.bank_contract_no)),
    # Two numbers or accounts may look the same once masked.
    _Row(gettext_lazy("primary number"), lambda c: msisdn.mask(c.msisdn), lambda c: c.msisdn),
    _Row(
        gettext_lazy("secondary numbers"),
        lambda c: ", ".join(map(msisdn.mask, sorted(c.secondary_msisdns))),
        lambda c: sorted(c.secondary_msisdns),
    ),
    _Row(gettext_lazy("account"), lambda c: c.account_mask, lambda c: c.account_index),
    _Row(gettext_lazy("account type"), *_same(lambda c: c.get_account_type_display())),
    _Row(gettext_lazy("holder"), *_same(lambda c: c.holder_mask)),
    _Row(gettext_lazy("identity number"), lambda c: c.identity_mask, lambda c: c.identity_index),
    _Row(gettext_lazy("channel"), *_same(lambda c: c.get_channel_display())),
    _Row(gettext_lazy("user type"), *_same(lambda c: c.get_user_type_display())),
    _Row(gettext_lazy("recharge threshold"), *_same(lambda c: yuan(c.recharge_threshold_fen))),
    _Row(gettext_lazy("recharge amount"), *_same(lambda c: yuan(c.recharge_amount_fen))),
    _Row(gettext_lazy("auto-pay"), *_same(lambda c: _("yes") if c.auto_pay else _("no"))),
    _Row(pgettext_lazy("time", "opened"), lambda c: _moment(c.opened_at)),
    _Row(pgettext_lazy("time", "signed"), lambda c: _moment(c.signed_at)),
    _Row(pgettext_lazy("time", "ended"), lambda c: _moment(c.ended_at)),
    _Row(gettext_lazy("end reason"), lambda c: c.get_end_reason_display()),
)


def compare(standing: Contract | None, contested: Contract | None) -> list[Line]:
    """Return both contracts side by side; lines that both leave empty are left out."""
    lines = []
    for row in _ROWS:
        left, right = (str(row.shown(c) or "") if c else "" for c in (standing, contested))
        differs = bool(standing and contested and row.differs(standing, contested))
        if left or right:
            lines.append(Line(row.label, left or NOTHING, right or NOTHING, differs))
    return lines
