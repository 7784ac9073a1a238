"""Discrepancies: the list, the page of one with both sides, and what people may do about it."""

from reconciliation.admin.discrepancy import window

__all__ = ["window"]
