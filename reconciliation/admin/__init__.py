"""The back office's windows on reconciliation: runs, what differs, what is done about it, and the month at a glance."""

from reconciliation.admin import discrepancy, guard, run, search, subscriber, treatment_rule

__all__ = ["discrepancy", "guard", "run", "search", "subscriber", "treatment_rule"]
