"""The switches of what simulated partners do by themselves: entries of the calendar, shown on the start page."""

import pytest
from django.core.management import call_command
from django.test import Client
from django_celery_beat.models import PeriodicTask

from unipay.sandbox import by_itself

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

START = "/sandbox/"


@pytest.fixture
def browser() -> Client:
    return Client(headers={"Accept-Language": "en"})


@pytest.fixture
def _calendar() -> None:
    call_command("sync_schedule")


def states() -> list[bool]:
    return [habit.is_on for habit in by_itself.habits()]


@pytest.mark.usefixtures("_calendar")
def test_partners_act_by_themselves_until_somebody_switches_it_off(browser: Client) -> None:
    assert states() == [True, True]

    page = browser.post(f"{START}by-itself/{by_itself.BANKS_ANSWER}/off/", follow=True).content.decode()

    assert states() == [True, False]
    assert page.count("Switch off") == page.count("Switch on") == 1
    assert not PeriodicTask.objects.get(name=by_itself.BANKS_ANSWER).enabled


@pytest.mark.usefixtures("_calendar")
def test_what_was_switched_off_stays_so_at_the_next_start_and_can_be_switched_on(browser: Client) -> None:
    browser.post(f"{START}by-itself/{by_itself.PROVINCES_BILL}/off/")
    call_command("sync_schedule")
    assert states() == [False, True]

    browser.post(f"{START}by-itself/{by_itself.PROVINCES_BILL}/on/")

    assert states() == [True, True]


@pytest.mark.usefixtures("_calendar")
def test_the_centre_s_own_tasks_are_not_the_sandbox_s_to_switch(browser: Client) -> None:
    response = browser.post(f"{START}by-itself/billing.sweep_debits/off/")

    assert response.status_code == 404
    assert PeriodicTask.objects.get(name="billing.sweep_debits").enabled


def test_without_a_calendar_nobody_acts_by_itself(browser: Client) -> None:
    page = browser.get(START).content.decode()

    assert states() == [False, False]
    assert "Switch off" not in page


def test_looking_at_an_address_switches_nothing(browser: Client) -> None:
    assert browser.get(f"{START}by-itself/{by_itself.BANKS_ANSWER}/off/").status_code == 405
