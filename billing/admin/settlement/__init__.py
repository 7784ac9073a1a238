"""Settling with banks: their terms, the days found even, and the report of what each is to pay."""

from billing.admin.settlement import day, terms

__all__ = ["day", "terms"]
