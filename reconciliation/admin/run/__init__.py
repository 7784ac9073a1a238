"""Runs: the list, the page of one with what it found, and what people may do about it."""

from reconciliation.admin.run import window

__all__ = ["window"]
