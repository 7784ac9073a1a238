"""One's own account: what its page tells, to its owner only."""

from datetime import UTC, datetime

import pytest
from axes.models import AccessFailureLog, AccessLog
from django.contrib.auth.models import Group, User
from django.test import Client

from tests.factories import make_province
from unipay.backoffice.account_events import note, take_news
from unipay.backoffice.models import AccountEventKind, Posting

PAGE = "/admin/account/"
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


def test_what_others_did_is_told_once_and_what_one_did_oneself_is_not(user: User) -> None:
    boss = User.objects.create_user("boss", is_staff=True)
    note(user, AccountEventKind.PASSWORD_CHANGED, by=user, now=NOW)
    note(user, AccountEventKind.RIGHTS_CHANGED, by=boss, now=NOW, detail="supervisor @ *")

    first, second = take_news(user, now=NOW), take_news(user, now=NOW)

    assert [(event.kind, event.by) for event in first] == [("RIGHTS_CHANGED", boss)]
    assert second == []


def test_logging_out_is_noted_beside_the_log_in(client: Client, user: User) -> None:
    log_in(client)

    client.post("/admin/logout/")

    assert AccessLog.objects.get().logout_time is not None
