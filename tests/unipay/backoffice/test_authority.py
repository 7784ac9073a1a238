"""Who may give which role, and look after whose account."""

import pytest
from django.contrib.auth.models import Group, User

from unipay.backoffice.authority import may_give, may_look_after, rights_of, roles_to_give
from unipay.backoffice.roles import ADMINISTRATOR, BREAK_GLASS, ROLES

pytestmark = pytest.mark.django_db

WORKING = {role.code for role in ROLES} - {ADMINISTRATOR, BREAK_GLASS}


def member(name: str, *codes: str, **fields: bool) -> User:
    user = User.objects.create_user(name, is_staff=True, **fields)
    user.groups.set(Group.objects.filter(name__in=codes))
    return User.objects.get(pk=user.pk)


def given_by(person: User) -> set[str]:
    return set(roles_to_give(person).values_list("name", flat=True))


def test_a_superuser_gives_every_role() -> None:
    assert given_by(member("root", is_superuser=True)) == {role.code for role in ROLES}


def test_an_administrator_gives_every_role_of_work_and_the_own_one_but_not_break_glass() -> None:
    assert given_by(member("admin", ADMINISTRATOR)) == WORKING | {ADMINISTRATOR}


@pytest.mark.parametrize("code", sorted(WORKING | {BREAK_GLASS}))
def test_nobody_else_gives_any(code: str) -> None:
    assert given_by(member("somebody", code)) == set()


def test_a_group_with_power_over_people_is_given_only_by_who_has_it() -> None:
    assert may_give(member("admin", ADMINISTRATOR), {"auth.change_user", "signing.decide_manualcase"})
    assert not may_give(member("other", ADMINISTRATOR), {"auth.delete_user"})


@pytest.mark.parametrize(
    ("codes", "is_superuser", "is_in_reach"),
    [
        (("customer_service",), False, True),
        (("supervisor", "finance_checker"), False, True),
        ((ADMINISTRATOR,), False, True),
        (("operations", BREAK_GLASS), False, False),
        ((), True, False),
    ],
)
def test_an_administrator_reaches_accounts_without_greater_power(
    codes: tuple[str, ...], is_superuser: bool, is_in_reach: bool
) -> None:
    account = member("account", *codes, is_superuser=is_superuser)

    assert may_look_after(member("admin", ADMINISTRATOR), account) is is_in_reach


def test_a_groups_rights_are_written_as_they_are_asked_for() -> None:
    assert rights_of(Group.objects.get(name=BREAK_GLASS)) == {"backoffice.break_glass"}
