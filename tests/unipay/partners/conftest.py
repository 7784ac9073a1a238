"""What every test of partners may rely on."""

from tests.chart import chart

__all__ = ["chart"]
