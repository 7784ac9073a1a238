"""Charts read what was counted; counting follows the runs that moved."""

from datetime import timedelta

import pytest

from reconciliation import figures
from reconciliation.flows import run_figures
from reconciliation.models import Run, RunFigure
from tests.reconciliation.factories import DAY, NOW, make_discrepancy, make_run
from tests.signing.factories import fresh, the_province

LATER = NOW + timedelta(hours=1)

pytestmark = pytest.mark.django_db


def counted(run: Run) -> dict[tuple[str, str], int]:
    """The run's figures by difference and state."""
    rows = RunFigure.objects.filter(run=run)
    return {(row.difference, row.state): row.count for row in rows}


def test_a_matched_run_is_counted_by_difference_and_state() -> None:
    run = make_run()
    for state in ("OPEN", "OPEN", "CARRIED"):
        make_discrepancy(run, "DIFFERS", state=state)
    make_discrepancy(run, "MISSING_HERE")

    assert run_figures.refresh(now=LATER) == 1

    assert counted(run) == {
        ("DIFFERS", "OPEN"): 2,
        ("DIFFERS", "CARRIED"): 1,
        ("MISSING_HERE", "OPEN"): 1,
    }
    assert fresh(run).counted_at == LATER


def test_only_the_present_round_counts() -> None:
    run = make_run(round=2)
    make_discrepancy(run, "DIFFERS", round=1)
    make_discrepancy(run, "MISSING_HERE", round=2)

    run_figures.refresh(now=LATER)

    assert counted(run) == {("MISSING_HERE", "OPEN"): 1}


def test_counting_again_says_the_same() -> None:
    run = make_run()
    make_discrepancy(run)

    run_figures.count_run(run.pk, now=LATER)
    run_figures.count_run(run.pk, now=LATER)

    assert counted(run) == {("MISSING_AT_BANK", "OPEN"): 1}


def test_what_is_not_matched_or_did_not_move_is_left_alone() -> None:
    make_run("OPENED", period="INCREMENT")
    make_run("CLOSED")
    run_figures.refresh(now=LATER)

    assert run_figures.refresh(now=LATER + timedelta(minutes=1)) == 0


def test_a_run_that_rests_is_counted_again_after_a_while() -> None:
    run = make_run()
    row = make_discrepancy(run)
    run_figures.refresh(now=LATER)
    row.delete()

    assert run_figures.refresh(now=LATER + timedelta(minutes=9)) == 0
    assert run_figures.refresh(now=LATER + timedelta(minutes=11)) == 1
    assert counted(run) == {}


def test_a_stage_that_ended_since_is_counted() -> None:
    run = make_run("CLOSED", counted_at=NOW)

    assert run_figures.refresh(now=LATER) == 1
    assert fresh(run).counted_at == LATER


def test_the_kept_figures_are_those_of_the_table() -> None:
    run = make_run()
    make_discrepancy(run, "DIFFERS")
    make_discrepancy(run, "MISSING_HERE", state="CARRIED")
    run_figures.refresh(now=LATER)

    now, kept = figures.found_now(run), figures.found_when_counted(run)

    assert now == kept
    assert now.by(0) == {"DIFFERS": 1, "MISSING_HERE": 1}
    assert now.by(1, state="OPEN") == {"AMEND": 1}
    assert now.by_province() == {the_province().pk: 2}
    assert now.total(treatment="AMEND", state="OPEN") == 1


def test_the_trend_has_every_day_and_only_runs_that_count() -> None:
    run = make_run("CLOSED")
    make_discrepancy(run, "DIFFERS", state="CORRECTED")
    overtaken = make_run("CLOSED", is_current=False)
    make_discrepancy(overtaken, "DIFFERS", state="CORRECTED")
    run_figures.refresh(now=LATER)

    found = figures.trend(DAY, length=3)

    assert list(found) == ["DIFFERS"]
    assert list(found["DIFFERS"].values()) == [0, 0, 1]


def test_the_trend_of_one_province_leaves_the_others_out() -> None:
    make_discrepancy(make_run("CLOSED"), "DIFFERS", state="CORRECTED")
    run_figures.refresh(now=LATER)

    assert figures.trend(DAY, length=3, provinces=[0]) == {}
