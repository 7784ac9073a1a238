"""The ledger: its accounts by the chart, its entries with their lines, and every night's trial balance."""

from billing.admin.ledger import account, chart, entry, trial

__all__ = ["account", "chart", "entry", "trial"]
