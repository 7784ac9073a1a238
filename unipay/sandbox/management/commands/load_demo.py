"""`manage.py load_demo`: the reference tables, the simulated partners with their keys, and the demo logins."""

from functools import reduce
from io import StringIO
from operator import or_
from typing import Any

import pghistory
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Q
from rich.console import Console
from rich.progress import track

from unipay import clock
from unipay.sandbox.demo_logins import DEMO_LOGINS, DemoLogin
from unipay.sandbox.onboarding import connect, hand_out, make_keys, players


class Command(BaseCommand):
    """Fills an installation with everything a demonstration needs; harmless when repeated."""

    help = (
        "Load the demo data: provinces, simulated banks and hall with keys, and logins for the back office."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything or nothing, with progress on a terminal, and say what there is now."""
        with transaction.atomic(), pghistory.context(command="load_demo"):
            call_command("load_reference", stdout=StringIO())
            wanted = players()
            console = Console(stderr=True, quiet=not self.stdout.isatty())
            keys = track(make_keys(wanted), "Keys of the partners", total=len(wanted), console=console)
            ready = {key.partner_code: key for key in keys}
            for player in wanted:
                hand_out(connect(player, ready[player.code], now=clock.now()))
            for login in DEMO_LOGINS:
                _make_user(login)
        logins = ", ".join(f"{login.username}/{login.password}" for login in DEMO_LOGINS)
        self.stdout.write(f"{len(wanted)} simulated partners; back office logins: {logins}")


def _make_user(login: DemoLogin) -> None:
    """A login that is there already keeps its password: somebody may have changed it."""
    users = get_user_model()._default_manager
    user = users.filter(username=login.username).first()
    if user is None:
        user = get_user_model()(username=login.username, is_staff=True, is_superuser=login.is_superuser)
        user.set_password(login.password)
        user.save()
    if login.group:
        user.groups.add(_role(login))


def _role(login: DemoLogin) -> Group:
    """A role that is there already keeps its rights, too."""
    group, is_new = Group.objects.get_or_create(name=login.group)
    if is_new:
        names = [right.partition(".") for right in login.rights]
        wanted = [Q(content_type__app_label=label, codename=codename) for label, _dot, codename in names]
        group.permissions.set(Permission.objects.filter(reduce(or_, wanted)))
    return group
