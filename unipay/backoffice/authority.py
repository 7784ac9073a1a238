"""Who may look after whose account, and who may give which role: rules, from rights to yes or no."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db.models import QuerySet

from unipay.backoffice.roles import OVER_PEOPLE
from unipay.backoffice.standing import standing_of

ASSIGN = "backoffice.assign_roles"


def may_give(person: Any, rights: Iterable[str]) -> bool:
    """Tell whether the person may give these rights: all that the person has oneself, or is there to hand out.

    Who assigns roles hands out the rights of everybody's work without having them, yet rights over people only as far
    as they are the person's own; in an emergency none of those.
    """
    given = frozenset(rights)
    if person.is_superuser:
        return True
    if not person.has_perm(ASSIGN):
        return False
    if standing_of(person).break_glass_no:
        return not given & OVER_PEOPLE
    return given & OVER_PEOPLE <= person.get_all_permissions()


def may_look_after(person: Any, account: User) -> bool:
    """Tell whether the account is within the person's reach: whoever sets its password can do what it may."""
    if person.is_superuser or account.pk == person.pk:
        return True
    if account.is_superuser:
        return False
    rights = account.get_all_permissions()
    return may_give(person, rights) if person.has_perm(ASSIGN) else rights <= person.get_all_permissions()


def roles_to_give(person: Any) -> QuerySet[Group]:
    """Return the roles the person may give."""
    groups = Group.objects.prefetch_related("permissions__content_type").order_by("pk")
    allowed = [group.pk for group in groups if may_give(person, rights_of(group))]
    return Group.objects.filter(pk__in=allowed).order_by("pk")


def rights_of(group: Group) -> frozenset[str]:
    """Return the group's rights as "app.codename"."""
    return frozenset(_written(right) for right in group.permissions.all())


def _written(right: Permission) -> str:
    return f"{right.content_type.app_label}.{right.codename}"
