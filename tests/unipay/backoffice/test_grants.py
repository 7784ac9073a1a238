"""Groups of roles: made by the migration, made again without harm."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from unipay.backoffice.grants import grant
from unipay.backoffice.roles import ROLES, Role

pytestmark = pytest.mark.django_db

DECIDE = "signing.decide_manualcase"


def rights_of(code: str) -> set[str]:
    found = Permission.objects.filter(group__name=code).values_list("content_type__app_label", "codename")
    return {f"{label}.{codename}" for label, codename in found}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.code)
def test_after_the_migrations_every_role_has_exactly_its_rights(role: Role) -> None:
    assert rights_of(role.code) == role.rights


def test_on_a_database_without_rows_of_rights_they_are_made() -> None:
    Group.objects.all().delete()
    Permission.objects.all().delete()
    ContentType.objects.all().delete()
    ContentType.objects.clear_cache()

    grant(apps)

    assert {role.code: rights_of(role.code) for role in ROLES} == {role.code: role.rights for role in ROLES}


def test_granting_again_changes_nothing() -> None:
    before = (Group.objects.count(), Permission.objects.count(), Group.permissions.through.objects.count())

    grant(apps)

    after = (Group.objects.count(), Permission.objects.count(), Group.permissions.through.objects.count())
    assert after == before


def test_new_rights_come_without_bringing_back_what_was_taken() -> None:
    group = Group.objects.get(name="supervisor")
    group.permissions.clear()

    grant(apps, rights={DECIDE})

    assert rights_of("supervisor") == {DECIDE}
    assert DECIDE not in rights_of("auditor")
