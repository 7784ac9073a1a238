"""What a broken glass does not open: nothing done meanwhile makes one person maker and checker afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from unipay import clock
from unipay.approvals.models import ApprovalRule
from unipay.backoffice.authority import may_give, may_look_after
from unipay.backoffice.models import AccountEvent, Authenticator, BreakGlass, BreakGlassEnd
from unipay.backoffice.roles import BREAK_GLASS, ROLES

USERS, RULES = "/admin/auth/user/", "/admin/approvals/approvalrule/"
PASSWORD, NEW = "quiet river stone", "seven amber lanterns"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def person(name: str, *codes: str, **fields: bool) -> User:
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True, **fields)
    user.groups.set(Group.objects.filter(name__in=codes))
    return user


def break_it_for(user: User) -> User:
    now = clock.now()
    BreakGlass.objects.create(
        break_glass_no=f"BG-{user.pk}",
        person=user,
        reason="nobody can be reached",
        started_at=now,
        ends_at=now + timedelta(minutes=30),
    )
    return User.objects.get(pk=user.pk)


@pytest.fixture
def night() -> User:
    return break_it_for(person("night", "customer_service", BREAK_GLASS))


@pytest.fixture
def browser(night: User) -> Client:
    client = Client()
    client.force_login(night)
    return client


def set_password(browser: Client, account: User) -> None:
    typed = {"password1": NEW, "password2": NEW, "usable_password": "true", "set-password": "1"}
    browser.post(f"{USERS}{account.pk}/password/", typed)


def test_the_rules_of_who_must_agree_are_read_and_stay_as_they_are(browser: Client) -> None:
    rule = ApprovalRule.objects.create(kind="case_decision", action="REPLACE", needs_checker=True)
    loose = {"kind": "case_decision", "action": "REPLACE", "reason": "", "hours_valid": "24"}

    answers = [
        browser.post(f"{RULES}{page}", {**loose, "post": "yes"}).status_code
        for page in ("add/", f"{rule.pk}/change/", f"{rule.pk}/delete/")
    ]

    assert answers == [403, 403, 403]
    assert browser.get(RULES).status_code == 200
    assert list(ApprovalRule.objects.filter(action="REPLACE").values_list("needs_checker", flat=True)) == [
        True
    ]


@pytest.mark.parametrize("codes", [(BREAK_GLASS,), ("administrator", BREAK_GLASS)])
def test_nobody_makes_an_account_meanwhile(codes: tuple[str, ...]) -> None:
    client = Client()
    client.force_login(break_it_for(person("boss", *codes)))
    typed = {"username": "puppet", "password1": NEW, "password2": NEW, "usable_password": "true"}

    answer = client.post(f"{USERS}add/", typed)

    assert answer.status_code == 403
    assert not User.objects.filter(username="puppet").exists()


@pytest.mark.parametrize("codes", [(BREAK_GLASS,), ("administrator", BREAK_GLASS)])
def test_no_role_is_given_or_taken_meanwhile(codes: tuple[str, ...]) -> None:
    boss = break_it_for(person("boss", *codes, "customer_service"))
    colleague = person("colleague", "customer_service")
    client = Client()
    client.force_login(boss)
    wanted = {"is_active": "on", "is_staff": "on", "postings-TOTAL_FORMS": "0", "postings-INITIAL_FORMS": "0"}

    client.post(
        f"{USERS}{colleague.pk}/change/", {**wanted, "groups": [Group.objects.get(name="supervisor").pk]}
    )

    assert not may_give(boss, ())
    assert [group.name for group in colleague.groups.all()] == ["customer_service"]


@pytest.mark.parametrize("is_active", [True, False])
def test_the_account_of_a_checker_stays_out_of_reach(browser: Client, is_active: bool) -> None:
    checker = person("checker", "supervisor", is_active=is_active)
    Authenticator.objects.create(user=checker, name="app")

    browser.post(f"{USERS}{checker.pk}/reset-two-factor/", {"password": PASSWORD})
    set_password(browser, checker)

    checker.refresh_from_db()
    assert Authenticator.objects.filter(user=checker).exists()
    assert checker.check_password(PASSWORD)


def test_a_colleague_who_may_do_no_more_is_helped(browser: Client) -> None:
    colleague = person("colleague", "customer_service")

    set_password(browser, colleague)

    colleague.refresh_from_db()
    assert colleague.check_password(NEW)


def test_a_checker_reaches_no_maker_meanwhile() -> None:
    clerk = person("clerk", "customer_service")

    assert not may_look_after(break_it_for(person("boss", "supervisor", BREAK_GLASS)), clerk)


def test_another_who_broke_the_glass_is_out_of_reach(night: User) -> None:
    assert not may_look_after(night, person("auditor", "auditor"))
    assert not may_look_after(night, break_it_for(person("other", "auditor", BREAK_GLASS)))


def test_the_lent_rights_end_with_the_right_to_break_the_glass(browser: Client, night: User) -> None:
    before = browser.get(USERS).status_code

    night.groups.remove(Group.objects.get(name=BREAK_GLASS))

    assert (before, browser.get(USERS).status_code) == (200, 403)


def test_an_administrator_does_not_wake_an_account_with_greater_power() -> None:
    asleep: Any = person("asleep", "operations", BREAK_GLASS, is_active=False)

    assert not may_look_after(person("boss", "administrator"), asleep)


@pytest.mark.parametrize("code", [role.code for role in ROLES])
def test_administrators_alone_end_a_colleagues_break_glass_and_it_is_noted(
    browser: Client, night: User, code: str
) -> None:
    row = BreakGlass.objects.get(person=night)
    boss = person("boss", code)
    client = Client()
    client.force_login(boss)

    page = f"/admin/backoffice/breakglass/{row.pk}/end/"
    opened = client.get(page).status_code == 200
    client.post(page, {"password": "wrong"})
    still_lent = browser.get(USERS).status_code == 200
    client.post(page, {"password": PASSWORD})

    is_ended = browser.get(USERS).status_code == 403
    events = AccountEvent.objects.filter(kind="BREAK_GLASS_ENDED")
    assert still_lent
    assert opened is is_ended is (code == "administrator")
    assert (
        list(events.values_list("user", "by", "detail"))
        == [(night.pk, boss.pk, row.break_glass_no)] * is_ended
    )


def test_who_broke_the_glass_ends_nobody_elses(browser: Client) -> None:
    other = person("other", BREAK_GLASS)
    break_it_for(other)
    row = BreakGlass.objects.get(person=other)

    browser.post(f"/admin/backoffice/breakglass/{row.pk}/end/", {"password": PASSWORD})

    assert not BreakGlassEnd.objects.exists()


@pytest.mark.parametrize("number", ["0", "\u00b2", "x"])
def test_no_break_glass_of_that_number_is_ended(number: str) -> None:
    client = Client()
    client.force_login(person("boss", "administrator"))

    answer = client.get(f"/admin/backoffice/breakglass/{number}/end/")

    assert answer.status_code in (302, 403, 404)
