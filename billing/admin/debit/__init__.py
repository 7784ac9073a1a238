"""What debits are made of: items with their bills, what was left out, return files line by line, and the rules."""

from billing.admin.debit import exclusion, item, returned, rules

__all__ = ["exclusion", "item", "returned", "rules"]
