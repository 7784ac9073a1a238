"""What one session knows of the second factor, and what no other session may profit from."""

import re
import time
from base64 import b32decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axes.models import AccessLog
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from pytest_django import Settings

from unipay.backoffice import two_factor
from unipay.backoffice.models import Account, Authenticator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "_clock")]

PASSWORD, NEW = "quiet river stone", "seven amber lanterns"
VERIFY, ENROL, ACCOUNT = "/admin/account/verify/", "/admin/account/two-factor/", "/admin/account/"
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock the codes come from, or one may run out between two lines."""
    monkeypatch.setattr(time, "time", lambda: 1_772_000_000.0)


@pytest.fixture
def user() -> User:
    return User.objects.create_user("clerk", password=PASSWORD, is_staff=True)


@pytest.fixture
def enrolled(user: User) -> User:
    Authenticator.objects.create(user=user, name="app")
    return user


def log_in(client: Client | None = None, password: str = PASSWORD) -> Client:
    client = client or Client()
    client.post("/admin/login/", {"username": "clerk", "password": password, "next": "/admin/"})
    return client


def code(secret: str, *, steps: int = 0) -> str:
    totp = TOTP(b32decode(secret))
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06}"


def verified(user: User, *, steps: int = 0) -> Client:
    client = log_in()
    client.post(
        VERIFY, {"code": code(Authenticator.objects.get(user=user, confirmed=True).secret, steps=steps)}
    )
    assert is_in(client)
    return client


def secret_on(client: Client) -> str | None:
    shown = re.search(r'account-secret">([A-Z2-7]+)<', client.get(ENROL).content.decode())
    return shown and shown[1]


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def test_the_key_a_thief_was_shown_is_not_the_one_the_owner_confirms(user: User) -> None:
    thief, owner = log_in(), log_in()
    stolen = secret_on(thief)

    key = secret_on(owner)
    owner.post(ENROL, {"code": code(key or "")})

    assert stolen != key
    assert Authenticator.objects.get(user=user).secret == key
    late = log_in()
    late.post(VERIFY, {"code": code(stolen or "", steps=1)})
    assert not is_in(late)


def test_a_code_of_another_sessions_key_sets_nothing_up(user: User) -> None:
    first, second = log_in(), log_in()
    key = secret_on(first)

    second.post(ENROL, {"code": code(key or "")})

    assert not Authenticator.objects.filter(confirmed=True).exists()


def test_a_session_is_shown_the_same_key_until_it_is_confirmed(user: User) -> None:
    client = log_in()

    assert secret_on(client) == secret_on(client) is not None


def test_a_key_that_waited_too_long_is_of_no_use(user: User) -> None:
    client = log_in()
    key = secret_on(client)
    Authenticator.objects.update(created_at=timezone.now() - two_factor.WAITS - timedelta(seconds=1))

    client.post(ENROL, {"code": code(key or "")})

    assert not Authenticator.objects.filter(confirmed=True).exists()
    assert secret_on(client) not in (key, None)


def test_logging_in_again_forgets_the_key_that_was_shown(user: User) -> None:
    client = log_in()
    key = secret_on(client)

    log_in(client)

    assert secret_on(client) != key


def test_an_unlocked_screen_shows_no_new_key_without_the_password(enrolled: User) -> None:
    client = verified(enrolled)

    before = secret_on(client)
    refused = client.post(ENROL, {"password": "wrong"})
    still = secret_on(client)
    client.post(ENROL, {"password": PASSWORD})

    assert "That is not your password." in refused.content.decode()
    assert before is still is None
    assert secret_on(client) == Authenticator.objects.get(confirmed=False).secret


def test_the_key_of_a_new_phone_is_shown_to_the_session_that_asked(enrolled: User) -> None:
    client, elsewhere = verified(enrolled), verified(enrolled, steps=1)
    client.post(ENROL, {"password": PASSWORD})

    assert secret_on(client) is not None
    assert secret_on(elsewhere) is None


def test_a_password_others_know_is_replaced_before_a_phone_is_set_up(user: User, settings: Settings) -> None:
    settings.UNIPAY_REQUIRE_TWO_FACTOR = True
    Account.objects.create(user=user, must_change_password=True)
    client = log_in()

    first = client.get(ENROL).headers["Location"]
    client.post(
        "/admin/password_change/", {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    )

    assert first.startswith("/admin/password_change/")
    assert client.get("/admin/").headers["Location"].startswith(ENROL)
    assert secret_on(client) is not None


def test_the_password_given_again_asks_for_a_code_again(enrolled: User) -> None:
    client = verified(enrolled)

    log_in(client)

    assert client.get(ACCOUNT).headers["Location"].startswith(VERIFY)


@pytest.mark.parametrize("step", ["verify", "enrol"])
def test_a_session_gets_a_new_id_with_its_code_and_its_log_out_is_noted(user: User, step: str) -> None:
    if step == "verify":
        Authenticator.objects.create(user=user, name="app")
    client = log_in()
    before = client.session.session_key
    key = secret_on(client) if step == "enrol" else Authenticator.objects.get().secret

    client.post(VERIFY if step == "verify" else ENROL, {"code": code(key or "")})

    assert client.session.session_key != before
    assert is_in(client)
    stolen: Any = Client()
    stolen.cookies["sessionid"] = before
    assert not is_in(stolen)
    client.post("/admin/logout/")
    assert AccessLog.objects.get().logout_time is not None


def test_wrong_codes_of_the_app_do_not_hold_up_a_backup_code(enrolled: User) -> None:
    backup_code = two_factor.new_backup_codes(enrolled, now=NOW)[0]
    Authenticator.objects.update(throttling_failure_count=16, throttling_failure_timestamp=timezone.now())
    client = log_in()

    paused = client.post(VERIFY, {"code": "123456"})
    client.post(VERIFY, {"code": backup_code})

    assert "there is a pause" in paused.content.decode()
    assert is_in(client)
