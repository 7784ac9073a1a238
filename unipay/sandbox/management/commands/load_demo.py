"""`manage.py load_demo`: the reference tables, the simulated partners with their keys, and the demo logins."""

from io import StringIO
from typing import Any

import pghistory
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from rich.console import Console
from rich.progress import track

from billing.flows import debit_calendar
from unipay import clock
from unipay.backoffice.grants import grant
from unipay.backoffice.models import Posting
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner
from unipay.sandbox.arrangements import arrange
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
            arrange(now=clock.now())
            debit_calendar.plan(now=clock.now())
            grant(apps)
            for login in DEMO_LOGINS:
                _make_user(login)
        logins = ", ".join(f"{login.username}/{login.password}" for login in DEMO_LOGINS)
        self.stdout.write(f"{len(wanted)} simulated partners; back office logins: {logins}")


def _make_user(login: DemoLogin) -> None:
    """A login that is there already keeps its password and its provinces: somebody may have changed them."""
    user, is_new = get_user_model()._default_manager.get_or_create(
        username=login.username, defaults={"is_staff": True}
    )
    if is_new:
        user.set_password(login.password)
        user.save()
        provinces = Partner.objects.filter(kind=PartnerKind.PROVINCE, code__in=login.provinces)
        Posting.objects.bulk_create(Posting(user=user, province=province) for province in provinces)
    user.groups.add(*Group.objects.filter(name__in=login.roles))
