"""Two-factor login: nothing opens between the password and the code, and each code is good once."""

import re
import time
from binascii import unhexlify
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django_otp.oath import TOTP
from pytest_django import Settings

from tests.conftest import Login
from unipay.backoffice import two_factor
from unipay.backoffice.models import AccountEvent, Authenticator, BackupCode

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PASSWORD = "quiet river stone"
VERIFY, ENROL, CODES = "/admin/account/verify/", "/admin/account/two-factor/", "/admin/account/backup-codes/"
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Stop the clock the codes come from; call it with seconds to set it further."""

    def set_clock(seconds: int) -> None:
        monkeypatch.setattr(time, "time", lambda: 1_772_000_000.0 + seconds)

    set_clock(0)
    return set_clock


@pytest.fixture
def user() -> User:
    return User.objects.create_user("clerk", password=PASSWORD, is_staff=True)


@pytest.fixture
def enrolled(user: User) -> User:
    Authenticator.objects.create(user=user, name="app")
    return user


def code_of(user: User, *, confirmed: bool = True) -> str:
    totp = TOTP(unhexlify(Authenticator.objects.get(user=user, confirmed=confirmed).key))
    totp.time = time.time()
    return f"{totp.token():06}"


def wrong_code_for(user: User) -> str:
    return f"{(int(code_of(user)) + 7) % 1_000_000:06}"


def log_in(client: Client) -> Any:
    return client.post("/admin/login/", {"username": "clerk", "password": PASSWORD, "next": "/admin/"})


def give(client: Client, code: str, **more: str) -> Any:
    return client.post(VERIFY, {"code": code, **more})


def test_after_the_password_only_the_code_page_opens(client: Client, enrolled: User) -> None:
    log_in(client)

    for page in (
        "/admin/",
        "/admin/account/",
        "/admin/signing/contract/?q=1",
        ENROL,
        CODES,
        "/admin/password_change/",
    ):
        answer = client.get(page)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, VERIFY)
    assert client.post("/admin/account/sessions/").headers["Location"].startswith(VERIFY)
    assert client.get(VERIFY).status_code == 200


def test_the_right_code_opens_the_page_that_was_asked_for(client: Client, enrolled: User) -> None:
    log_in(client)

    answer = give(client, code_of(enrolled), next="/admin/account/")

    assert answer.headers["Location"] == "/admin/account/"
    assert client.get("/admin/account/").status_code == 200


def test_nobody_is_led_to_another_site(client: Client, enrolled: User) -> None:
    log_in(client)

    answer = give(client, code_of(enrolled), next="https://evil.example/admin/")

    assert answer.headers["Location"] == "/admin/"


def test_a_code_is_good_once(client: Client, enrolled: User) -> None:
    code = code_of(enrolled)
    log_in(client)
    give(client, code)
    elsewhere = Client()
    log_in(elsewhere)

    answer = give(elsewhere, code)

    assert "The code is wrong, used or too old." in answer.content.decode()
    assert elsewhere.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("seconds", "is_accepted"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_differ_by_half_a_minute(
    client: Client, enrolled: User, at: Any, seconds: int, is_accepted: bool
) -> None:
    at(seconds)
    code = code_of(enrolled)
    at(0)
    log_in(client)

    give(client, code)

    assert (client.get("/admin/").status_code == 200) is is_accepted


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "٠١٢٣٤٥", "-12345", "k7m2p-x9f4t"])
def test_what_is_no_code_opens_nothing(client: Client, enrolled: User, code: str) -> None:
    log_in(client)

    give(client, code)

    assert client.get("/admin/").status_code == 302


def test_after_a_wrong_code_even_the_right_one_waits(client: Client, enrolled: User) -> None:
    log_in(client)
    give(client, wrong_code_for(enrolled))
    give(client, wrong_code_for(enrolled))

    answer = give(client, code_of(enrolled))

    assert "there is a pause" in answer.content.decode()
    assert client.get("/admin/").status_code == 302


def test_five_wrong_codes_lock_the_person_out_and_the_password_forgives_nothing(
    client: Client, enrolled: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Authenticator, "get_throttle_factor", lambda self: 0)
    for _each in range(4):
        log_in(client)
        assert give(client, wrong_code_for(enrolled)).status_code == 200

    last = give(client, wrong_code_for(enrolled))

    assert last.status_code == 429
    assert give(client, code_of(enrolled)).status_code == 429
    assert client.get(VERIFY).status_code == 429
    assert log_in(Client()).status_code == 429


def test_another_persons_code_opens_nothing(client: Client, enrolled: User) -> None:
    other = User.objects.create_user("other", is_staff=True)
    Authenticator.objects.create(user=other, name="app")
    log_in(client)

    give(client, code_of(other))

    assert client.get("/admin/").status_code == 302


def test_a_session_is_verified_until_it_ends(client: Client, enrolled: User, at: Any) -> None:
    log_in(client)
    give(client, code_of(enrolled))

    client.post("/admin/logout/")
    log_in(client)

    assert client.get("/admin/").headers["Location"].startswith(VERIFY)


def test_a_new_password_keeps_this_session_verified(client: Client, enrolled: User) -> None:
    log_in(client)
    give(client, code_of(enrolled))
    new = "seven amber lanterns"

    client.post(
        "/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )

    assert client.get("/admin/").status_code == 200


def test_where_it_is_required_nothing_opens_before_it_is_set_up(
    client: Client, user: User, settings: Settings
) -> None:
    settings.UNIPAY_REQUIRE_TWO_FACTOR = True
    log_in(client)

    answer = client.get("/admin/signing/contract/")

    assert answer.headers["Location"].startswith(ENROL)
    assert "Everybody who works here logs in with a password and a code" in client.get(ENROL).content.decode()


def test_setting_it_up_shows_ten_backup_codes_once_and_opens_the_way(
    client: Client, user: User, settings: Settings
) -> None:
    settings.UNIPAY_REQUIRE_TWO_FACTOR = True
    log_in(client)
    client.get(ENROL)

    page = client.post(ENROL, {"code": code_of(user, confirmed=False)})

    codes = re.findall(r"<code>([2-9a-z]{5}-[2-9a-z]{5})</code>", page.content.decode())
    assert len(set(codes)) == 10
    assert "no-store" in page.headers["Cache-Control"]
    assert client.get("/admin/").status_code == 200
    assert set(AccountEvent.objects.values_list("kind", flat=True)) == {
        "SECOND_FACTOR_ENROLLED",
        "BACKUP_CODES_MADE",
    }


def test_a_wrong_code_sets_nothing_up(client: Client, user: User) -> None:
    log_in(client)
    client.get(ENROL)
    wrong = f"{(int(code_of(user, confirmed=False)) + 7) % 1_000_000:06}"

    client.post(ENROL, {"code": wrong})

    assert not Authenticator.objects.filter(confirmed=True).exists()
    assert client.get("/admin/").status_code == 200


def test_the_picture_carries_the_key_that_is_typed(client: Client, user: User) -> None:
    log_in(client)

    page = client.get(ENROL).content.decode()

    app = Authenticator.objects.get()
    assert app.secret in page
    assert 'src="data:image/svg+xml' in page
    assert (
        app.address == f"otpauth://totp/Unipay%3Aclerk?secret={app.secret}&issuer=Unipay&digits=6&period=30"
    )


def test_the_key_is_sealed_at_rest_and_codes_are_not_kept(user: User) -> None:
    app = Authenticator.objects.create(user=user, name="app")
    codes = two_factor.new_backup_codes(user, now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM backoffice_authenticator")
        ((stored,),) = cursor.fetchall()

    assert app.key not in stored
    assert Authenticator.objects.get().key == app.key
    digests = set(BackupCode.objects.values_list("digest", flat=True))
    assert not digests & {code.replace("-", "") for code in codes}


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1}", "{2}"])
def test_a_backup_code_opens_once_however_it_is_typed(client: Client, enrolled: User, typed: str) -> None:
    code = two_factor.new_backup_codes(enrolled, now=NOW)[0]
    log_in(client)

    give(client, typed.format(code, code.replace("-", ""), code.upper()))
    elsewhere = Client()
    log_in(elsewhere)
    give(elsewhere, code)

    assert client.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302
    assert two_factor.backup_codes_left(enrolled) == 9
    assert AccountEvent.objects.filter(kind="BACKUP_CODE_USED", detail="9").exists()


def test_new_backup_codes_need_the_password_and_end_the_old_ones(client: Client, enrolled: User) -> None:
    old = two_factor.new_backup_codes(enrolled, now=NOW)
    log_in(client)
    give(client, code_of(enrolled))

    refused = client.post(CODES, {"password": "wrong"})
    shown = client.post(CODES, {"password": PASSWORD})

    assert "That is not your password." in refused.content.decode()
    codes = re.findall(r"<code>([2-9a-z]{5}-[2-9a-z]{5})</code>", shown.content.decode())
    assert len(codes) == two_factor.backup_codes_left(enrolled) == 10
    assert not set(codes) & set(old)


def test_a_new_phone_needs_the_password_and_ends_the_old_one(client: Client, enrolled: User) -> None:
    old_key = Authenticator.objects.get().key
    log_in(client)
    give(client, code_of(enrolled))

    client.post(ENROL, {"password": PASSWORD})
    kept = Authenticator.objects.get(confirmed=True).key
    client.post(ENROL, {"code": code_of(enrolled, confirmed=False)})

    assert kept == old_key
    assert Authenticator.objects.get().key != old_key
    assert client.get("/admin/").status_code == 200


def test_who_set_it_up_elsewhere_is_asked_in_every_session(client: Client, user: User) -> None:
    log_in(client)
    assert client.get("/admin/").status_code == 200

    Authenticator.objects.create(user=user, name="app")

    assert client.get("/admin/").headers["Location"].startswith(VERIFY)


def test_an_administrator_resets_a_lost_phone_and_the_colleague_is_told(
    client: Client, enrolled: User, clerk: Login
) -> None:
    log_in(client)
    give(client, code_of(enrolled))
    keeper = clerk("auth.view_user", "auth.change_user", username="keeper")
    boss = User.objects.get(username="keeper")
    boss.set_password(PASSWORD)
    boss.save()
    keeper.force_login(boss)
    page = f"/admin/auth/user/{enrolled.pk}/reset-two-factor"

    asked = keeper.get(page, follow=True)
    keeper.post(asked.request["PATH_INFO"], {"password": PASSWORD})

    assert asked.status_code == 200
    assert not Authenticator.objects.filter(user=enrolled).exists()
    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")
    told = client.post(
        "/admin/login/", {"username": "clerk", "password": PASSWORD, "next": "/admin/account/"}, follow=True
    )
    assert "two-factor login reset by somebody else, by keeper" in told.content.decode()
    event = AccountEvent.objects.get(kind="SECOND_FACTOR_RESET")
    assert (event.user, event.by) == (enrolled, boss)


@pytest.mark.parametrize("page", ["reset-two-factor", "log-out"])
def test_who_may_do_more_is_out_of_reach(enrolled: User, clerk: Login, page: str) -> None:
    keeper = clerk("auth.view_user", "auth.change_user", username="keeper")
    superuser = User.objects.create_superuser("root")
    Authenticator.objects.create(user=superuser, name="app")

    answer = keeper.post(f"/admin/auth/user/{superuser.pk}/{page}/", {"password": PASSWORD}, follow=True)

    assert answer.status_code in (403, 404)
    assert Authenticator.objects.filter(user=superuser).exists()


def test_partners_and_subscribers_are_not_asked(client: Client, settings: Settings) -> None:
    settings.UNIPAY_REQUIRE_TWO_FACTOR = True

    assert client.get("/healthz").status_code == 200
    assert client.get("/api/docs/").status_code == 200
    assert client.get("/pay/signing/nobody/").status_code in (404, 410)
