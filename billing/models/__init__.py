"""Billing's tables."""

from billing.models.arrangement import Arrangement, DebitCap, DebitDate, FailureRule
from billing.models.bill import Bill, BillSettlement
from billing.models.debit import DebitBatch, DebitRun
from billing.models.debit_item import DebitExclusion, DebitItem, DebitShare
from billing.models.ledger import AccountDay, ChartLine, JournalEntry, LedgerAccount, LedgerLine, TrialBalance
from billing.models.mandate import Mandate
from billing.models.recharge import Recharge
from billing.models.returned import DebitReturn, ReturnLine
from billing.models.settlement import ReconciledDay, SettlementTerms

__all__ = [
    "AccountDay",
    "Arrangement",
    "Bill",
    "BillSettlement",
    "ChartLine",
    "DebitBatch",
    "DebitCap",
    "DebitDate",
    "DebitExclusion",
    "DebitItem",
    "DebitReturn",
    "DebitRun",
    "DebitShare",
    "FailureRule",
    "JournalEntry",
    "LedgerAccount",
    "LedgerLine",
    "Mandate",
    "ReconciledDay",
    "Recharge",
    "ReturnLine",
    "SettlementTerms",
    "TrialBalance",
]
