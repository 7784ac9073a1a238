"""Recharges: the list, the page of one with both its legs, and what people may do about it."""

from billing.admin.recharge import window

__all__ = ["window"]
