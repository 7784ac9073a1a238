"""A province's answers to its correction file (domain.md B, step 5), also wrong and missing ones."""

from datetime import timedelta

import pytest

from reconciliation.flows import resend
from reconciliation.models import Discrepancy, Run
from reconciliation.states import RunState
from signing.models import Contract, ManualCase
from tests.reconciliation.provinces import (
    answer,
    bring_full,
    correction_of,
    current,
    fetched,
    files_of,
    found,
    line,
    may_end_everything,
    ours,
)
from tests.reconciliation.world import NOW
from tests.signing.factories import the_province
from unipay.exchange.flows import acknowledge
from unipay.exchange.models import FileFault

pytestmark = pytest.mark.django_db

DAY_AND_A_BIT = timedelta(hours=25)


@pytest.fixture
def run() -> Run:
    """A run with two lines to add at the province."""
    the_province()
    ours(), ours()
    exported = bring_full([])
    assert exported.state == RunState.EXPORTED
    Discrepancy.objects.update(exported_at=NOW)
    return exported


def test_lines_that_were_applied_are_corrected_and_the_run_is_closed(run: Run) -> None:
    answer((run.run_no, 1, "DONE", "", ""), (run.run_no, 2, "DONE", "0000", "好"))

    assert [row[2] for row in found(run)] == ["CORRECTED", "CORRECTED"]
    assert list(Discrepancy.objects.order_by("order_no").values_list("answer_code", "answer_text")) == [
        ("DONE", ""),
        ("0000", "好"),
    ]
    assert current(run).state == RunState.CLOSED
    assert current(run).answered_at is not None


def test_a_refused_line_becomes_a_case_and_the_rest_is_corrected(run: Run) -> None:
    answer((run.run_no, 1, "REFUSED", "3001", "副号"), (run.run_no, 2, "DONE", "", ""))

    case = ManualCase.objects.get()
    refused = Discrepancy.objects.get(order_no=1)
    assert (case.reason, case.standing) == ("PROVINCE_REFUSED", refused.contract)
    assert (refused.state, refused.case, refused.answer_code) == ("CASE", case, "3001")
    assert case.evidence.get().facts["error"] == "副号"
    assert current(run).state == RunState.CLOSED


def test_a_refused_deletion_of_what_only_the_province_has_becomes_a_case_about_the_number() -> None:
    may_end_everything()
    contract = ours()
    run = bring_full([line(contract), line(contract, contract_no="C-X", msisdn="13805718888")])

    answer((run.run_no, 1, "REFUSED", "3002", ""))

    case = ManualCase.objects.get()
    assert (case.msisdn, case.standing, case.province) == ("13805718888", None, the_province())


def test_an_answer_given_twice_changes_nothing(run: Run) -> None:
    answer((run.run_no, 1, "DONE", "", ""))
    answer((run.run_no, 1, "REFUSED", "3001", ""), (run.run_no, 2, "DONE", "", ""))

    assert [row[2] for row in found(run)] == ["CORRECTED", "CORRECTED"]
    assert ManualCase.objects.count() == 0


def test_a_line_answered_twice_in_one_file_counts_once(run: Run) -> None:
    answer((run.run_no, 1, "DONE", "", ""), (run.run_no, 1, "DONE", "", ""))

    assert sorted(row[2] for row in found(run)) == ["CORRECTED", "EXPORTED"]


def test_contradictory_answers_in_one_file_count_for_nothing(run: Run) -> None:
    file = answer((run.run_no, 1, "DONE", "", ""), (run.run_no, 1, "REFUSED", "9", ""))

    assert [row[2] for row in found(run)] == ["EXPORTED", "EXPORTED"]
    assert [fault.code for fault in FileFault.objects.filter(file=file)] == ["contradictory_answers"] * 2


@pytest.mark.parametrize("unknown", [("R-NEVER", 1), (None, 77)])
def test_an_answer_to_what_was_never_asked_is_shown_as_a_fault(
    run: Run, unknown: tuple[str | None, int]
) -> None:
    file = answer((unknown[0] or run.run_no, unknown[1], "DONE", "", ""), (run.run_no, 1, "DONE", "", ""))

    fault = FileFault.objects.get(file=file)
    assert (fault.line_no, fault.column, fault.code) == (2, "order_no", "unknown_order")
    assert sorted(row[2] for row in found(run)) == ["CORRECTED", "EXPORTED"]
    assert current(run).state == RunState.EXPORTED


def test_another_province_cannot_answer(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(partner=the_province("JS", prefix="1380251"))

    file = answer((run.run_no, 1, "DONE", "", ""))

    assert FileFault.objects.get(file=file).code == "unknown_order"
    assert [row[2] for row in found(run)] == ["EXPORTED", "EXPORTED"]


def test_what_is_not_answered_in_time_is_sent_again_and_only_that(run: Run) -> None:
    fetched(files_of(run)[0])
    answer((run.run_no, 1, "DONE", "", ""))

    assert resend.due(now=NOW + timedelta(hours=23)) == []
    assert resend.due(now=NOW + DAY_AND_A_BIT) == [run.run_no]
    assert resend.resend(run.run_no, now=NOW + DAY_AND_A_BIT) == 1

    assert [row[1] for row in correction_of(run)] == ["2"]
    waiting = Discrepancy.objects.get(order_no=2)
    assert (waiting.state, waiting.exports, waiting.exported_at) == ("EXPORTED", 2, NOW + DAY_AND_A_BIT)
    assert [file.state for file in files_of(run)] == ["DELIVERED", "READY"]
    assert current(run).exports == 2
    assert resend.due(now=NOW + DAY_AND_A_BIT) == []


def test_a_file_nobody_fetched_is_replaced_by_the_next(run: Run) -> None:
    resend.resend(run.run_no, now=NOW + DAY_AND_A_BIT)

    assert [file.state for file in files_of(run)] == ["CANCELLED", "READY"]


def test_what_changed_here_meanwhile_is_not_sent_again(run: Run) -> None:
    Contract.objects.update(version=7)

    assert resend.resend(run.run_no, now=NOW + DAY_AND_A_BIT) == 0

    assert [row[2] for row in found(run)] == ["CARRIED", "CARRIED"]
    assert current(run).state == RunState.ANSWERED


def test_a_late_answer_to_the_first_file_is_as_good(run: Run) -> None:
    fetched(files_of(run)[0])
    resend.resend(run.run_no, now=NOW + DAY_AND_A_BIT)

    answer((run.run_no, 1, "DONE", "", ""), (run.run_no, 2, "DONE", "", ""))

    assert current(run).state == RunState.CLOSED


def test_a_refused_file_is_written_anew_once(run: Run) -> None:
    for place in (0, 1):
        acknowledge.refused(files_of(run)[place], why="unreadable", now=NOW)

    assert [file.state for file in files_of(run)] == ["FAILED", "FAILED"]
    assert [row[1] for row in correction_of(run)] == ["1", "2"]
    assert resend.due(now=NOW + DAY_AND_A_BIT) == [run.run_no]
