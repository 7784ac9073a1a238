"""What the files of debits are called (domain.md C3 to C6); `file_kinds.py` says what is in them."""

from billing.states import DebitWay

BANK_MANDATES = "bank_mandates"
DEBIT_FAILURES = "debit_failures"
PROVINCE_BILLS = "province_bills"

REQUESTS: dict[str, str] = {way: f"{way.lower()}_request" for way in DebitWay}
RETURNS: dict[str, str] = {way: f"{way.lower()}_return" for way in DebitWay}


def way_of(kind: str) -> DebitWay:
    """Return the way of debiting that files of this kind are about; raises KeyError for other kinds of file."""
    return _WAYS[kind]


_WAYS = {kind: DebitWay(way) for kinds in (REQUESTS, RETURNS) for way, kind in kinds.items()}
