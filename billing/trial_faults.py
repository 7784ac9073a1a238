"""What does a trial balance find uneven? One fault in, one sentence out, with both figures."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from billing.states import AccountRole
from unipay.errors import Text
from unipay.money import format_money


def in_words(fault: Mapping[str, Any]) -> str:
    """Return what does not agree, as `TrialBalance.faults` keeps it: check, role, partner, booked_fen, counted_fen."""
    said = {
        "account": _account(fault),
        "booked": format_money(int(fault["booked_fen"])),
        "counted": format_money(int(fault["counted_fen"])),
    }
    match fault["check"]:
        case "all_accounts":
            return _("All accounts together stand at %(booked)s instead of nothing.") % said
        case "turnover":
            return _("%(account)s: the balance is %(booked)s, its days add up to %(counted)s.") % said
        case "day":
            return _("%(account)s: the day's turnover is %(booked)s, its lines add up to %(counted)s.") % said
        case "in_transit":
            return (
                _(
                    "%(account)s: the account stands at %(booked)s, the recharges not yet credited at %(counted)s."
                )
                % said
            )
        case "outstanding":
            return _(
                "%(account)s: the account stands at %(booked)s, the debits not yet confirmed at %(counted)s."
            ) % (said)
        case "refunds":
            return (
                _("%(account)s: the account stands at %(booked)s, the refunds still owed at %(counted)s.")
                % said
            )
    return _("%(account)s: %(booked)s against %(counted)s.") % said


def _account(fault: Mapping[str, Any]) -> Text:
    role = str(fault["role"])
    name: Text = AccountRole(role).label if role in AccountRole.values else role
    return f"{name} {fault['partner']}".strip()
