"""Makes the groups of the roles and gives them their rights; harmless when repeated, and it takes nothing away."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db.models import Q

from unipay.backoffice.roles import ROLES


def grant(apps: Any, *, rights: Collection[str] | None = None) -> None:
    """Give every role what the table says, or just these rights of it, as far as their tables exist in `apps`.

    `apps` may be a migration's: Django makes the rows of rights only after the last migration, so they are made here.
    A later migration names its new `rights`, so that what people took from a role stays taken.
    """
    _make_rights(apps)
    known = _known_rights(apps)
    group_model = apps.get_model("auth", "Group")
    for role in ROLES:
        group, _is_new = group_model.objects.get_or_create(name=role.code)
        wanted = role.rights if rights is None else role.rights.intersection(rights)
        group.permissions.add(*(known[right] for right in wanted if right in known))


def _make_rights(apps: Any) -> None:
    for config in list(apps.get_app_configs()):
        # In a migration an app has no module, without which Django believes that it has no models.
        if not hasattr(config, "models_module"):
            config.models_module = True
        create_contenttypes(config, apps=apps, verbosity=0)
        create_permissions(config, apps=apps, verbosity=0)


def _known_rights(apps: Any) -> dict[str, int]:
    """The key of each right of the table; two queries, however many there are."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for right in set().union(*(role.rights for role in ROLES)):
        label, _dot, codename = right.partition(".")
        wanted[label].add(codename)
    chosen = Q(pk=None)
    for label, codenames in wanted.items():
        chosen |= Q(content_type__app_label=label, codename__in=codenames)
    found = apps.get_model("auth", "Permission").objects.filter(chosen)
    return {
        f"{label}.{codename}": key
        for label, codename, key in found.values_list("content_type__app_label", "codename", "pk")
    }
