"""Who is locked out: a person at an address, a name guessed at from everywhere, an address that guesses at many."""

from ipaddress import ip_network

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_clerk")]

RIGHT = "the right password"
PROXY = "10.0.0.1"


@pytest.fixture
def _clerk(settings: Settings) -> None:
    settings.UNIPAY_LOCKOUT_PER_NAME = 8
    settings.UNIPAY_LOCKOUT_PER_ADDRESS = 12
    settings.UNIPAY_TRUSTED_PROXIES = (ip_network("10.0.0.0/8"),)
    User.objects.create_user("clerk", password=RIGHT, is_staff=True)


def log_in(password: str, *, name: str = "clerk", address: str = "203.0.113.9", forwarded: str = "") -> int:
    typed = {"username": name, "password": password, "next": "/admin/"}
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return Client().post("/admin/login/", typed, REMOTE_ADDR=address, **headers).status_code


def fail(times: int, **where: str) -> None:
    for _each in range(times):
        log_in("wrong", **where)


def test_five_failures_lock_one_person_at_one_address_and_nobody_else() -> None:
    User.objects.create_user("other", password=RIGHT, is_staff=True)
    fail(5)

    assert log_in(RIGHT) == 429
    assert log_in(RIGHT, address="203.0.113.77") == 302
    assert log_in(RIGHT, name="other") == 302


def test_a_name_guessed_at_from_many_addresses_is_locked_everywhere() -> None:
    for number in range(8):
        fail(1, address=f"203.0.113.{number}")

    assert log_in(RIGHT, address="203.0.113.200") == 429


def test_an_address_that_guesses_at_many_names_is_locked() -> None:
    for number in range(12):
        fail(1, name=f"name{number}")

    assert log_in(RIGHT) == 429
    assert log_in(RIGHT, address="203.0.113.77") == 302


def test_behind_our_proxy_people_are_told_apart() -> None:
    fail(5, address=PROXY, forwarded="198.51.100.1")

    assert log_in(RIGHT, address=PROXY, forwarded="198.51.100.1") == 429
    assert log_in(RIGHT, address=PROXY, forwarded="198.51.100.2") == 302


def test_a_forged_header_does_not_get_round_the_lock() -> None:
    for number in range(5):
        fail(1, address=PROXY, forwarded=f"192.0.2.{number}, 198.51.100.1")

    assert log_in(RIGHT, address=PROXY, forwarded="192.0.2.99, 198.51.100.1") == 429


def test_a_forged_header_locks_nobody_else_out() -> None:
    fail(5, address="203.0.113.9", forwarded="198.51.100.1")

    assert log_in(RIGHT, address=PROXY, forwarded="198.51.100.1") == 302


def test_who_logs_in_is_forgiven_at_this_address_only() -> None:
    fail(4)
    fail(3, address="203.0.113.77")

    log_in(RIGHT)

    assert list(AccessAttempt.objects.values_list("ip_address", "failures_since_start")) == [
        ("203.0.113.77", 3)
    ]


def test_trying_on_does_not_make_the_lock_longer() -> None:
    fail(5)
    before = AccessAttempt.objects.get().attempt_time

    fail(3)

    attempt = AccessAttempt.objects.get()
    assert (attempt.attempt_time, attempt.failures_since_start) == (before, 5)


def test_a_thousand_more_failures_push_no_earlier_one_out_of_the_record() -> None:
    AccessFailureLog.objects.bulk_create(AccessFailureLog(username="clerk") for _each in range(1000))
    first = AccessFailureLog.objects.order_by("pk").values_list("pk", flat=True)[0]

    fail(1)

    assert AccessFailureLog.objects.filter(pk=first).exists()
    assert AccessFailureLog.objects.count() == 1001
