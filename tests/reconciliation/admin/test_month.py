"""The month at a glance: every book's days, each with its light."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from reconciliation.day_light import Light
from reconciliation.flows import run_figures
from reconciliation.models import Guard, Run
from tests.plans import statements_sent
from tests.reconciliation.factories import DAY, make_discrepancy, make_run
from tests.signing.factories import the_bank, the_province
from tests.unipay.backoffice.world import member
from unipay.exchange.models import ExpectedFile
from unipay.partners.models import Partner

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MONTH = "/admin/reconciliation/run/month/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def expect(partner: Partner, state: str, day: date = DAY, **fields: Any) -> ExpectedFile:
    """A file that had to come."""
    kind = "bank_contract_increment" if partner.kind == "BANK" else "province_contract_increment"
    return ExpectedFile.objects.create(
        partner=partner, kind=kind, business_date=day, due_at=NOW, state=state, **fields
    )


def cells(client: Client, month: str = "2026-11") -> dict[tuple[str, int], Any]:
    """The days of the month that are not empty, by partner and day."""
    answer = client.get(MONTH, {"month": month})
    assert answer.status_code == 200
    rows = [row for _title, rows in answer.context["month"].groups for row in rows]
    return {
        (row.partner.code, day.day.day): day for row in rows for day in row.days if day.light != Light.NONE
    }


@pytest.mark.parametrize(
    ("state", "light"),
    [("CLOSED", Light.GREEN), ("AWAITING_APPROVAL", Light.AMBER), ("REFUSED", Light.RED)],
)
def test_a_run_lights_its_day_and_the_day_leads_to_it(state: str, light: Light) -> None:
    run = make_run(state)

    found = cells(member("fin", "finance"))

    assert list(found) == [("ICBC", 20)]
    assert found["ICBC", 20].light == light
    assert found["ICBC", 20].link == reverse("admin:reconciliation_run_change", args=[run.pk])


def test_a_missing_file_is_red_and_leads_to_what_was_expected() -> None:
    expected = expect(the_bank(), "MISSING")
    expect(the_bank("CCB"), "MISSING")
    client = member("fin", "finance")

    cell = cells(client)["ICBC", 20]

    assert (cell.light, str(cell.words)) == (Light.RED, "the file is missing")
    listed = client.get(cell.link).context["cl"].result_list
    assert [each.pk for each in listed] == [expected.pk]
    assert cells(member("clerk", "customer_service"))["ICBC", 20].link == ""


def test_several_runs_of_a_day_lead_to_their_list() -> None:
    make_run("CLOSED")
    make_run("OPENED", period="INCREMENT")

    cell = cells(member("fin", "finance"))["ICBC", 20]

    assert cell.light == Light.AMBER
    assert cell.link == f"/admin/reconciliation/run/?day=2026-11-20&partner__id__exact={the_bank().pk}"


@pytest.mark.parametrize(("hours", "light"), [(24, Light.RED), (72, Light.AMBER)])
def test_an_answer_is_overdue_when_its_guard_says_so(hours: int, light: Light) -> None:
    province = the_province()
    Guard.objects.create(partner=province, resend_hours=hours, remark="why")
    run = make_run("EXPORTED", partner=province)
    Run.objects.filter(pk=run.pk).update(exported_at=NOW - timedelta(hours=25))

    assert cells(member("fin", "finance"))["ZJ", 20].light == light


def test_a_day_that_carried_much_is_amber() -> None:
    run = make_run("CLOSED")
    for _each in range(11):
        make_discrepancy(run, state="CARRIED")
    run_figures.refresh(now=NOW)

    cell = cells(member("fin", "finance"))["ICBC", 20]

    assert (cell.light, str(cell.words)) == (
        Light.AMBER,
        "much was carried to the next run, 60 discrepancies",
    )


def test_a_full_list_is_marked() -> None:
    make_run("CLOSED")
    make_run("CLOSED", period="INCREMENT", business_date=DAY - timedelta(days=1))

    found = cells(member("fin", "finance"))

    assert (found["ICBC", 20].is_full, found["ICBC", 19].is_full) == (True, False)


def test_every_sign_has_words_and_a_shape_beside_its_colour() -> None:
    make_run("CLOSED")
    expect(the_bank("CCB"), "MISSING")

    page = " ".join(member("fin", "finance").get(MONTH).content.decode().split())

    assert "2026-11-20: even, 60 discrepancies" in page
    assert "2026-11-20: the file is missing" in page
    assert ">check<" in page
    assert ">close<" in page


@pytest.mark.parametrize("asked", ["", "nonsense", "2026-13", "2027-01", "1999-01"])
def test_what_is_no_month_shows_this_one(asked: str) -> None:
    answer = member("fin", "finance").get(MONTH, {"month": asked})

    assert answer.context["month"].first == date(2026, 11, 1)
    assert answer.context["month"].after is None


def test_the_month_before_is_one_click_away() -> None:
    make_run("CLOSED", business_date=date(2026, 10, 31))
    client = member("fin", "finance")

    assert list(cells(client)) == []
    assert list(cells(client, "2026-10")) == [("ICBC", 31)]


def test_an_empty_month_says_what_to_do() -> None:
    assert "Say under file expectations which partner owes which file" in (
        member("fin", "finance").get(MONTH).content.decode()
    )


def test_who_is_posted_to_a_province_sees_its_book_only() -> None:
    make_run("CLOSED")
    make_run("CLOSED", partner=the_province())

    found = cells(member("zj", "customer_service", province=the_province()))

    assert list(found) == [("ZJ", 20)]


def test_nobody_without_the_right_to_runs_sees_the_month() -> None:
    assert member("pm", "partner_manager").get(MONTH).status_code == 403


def test_the_month_asks_no_more_the_more_there_is() -> None:
    make_run("CLOSED")
    client = member("fin", "finance")
    client.get(MONTH)

    with statements_sent() as few:
        client.get(MONTH)
    for number in range(10):
        bank = the_bank(f"B{number:02d}")
        expect(bank, "ARRIVED")
        make_run("CLOSED", partner=bank)
    with statements_sent() as many:
        client.get(MONTH)

    assert len(many) == len(few)
