from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from tests.conftest import Login
from unipay.backoffice.models import AccountEvent

USERS, GROUPS = "/admin/auth/user/", "/admin/auth/group/"
NEW = "seven amber lanterns"
NO_PROVINCES = {"postings-TOTAL_FORMS": "0", "postings-INITIAL_FORMS": "0"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def a_right() -> Permission:
    return Permission.objects.get(codename="decide_manualcase")


def everything_to(client: Client, user: User) -> None:
    """Ask for all power and one right for the user."""
    given = {"username": user.username, "is_active": "on", "is_staff": "on", **NO_PROVINCES}
    client.post(
        f"{USERS}{user.pk}/change/", {**given, "is_superuser": "on", "user_permissions": [a_right().pk]}
    )


def test_who_looks_after_accounts_gives_nobody_rights(clerk: Login) -> None:
    client = clerk("auth.view_user", "auth.change_user")
    keeper, colleague = User.objects.get(), User.objects.create_user("colleague")

    everything_to(client, keeper)
    everything_to(client, colleague)

    assert not User.objects.filter(is_superuser=True).exists()
    assert User.objects.get(pk=keeper.pk).user_permissions.count() == 2
    colleague.refresh_from_db()
    assert colleague.is_staff
    assert colleague.user_permissions.count() == 0


@pytest.mark.parametrize("page", ["change/", "password/", "delete/"])
def test_an_account_that_may_do_more_is_out_of_reach(clerk: Login, page: str) -> None:
    client = clerk("auth.view_user", "auth.change_user", "auth.delete_user")
    superuser = User.objects.create_superuser("root")
    stronger = User.objects.create_user("stronger")
    stronger.user_permissions.add(a_right())

    answers = [client.post(f"{USERS}{user.pk}/{page}", {"post": "yes"}) for user in (superuser, stronger)]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_roles_keep_their_rights_whoever_else_renames_them(clerk: Login) -> None:
    client = clerk("auth.view_group", "auth.change_group")
    role = Group.objects.create(name="night shift")

    client.post(f"{GROUPS}{role.pk}/change/", {"name": "accounting", "permissions": [a_right().pk]})

    role.refresh_from_db()
    assert role.name == "accounting"
    assert role.permissions.count() == 0


def test_superusers_give_rights(administrator: Client) -> None:
    colleague = User.objects.create_user("colleague")

    everything_to(administrator, colleague)

    colleague = User.objects.get(pk=colleague.pk)
    assert colleague.is_superuser
    assert list(colleague.user_permissions.all()) == [a_right()]


def test_nobody_changes_the_own_rights_not_even_a_superuser(administrator: Client) -> None:
    root = User.objects.get()

    administrator.post(f"{USERS}{root.pk}/change/", {"username": "root", "groups": [1], **NO_PROVINCES})

    root.refresh_from_db()
    assert (root.is_superuser, root.is_active, root.is_staff) == (True, True, True)
    assert root.groups.count() == 0


def roles_of(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


@pytest.mark.parametrize(("code", "is_given"), [("supervisor", True), ("break_glass", False)])
def test_an_administrator_gives_roles_of_work_and_it_is_noted(
    code: str, is_given: bool, client: Client
) -> None:
    boss = User.objects.create_user("boss", is_staff=True)
    boss.groups.add(Group.objects.get(name="administrator"))
    client.force_login(boss)
    colleague = User.objects.create_user("colleague", is_staff=True)
    wanted = {"username": "colleague", "is_active": "on", "is_staff": "on", **NO_PROVINCES}

    client.post(f"{USERS}{colleague.pk}/change/", {**wanted, "groups": [Group.objects.get(name=code).pk]})

    assert roles_of(colleague) == ({code} if is_given else set())
    noted = [(event.by, event.detail) for event in AccountEvent.objects.filter(kind="RIGHTS_CHANGED")]
    assert noted == ([(boss, f"{code} @ *")] if is_given else [])


def test_roles_are_named_in_the_readers_language(administrator: Client) -> None:
    page = administrator.get(f"{USERS}{User.objects.get().pk}/change/").content.decode()
    listed = administrator.get(GROUPS).content.decode()

    assert "Customer service supervisor" in listed
    assert "finance_checker" not in page


def test_a_role_of_ours_keeps_its_code_and_stays(administrator: Client) -> None:
    role = Group.objects.get(name="auditor")

    administrator.post(f"{GROUPS}{role.pk}/change/", {"name": "spy", "permissions": []})
    administrator.post(f"{GROUPS}{role.pk}/delete/", {"post": "yes"})

    assert Group.objects.get(pk=role.pk).name == "auditor"


def test_the_list_of_people_costs_a_few_queries(
    administrator: Client, django_assert_max_num_queries: object
) -> None:
    role = Group.objects.get(name="customer_service")
    for number in range(30):
        User.objects.create_user(f"clerk{number}", is_staff=True).groups.add(role)

    with django_assert_max_num_queries(14):
        page = administrator.get(USERS)

    assert page.content.decode().count("Customer service") >= 30


@pytest.mark.parametrize("address", ["{0}", "0{0}", "{0}%20", "+{0}"])
def test_the_own_password_is_not_set_by_another_spelling_of_the_own_number(
    administrator: Client, address: str
) -> None:
    root = User.objects.get()
    typed = {"password1": NEW, "password2": NEW, "usable_password": "true", "set-password": "1"}

    administrator.post(f"{USERS}{address.format(root.pk)}/password/", typed)

    assert User.objects.get().password == root.password


def test_a_colleagues_password_is_set_under_any_spelling_and_noted(administrator: Client) -> None:
    colleague = User.objects.create_user("colleague")
    typed = {"password1": NEW, "password2": NEW, "usable_password": "true", "set-password": "1"}

    administrator.post(f"{USERS}0{colleague.pk}/password/", typed)

    assert AccountEvent.objects.get(kind="PASSWORD_SET").user == colleague
    assert colleague.account.must_change_password


def noted_after(client: Client, user: User, **given: Any) -> list[str]:
    """What the account's record says of its rights once the form was sent."""
    wanted = {"is_active": "on", "is_staff": "on", **NO_PROVINCES, **given}
    sent = {name: value for name, value in wanted.items() if value is not None}
    client.post(f"{USERS}{user.pk}/change/", sent)
    events = AccountEvent.objects.filter(user=user, kind="RIGHTS_CHANGED").order_by("pk")
    return list(events.values_list("detail", flat=True))


@pytest.mark.parametrize(
    ("given", "detail"),
    [
        ({"is_superuser": "on"}, "superuser @ *"),
        ({"is_active": None}, " @ * (shut)"),
        ({"is_staff": None}, " @ * (shut)"),
    ],
)
def test_power_and_the_end_of_it_are_noted(administrator: Client, given: dict[str, Any], detail: str) -> None:
    colleague = User.objects.create_user("colleague", is_staff=True)

    assert noted_after(administrator, colleague, **given) == [detail]


def test_a_single_right_is_noted_when_it_is_given_and_when_it_is_taken(administrator: Client) -> None:
    colleague = User.objects.create_user("colleague", is_staff=True)

    noted_after(administrator, colleague, user_permissions=[a_right().pk])

    assert noted_after(administrator, colleague) == ["signing.decide_manualcase @ *", " @ *"]


def test_what_leaves_the_rights_alone_is_not_noted(administrator: Client) -> None:
    colleague = User.objects.create_user("colleague", is_staff=True)

    assert noted_after(administrator, colleague, first_name="Ping") == []
    assert User.objects.get(pk=colleague.pk).first_name == "Ping"


def test_the_user_name_stays_once_the_account_exists(administrator: Client) -> None:
    colleague = User.objects.create_user("colleague", is_staff=True)

    for user in (colleague, User.objects.get(username="root")):
        noted_after(administrator, user, username="somebody-else")

    assert not User.objects.filter(username="somebody-else").exists()


@pytest.mark.parametrize("number", ["\u00b2", "0", "x", "\u0663"])
@pytest.mark.parametrize("page", ["reset-two-factor", "log-out"])
def test_what_is_no_account_is_not_looked_after(administrator: Client, number: str, page: str) -> None:
    answer = administrator.get(f"{USERS}{number}/{page}/")

    assert answer.status_code in (302, 403, 404)
