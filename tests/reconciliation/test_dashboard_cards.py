"""What the overview shows of reconciliation, and the lists its figures lead to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from reconciliation.flows import run_figures
from reconciliation.models import Run
from tests.reconciliation.factories import make_discrepancy, make_run
from tests.signing.factories import the_province
from tests.unipay.backoffice.world import member

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def _afternoon() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def cards(client: Client) -> dict[str, Any]:
    """The cards of what needs somebody now and of today, by title."""
    context = client.get("/admin/").context
    return {
        str(card.title): card for card in (*context["pressing"], *context["calm"], *context["today"]["cards"])
    }


def figures(client: Client, section: str) -> dict[str, Any]:
    """The charts of a section by title."""
    shown = client.get("/admin/").context[section]["figures"]
    return {
        str(getattr(each, "ranked", getattr(each, "chart", None)).title): each
        for each in shown
        if not hasattr(each, "funnel")
    }


def test_a_stopped_run_presses_and_leads_to_its_list() -> None:
    run = make_run()
    client = member("fin", "finance")

    card = cards(client)["Runs waiting for approval"]
    listed = client.get(card.link).context["cl"].result_list

    assert (card.figure, card.tone.name) == (1, "WARNING")
    assert [each.pk for each in listed] == [run.pk]


def test_a_run_that_fails_is_urgent() -> None:
    make_run("MATCHED", last_error="no memory")

    card = cards(member("ops", "operations"))["Runs that are stuck"]

    assert (card.figure, card.tone.name) == (1, "DANGER")


@pytest.mark.parametrize(("hours", "tone"), [(3, "NOTICE"), (30, "WARNING")])
def test_unanswered_corrections_age_visibly(hours: int, tone: str) -> None:
    run = make_run("EXPORTED", partner=the_province())
    make_discrepancy(run, "MISSING_THERE", state="EXPORTED", exported_at=NOW - timedelta(hours=hours))

    card = cards(member("fin", "finance"))["Corrections unanswered"]

    assert (card.figure, card.tone.name, card.note) == (1, tone, f"The oldest was sent {hours} hours ago.")


def test_carried_ones_are_counted_as_their_list_shows_them() -> None:
    row = make_discrepancy(make_run("CLOSED"), state="CARRIED")
    client = member("fin", "finance")

    card = cards(client)["Discrepancies carried"]

    assert card.figure == 1
    assert [each.pk for each in client.get(card.link).context["cl"].result_list] == [row.pk]


def test_what_was_found_today_is_told_by_difference() -> None:
    run = make_run()
    for _each in range(2):
        make_discrepancy(run, "DIFFERS")
    make_discrepancy(run, "MISSING_HERE")
    run_figures.refresh(now=NOW)
    client = member("fin", "finance")

    ranking = figures(client, "today")["Discrepancies found today"]

    assert cards(client)["Discrepancies found"].figure == 3
    assert [(stage.step.title, stage.step.figure) for stage in ranking.stages] == [
        ("Both have it, with other particulars", 2),
        ("The bank has it, we do not", 1),
    ]
    assert len(client.get(ranking.stages[0].step.link).context["cl"].result_list) == 2


def test_provinces_that_owe_answers_are_named_with_their_age() -> None:
    run = make_run("EXPORTED", partner=the_province())
    Run.objects.filter(pk=run.pk).update(exported_at=NOW - timedelta(days=3))
    make_discrepancy(run, "MISSING_THERE", state="EXPORTED")
    run_figures.refresh(now=NOW)

    ranking = figures(member("fin", "finance"), "today")["Corrections unanswered, by province"]

    assert [(stage.step.title, stage.step.figure) for stage in ranking.stages] == [("ZJ, sent 3 days ago", 1)]


def test_the_trend_is_a_line_for_each_difference() -> None:
    run = make_run("CLOSED")
    make_discrepancy(run, "DIFFERS", state="CORRECTED")
    run_figures.refresh(now=NOW)

    drawing = figures(member("fin", "finance"), "fortnight")["Discrepancies by business date"]

    (series,) = drawing.chart.series
    assert (series.name, sum(series.values), len(series.values)) == (
        "Both have it, with other particulars",
        1,
        14,
    )


def test_a_posted_person_is_told_of_the_own_province_only() -> None:
    make_run()
    client = member("zj", "customer_service", province=the_province())

    assert cards(client)["Runs waiting for approval"].figure == 0


def test_who_may_not_see_runs_is_told_nothing_of_them() -> None:
    make_run()

    assert "Runs waiting for approval" not in cards(member("pm", "partner_manager"))
