"""The back office's windows on signing: contracts, sessions, the journal, and the cases people decide."""

from signing.admin import (
    contract,
    manual_case,
    result_codes,
    search,
    service_level,
    session,
    stakes,
    subscriber,
    transaction,
)

__all__ = [
    "contract",
    "manual_case",
    "result_codes",
    "search",
    "service_level",
    "session",
    "stakes",
    "subscriber",
    "transaction",
]
