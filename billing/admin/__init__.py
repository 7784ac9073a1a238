"""The back office's windows on money: bills, recharges, the ledger, debits with their calendar, and settlement."""

from billing.admin import (
    arrangement,
    bill,
    calendar,
    case_subjects,
    debit,
    ledger,
    mandate,
    recharge,
    result_codes,
    run,
    search,
    settlement,
    subscriber,
)

__all__ = [
    "arrangement",
    "bill",
    "calendar",
    "case_subjects",
    "debit",
    "ledger",
    "mandate",
    "recharge",
    "result_codes",
    "run",
    "search",
    "settlement",
    "subscriber",
]
