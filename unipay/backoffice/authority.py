"""Who may look after whose account, and who may give which role: rules, from rights to yes or no."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet

from unipay.backoffice.roles import OVER_PEOPLE
from unipay.backoffice.standing import own_rights, standing_of

ASSIGN = "backoffice.assign_roles"
CHECK = "approvals.check_proposal"


def may_give(person: Any, rights: Iterable[str]) -> bool:
    """Tell whether the person may give these rights: all that the person has oneself, or is there to hand out.

    Who assigns roles hands out the rights of everybody's work without having them, yet rights over people only as far
    as they are the person's own. Who broke the glass gives nothing: it would outlast the emergency.
    """
    if person.is_superuser:
        return True
    if standing_of(person).break_glass_no or not person.has_perm(ASSIGN):
        return False
    return frozenset(rights) & OVER_PEOPLE <= person.get_all_permissions()


def may_add_accounts(person: Any) -> bool:
    """Tell whether the person may make accounts: not while the glass is broken, for a maker could make the checker."""
    return bool(person.has_perm("auth.add_user")) and not standing_of(person).break_glass_no


def may_end_break_glass(person: Any) -> bool:
    """Tell whether the person may end a colleague's break-glass: a right that is lent to nobody."""
    return "auth.change_user" in own_rights(person)


def may_look_after(person: Any, account: User) -> bool:
    """Tell whether the account is within the person's reach: whoever sets its password can do what it may.

    What a break-glass lends reaches no account that may do what the person may not do anyway, and from a checker's
    hand none at all: a checker with a maker's password would be both.
    """
    if person.is_superuser or account.pk == person.pk:
        return True
    if account.is_superuser:
        return False
    rights = _rights_behind(account)
    if standing_of(person).break_glass_no:
        own = own_rights(person)
        return CHECK not in own and rights <= own
    return may_give(person, rights) if person.has_perm(ASSIGN) else rights <= person.get_all_permissions()


def roles_to_give(person: Any) -> QuerySet[Group]:
    """Return the roles the person may give."""
    groups = Group.objects.prefetch_related("permissions__content_type").order_by("pk")
    allowed = [group.pk for group in groups if may_give(person, rights_of(group))]
    return Group.objects.filter(pk__in=allowed).order_by("pk")


def rights_of(group: Group) -> frozenset[str]:
    """Return the group's rights as "app.codename"."""
    return frozenset(_written(right) for right in group.permissions.all())


def _rights_behind(account: User) -> set[str]:
    """What the account may do, or could do once it is active."""
    found = Permission.objects.filter(Q(user=account) | Q(group__user=account)).select_related("content_type")
    return account.get_all_permissions() | {_written(right) for right in found}


def _written(right: Permission) -> str:
    return f"{right.content_type.app_label}.{right.codename}"
