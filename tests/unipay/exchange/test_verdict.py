"""What becomes of a file that was read."""

import pytest

from unipay.exchange import errors
from unipay.exchange.models import OnFault
from unipay.exchange.verdict import Course, Lines, Verdict, counts_its_lines, judge

ACCEPT, ASK, REFUSE = Course.ACCEPT, Course.ASK, Course.REFUSE


@pytest.mark.parametrize(
    ("lines", "on_fault", "verdict"),
    [
        (Lines(3, 0), OnFault.REFUSE, Verdict(ACCEPT)),
        (Lines(3, 1), OnFault.LEAVE_OUT, Verdict(ACCEPT)),
        (Lines(3, 1), OnFault.ASK, Verdict(ASK)),
        (Lines(3, 1), OnFault.REFUSE, Verdict(REFUSE, errors.FAULTS_REFUSED)),
        (Lines(3, 3), OnFault.LEAVE_OUT, Verdict(REFUSE, errors.NO_GOOD_LINE)),
        (Lines(3, 3), OnFault.ASK, Verdict(REFUSE, errors.NO_GOOD_LINE)),
    ],
)
def test_faulty_lines_mean_what_the_layout_says(lines: Lines, on_fault: OnFault, verdict: Verdict) -> None:
    assert judge(lines, on_fault=on_fault, is_declared_empty=False, counted=True) == verdict


@pytest.mark.parametrize(
    ("is_declared_empty", "counted", "verdict"),
    [
        (False, False, Verdict(ASK, is_undeclared=True)),
        (True, False, Verdict(ACCEPT)),
        (False, True, Verdict(ACCEPT)),
    ],
)
def test_an_empty_file_counts_only_if_somebody_says_that_it_is_empty(
    is_declared_empty: bool, counted: bool, verdict: Verdict
) -> None:
    lines = Lines(0, 0)

    judged = judge(lines, on_fault=OnFault.LEAVE_OUT, is_declared_empty=is_declared_empty, counted=counted)

    assert judged == verdict


def test_a_file_declared_empty_must_be_empty() -> None:
    judged = judge(Lines(1, 0), on_fault=OnFault.LEAVE_OUT, is_declared_empty=True, counted=True)

    assert judged == Verdict(REFUSE, errors.FILE_CONTRADICTS)


@pytest.mark.parametrize(
    ("header", "trailer", "counts"),
    [
        ({}, {}, False),
        ({"row_count": 0}, {}, True),
        ({}, {"row_count": 0}, True),
        ({"file_no": "1"}, {}, False),
    ],
)
def test_header_or_trailer_may_count_the_lines(
    header: dict[str, object], trailer: dict[str, object], counts: bool
) -> None:
    assert counts_its_lines(header, trailer) is counts
