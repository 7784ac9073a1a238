"""The stories happen in the town; those of money where banks debit."""

from tests.money_town import chart, money_town, neutral_layouts, worker
from tests.town import town

__all__ = ["chart", "money_town", "neutral_layouts", "town", "worker"]
