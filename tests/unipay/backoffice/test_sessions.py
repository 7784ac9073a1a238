"""How long a log-in lasts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from unipay import clock
from unipay.backoffice import sessions
from unipay.backoffice.sessions import SEEN

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the clock to so many minutes after nine o'clock in the morning."""

    def set_clock(minutes: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=minutes))

    set_clock(0)
    return set_clock


@pytest.fixture
def clerk_browser(at: Any) -> Client:
    User.objects.create_user("clerk", password="quiet river stone", is_staff=True)
    return log_in(Client())


def log_in(client: Client) -> Client:
    typed = {"username": "clerk", "password": "quiet river stone", "next": "/admin/"}
    assert client.post("/admin/login/", typed).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def test_who_works_stays_in_and_who_rests_for_half_an_hour_is_out(clerk_browser: Client, at: Any) -> None:
    at(25)
    assert is_in(clerk_browser)
    at(50)
    assert is_in(clerk_browser)
    at(81)
    assert not is_in(clerk_browser)


def test_whose_time_ran_out_is_told_so_and_led_back(clerk_browser: Client, at: Any) -> None:
    at(40)

    answer = clerk_browser.get("/admin/account/?a=1", follow=True)

    assert answer.redirect_chain == [("/admin/login/?next=%2Fadmin%2Faccount%2F%3Fa%3D1", 302)]
    assert "You were logged out after a while without work." in answer.content.decode()


def test_a_form_sent_too_late_does_nothing(clerk_browser: Client, at: Any) -> None:
    at(40)

    answer = clerk_browser.post("/admin/account/sessions/")

    assert answer.headers["Location"] == "/admin/login/?next=%2Fadmin%2F"


def test_the_time_of_rest_is_a_setting(clerk_browser: Client, at: Any, settings: Settings) -> None:
    settings.UNIPAY_IDLE_MINUTES = 5

    at(6)

    assert not is_in(clerk_browser)


def test_after_eight_hours_even_who_works_logs_in_again(clerk_browser: Client, at: Any) -> None:
    for minutes in range(20, 8 * 60, 20):
        at(minutes)
        assert is_in(clerk_browser)

    at(8 * 60 + 1)

    assert not is_in(clerk_browser)
    log_in(clerk_browser)
    assert is_in(clerk_browser)


def test_requests_within_a_minute_write_nothing(clerk_browser: Client, at: Any) -> None:
    written = clerk_browser.session[SEEN]

    at(0.9)
    clerk_browser.get("/admin/")
    kept = clerk_browser.session[SEEN]
    at(1.1)
    clerk_browser.get("/admin/")

    assert kept == written
    assert clerk_browser.session[SEEN] == written + 66


def test_logging_out_everywhere_else_leaves_this_session_alone(clerk_browser: Client, at: Any) -> None:
    elsewhere = log_in(Client())
    at(1)

    clerk_browser.post("/admin/account/sessions/")

    assert is_in(clerk_browser)
    assert not is_in(elsewhere)


def test_a_superuser_ends_the_sessions_of_a_colleague(clerk_browser: Client, at: Any) -> None:
    superuser = User.objects.create_superuser("root")
    at(1)

    sessions.end_all(User.objects.get(username="clerk"), by=superuser, now=clock.now())

    assert not is_in(clerk_browser)


def test_subscribers_pages_have_no_clock(client: Client, at: Any) -> None:
    client.force_login(User.objects.create_user("clerk", is_staff=True))

    client.get("/healthz")

    assert SEEN not in client.session


def test_the_cookie_of_a_session_is_kept_from_scripts_and_strangers(clerk_browser: Client) -> None:
    cookie = clerk_browser.cookies["sessionid"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
