"""The operations partners ask of us and we of them: what staff call them, and the rights an onboarding grants."""

from django.utils.translation import gettext_lazy as _

from unipay.errors import Text
from unipay.partners.kinds import PartnerKind

TITLES: dict[str, Text] = {
    "signings.create": _("signing request"),
    "signing_results.create": _("signing result"),
    "signing_sessions.create": _("session opening"),
    "signing_sessions.read": _("session query"),
    "contracts.read": _("contract query"),
    "contracts.amend": _("amendment"),
    "contracts.terminate": _("termination"),
    "number_events.create": _("number event"),
    "requests.read": _("request query"),
    "files.create": _("file upload"),
    "files.read": _("file query and download"),
    "files.acknowledge": _("acknowledgement of a file"),
    "bills.create": _("bills"),
    "bills.amend": _("amendment of a bill"),
    "bills.cancel": _("cancellation of a bill"),
    "bills.read": _("bill query"),
    "recharges.create": _("recharge"),
    "recharges.read": _("recharge query"),
    "recharges.reverse": _("reversal of a recharge"),
    "recharges.refund": _("refund of a recharge"),
    "check_eligibility": _("eligibility check"),
    "number_status": _("number status query"),
    "query_signing": _("signing query"),
    "query_contracts": _("book query"),
    "contract_changed": _("contract changed"),
    "contract_confirmed": _("contract confirmed"),
    "contract_cancelled": _("contract cancelled"),
    "signing_outcome": _("signing outcome"),
    "land_recharges": _("credits to be made"),
    "take_back_recharge": _("credit to be taken back"),
    "query_recharges": _("query of credits"),
    "refund_recharge": _("money to be given back"),
    "debit": _("debit"),
}

_EVERYONE = ("requests.read",)
_CONTRACTS = ("contracts.read", "contracts.amend", "contracts.terminate")

_BILLS = ("bills.create", "bills.amend", "bills.cancel", "bills.read")
_RECHARGES = ("recharges.create", "recharges.read", "recharges.reverse", "recharges.refund")
_FILES = ("files.create", "files.read", "files.acknowledge")

DEFAULT_OPERATIONS: dict[str, tuple[str, ...]] = {
    PartnerKind.BANK: (
        "signings.create",
        "signing_results.create",
        *_CONTRACTS,
        *_RECHARGES,
        *_FILES,
        *_EVERYONE,
    ),
    PartnerKind.PROVINCE: ("number_events.create", *_CONTRACTS, *_BILLS, *_FILES, *_EVERYONE),
    PartnerKind.HALL: ("signing_sessions.create", "signing_sessions.read", *_CONTRACTS, *_EVERYONE),
    PartnerKind.AGENT: _EVERYONE,
    PartnerKind.PROVIDER: _EVERYONE,
}


def operation_title(name: str) -> str:
    """Return what staff call an operation or a kind of message; a name not listed stands for itself."""
    return str(TITLES.get(name, name))
