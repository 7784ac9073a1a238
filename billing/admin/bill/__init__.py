"""Bills: the list, and the page of one with what paid it, who was asked for it, and why it was left out."""

from billing.admin.bill import window

__all__ = ["window"]
