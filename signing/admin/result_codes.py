"""Which reasons codes of banks, provinces and halls may mean in what signing asks them."""

from django.utils.translation import gettext_lazy as _

from signing import errors
from unipay.errors import Text
from unipay.partners import known_reasons
from unipay.partners.known_reasons import BUSY, titles_of

OF_NUMBERS = titles_of(
    errors.NUMBER_NOT_NORMAL,
    errors.EXCLUSIVE_SERVICE,
    errors.NUMBER_BLACKLISTED,
    errors.SECONDARY_NOT_ALLOWED,
    errors.UNKNOWN_NUMBER,
)
_OF_CONTRACTS: dict[str, Text] = {
    "contract_unknown": _("The bank has no such contract."),
    "contract_refused": _("The province refuses the contract."),
    "already_cancelled": _("The bank ended the contract before."),
}

known_reasons.register(
    _("whether a number may be signed"),
    ("check_eligibility", "number_status"),
    lambda: {**OF_NUMBERS, **titles_of(errors.PROVINCE_REFUSED), **BUSY},
)
known_reasons.register(
    _("what became of a contract"),
    (
        "query_signing",
        "query_contracts",
        "contract_changed",
        "contract_confirmed",
        "contract_cancelled",
        "signing_outcome",
    ),
    lambda: {**_OF_CONTRACTS, **OF_NUMBERS, **BUSY},
)
