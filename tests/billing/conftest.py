"""What every test of billing may rely on."""

from tests.chart import chart
from tests.neutral_layouts import neutral_layouts

__all__ = ["chart", "neutral_layouts"]
