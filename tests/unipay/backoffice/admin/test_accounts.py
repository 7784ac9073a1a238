import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from tests.conftest import Login

USERS, GROUPS = "/admin/auth/user/", "/admin/auth/group/"
JOINED = {"date_joined_0": "2026-03-02", "date_joined_1": "12:00:00"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def a_right() -> Permission:
    return Permission.objects.get(codename="decide_manualcase")


def everything_to(client: Client, user: User) -> None:
    """Ask for all power and one right for the user."""
    given = {"username": user.username, "is_active": "on", "is_staff": "on", **JOINED}
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
    role = Group.objects.create(name="finance")

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
