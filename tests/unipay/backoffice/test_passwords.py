"""Rules of passwords: long, none of the last five, and one's own."""

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from tests.conftest import Login
from unipay.backoffice.models import Account, AccountEvent, PastPassword

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

CHANGE = "/admin/password_change/"
FIRST, SECOND = "quiet river stone", "seven amber lanterns"


def staff(name: str, password: str) -> User:
    user = User(username=name, is_staff=True)
    user.set_password(password)
    user.save()
    return user


def change(client: Client, old: str, new: str) -> int:
    typed = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post(CHANGE, typed).status_code


def test_a_password_of_eleven_letters_is_too_short() -> None:
    with pytest.raises(ValidationError, match="at least 12 characters"):
        validate_password("unipay-demo")


def test_none_of_the_last_five_passwords_comes_back() -> None:
    user = staff("clerk", "password number 0")
    for number in range(1, 5):
        user.set_password(f"password number {number}")
        user.save()

    for number in range(5):
        with pytest.raises(ValidationError, match="last 5 passwords"):
            validate_password(f"password number {number}", user)


def test_the_sixth_last_password_may_come_back_and_is_kept_no_longer() -> None:
    user = staff("clerk", "password number 0")
    for number in range(1, 6):
        user.set_password(f"password number {number}")
        user.save()

    validate_password("password number 0", user)

    assert PastPassword.objects.filter(user=user).count() == 5


def test_the_password_in_use_counts_although_a_command_gave_it() -> None:
    user = staff("clerk", FIRST)
    PastPassword.objects.all().delete()

    with pytest.raises(ValidationError, match="last 5 passwords"):
        validate_password(FIRST, user)


def test_a_password_set_by_somebody_else_opens_only_the_page_to_replace_it(
    administrator: Client, client: Client
) -> None:
    user = staff("clerk", FIRST)
    typed = {"password1": SECOND, "password2": SECOND, "usable_password": "true"}
    administrator.post(f"/admin/auth/user/{user.pk}/password/", typed)
    client.post("/admin/login/", {"username": "clerk", "password": SECOND, "next": "/admin/"})

    led_to = client.get("/admin/account/")
    refused = change(client, SECOND, SECOND)
    changed = change(client, SECOND, "a walk along the wall")

    assert led_to.headers["Location"] == "/admin/password_change/?next=%2Fadmin%2Faccount%2F"
    assert (refused, changed) == (200, 302)
    assert client.get("/admin/").status_code == 200
    assert not Account.objects.get(user=user).must_change_password


def test_an_account_somebody_made_chooses_its_password_too(administrator: Client) -> None:
    typed = {"username": "new", "password1": SECOND, "password2": SECOND, "usable_password": "true"}
    administrator.post("/admin/auth/user/add/", typed)

    user = User.objects.get(username="new")

    assert user.is_staff
    assert user.account.must_change_password


def test_a_changed_password_ends_every_other_session(client: Client) -> None:
    staff("clerk", FIRST)
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.post("/admin/login/", {"username": "clerk", "password": FIRST, "next": "/admin/"})

    change(client, FIRST, SECOND)

    assert client.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302
    assert AccountEvent.objects.get().kind == "PASSWORD_CHANGED"


def test_the_own_password_is_never_set_without_the_old_one(clerk: Login) -> None:
    client = clerk("auth.view_user", "auth.change_user")
    user = User.objects.get(username="clerk")
    before = user.password

    answer = client.post(f"/admin/auth/user/{user.pk}/password/", {"password1": SECOND, "password2": SECOND})

    assert answer.headers["Location"] == CHANGE
    user.refresh_from_db()
    assert user.password == before


def test_guessing_the_old_password_locks_out(client: Client) -> None:
    user = staff("clerk", FIRST)
    client.force_login(user)

    guesses = [change(client, f"wrong {number}", SECOND) for number in range(5)]

    assert guesses == [200] * 4 + [429]
    assert change(client, FIRST, SECOND) == 429
    user.refresh_from_db()
    assert user.check_password(FIRST)


def test_a_new_password_that_breaks_the_rules_is_no_failure(client: Client) -> None:
    client.force_login(staff("clerk", FIRST))

    for _each in range(6):
        assert change(client, FIRST, "short") == 200

    assert not AccessAttempt.objects.exists()
