"""The facts of signing."""

from signing.models.case_work import CaseAttachment, CaseComment, CaseServiceLevel
from signing.models.contract import Contract, HeldNumber
from signing.models.daily_figure import CountedDay, DailyFigure, Measure
from signing.models.manual_case import CaseEvidence, CaseObligation, ManualCase
from signing.models.session import SigningSession
from signing.models.transaction import SigningTransaction

__all__ = [
    "CaseAttachment",
    "CaseComment",
    "CaseEvidence",
    "CaseObligation",
    "CaseServiceLevel",
    "Contract",
    "CountedDay",
    "DailyFigure",
    "HeldNumber",
    "ManualCase",
    "Measure",
    "SigningSession",
    "SigningTransaction",
]
