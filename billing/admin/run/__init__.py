"""Debit runs: the list, the page of one with its figures, what people may do, and what a run would do beforehand."""

from billing.admin.run import window

__all__ = ["window"]
