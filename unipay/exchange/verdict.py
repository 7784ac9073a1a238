"""What becomes of a file that was read: its lines are counted, its layout says what faulty ones mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from unipay.errors import Reason
from unipay.exchange import errors
from unipay.exchange.models.layout import OnFault


class Course(StrEnum):
    """Accept it, let people decide, or refuse it."""

    ACCEPT = "ACCEPT"
    ASK = "ASK"
    REFUSE = "REFUSE"


@dataclass(frozen=True)
class Verdict:
    """The course, and the reason of a refusal; `is_undeclared`: it is empty, and nobody said that it would be."""

    course: Course
    reason: Reason | None = None
    is_undeclared: bool = False


@dataclass(frozen=True)
class Lines:
    """How many lines a file has, and how many of them are faulty."""

    count: int
    faulty: int


def judge(lines: Lines, *, on_fault: str, is_declared_empty: bool, counted: bool) -> Verdict:
    """Return the verdict; `counted`: header or trailer count the lines, so that none is said and not only seen."""
    if lines.count and is_declared_empty:
        return Verdict(Course.REFUSE, errors.FILE_CONTRADICTS)
    if not lines.count:
        is_undeclared = not (is_declared_empty or counted)
        return Verdict(Course.ASK if is_undeclared else Course.ACCEPT, is_undeclared=is_undeclared)
    if not lines.faulty:
        return Verdict(Course.ACCEPT)
    if lines.faulty == lines.count:
        return Verdict(Course.REFUSE, errors.NO_GOOD_LINE)
    if on_fault == OnFault.REFUSE:
        return Verdict(Course.REFUSE, errors.FAULTS_REFUSED)
    return Verdict(Course.ASK if on_fault == OnFault.ASK else Course.ACCEPT)


def counts_its_lines(header: Mapping[str, Any], trailer: Mapping[str, Any]) -> bool:
    """Tell whether the file itself says how many lines it has."""
    return any(section.get("row_count") is not None for section in (header, trailer))
