"""Runs, what they found, and the rules for treating it."""

from reconciliation.models.discrepancy import Discrepancy, Guard, TreatmentRule
from reconciliation.models.figure import RunFigure
from reconciliation.models.run import Run

__all__ = ["Discrepancy", "Guard", "Run", "RunFigure", "TreatmentRule"]
