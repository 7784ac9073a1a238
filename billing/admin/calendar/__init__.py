"""The debit calendar: every arrangement's dates of a month, and what people may do with them."""

from billing.admin.calendar import date

__all__ = ["date"]
