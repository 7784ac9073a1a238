"""One's own account: what its page tells, to its owner only."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from axes.models import AccessFailureLog, AccessLog
from django.contrib.auth.models import Group, User
from django.test import Client

from tests.factories import make_province
from unipay.backoffice.account_events import note
from unipay.backoffice.models import AccountEvent, AccountEventKind, Posting

PAGE, READ = "/admin/account/", "/admin/account/news/"
PASSWORD = "quiet river stone"
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def user() -> User:
    user = User.objects.create_user("clerk", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name="customer_service"))
    return user


def log_in(client: Client, password: str = PASSWORD, address: str = "203.0.113.9") -> None:
    typed = {"username": "clerk", "password": password, "next": "/admin/"}
    client.post("/admin/login/", typed, REMOTE_ADDR=address, HTTP_USER_AGENT="<b>browser</b>")


def test_the_page_tells_roles_provinces_and_the_last_log_ins(client: Client, user: User) -> None:
    Posting.objects.create(user=user, province=make_province("ZJ", name="Zhejiang"))
    log_in(Client(), "wrong", "203.0.113.66")
    log_in(client)

    page = client.get(PAGE).content.decode()

    for shown in (
        "Customer service",
        "Zhejiang",
        "203.0.113.9",
        "203.0.113.66",
        "&lt;b&gt;browser&lt;/b&gt;",
    ):
        assert shown in page
    assert "the whole country" not in page


def test_nobody_reads_anothers_log_ins(client: Client, user: User) -> None:
    other = User.objects.create_user("other", is_staff=True)
    seen = {"username": "other", "user_agent": "browser", "ip_address": "198.51.100.7"}
    AccessLog.objects.create(**seen)
    AccessFailureLog.objects.create(**seen)
    note(other, AccountEventKind.PASSWORD_SET, by=other, now=NOW)
    log_in(client)

    page = client.get(PAGE).content.decode()

    assert "198.51.100.7" not in page
    assert "password set by somebody else" not in page


def reset_by_boss(user: User, *, minutes: int = 0) -> AccountEvent:
    boss, _is_new = User.objects.get_or_create(username="boss")
    at = NOW + timedelta(minutes=minutes)
    return note(user, AccountEventKind.SECOND_FACTOR_RESET, by=boss, now=at)


def told_on(client: Client, page: str = "/admin/") -> list[str]:
    """What others did, as the banner says it."""
    return re.findall(r"Your account: ([^,]+), by (\w+),", client.get(page).content.decode())


def test_what_others_did_is_told_in_every_session_until_it_is_read(client: Client, user: User) -> None:
    impostor = Client()
    event = reset_by_boss(user)
    note(user, AccountEventKind.PASSWORD_CHANGED, by=user, now=NOW)
    log_in(impostor)
    impostor.get("/admin/")
    log_in(client)

    before = told_on(client), told_on(client, PAGE)
    client.post(READ, {"upto": event.pk})

    told = [("two-factor login reset by somebody else", "boss")]
    assert before == (told, told)
    assert told_on(client) == told_on(impostor) == []


def test_what_happened_after_the_page_was_shown_is_still_news(client: Client, user: User) -> None:
    seen = reset_by_boss(user)
    log_in(client)
    reset_by_boss(user, minutes=1)

    client.post(READ, {"upto": seen.pk})

    assert len(told_on(client)) == 1


@pytest.mark.parametrize("upto", ["", "x", "\u00b2", "9" * 5000])
def test_what_names_no_event_of_ones_own_takes_no_news_away(client: Client, user: User, upto: str) -> None:
    reset_by_boss(user)
    others = reset_by_boss(User.objects.create_user("other", is_staff=True), minutes=5)
    log_in(client)

    for named in (upto, others.pk):
        client.post(READ, {"upto": named})

    assert len(told_on(client)) == 1
    assert client.get(READ).status_code == 405


def test_logging_out_is_noted_beside_the_log_in(client: Client, user: User) -> None:
    log_in(client)

    client.post("/admin/logout/")

    assert AccessLog.objects.get().logout_time is not None
