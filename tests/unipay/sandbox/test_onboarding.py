"""Connecting the simulated partners, and `manage.py load_demo`."""

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from unipay.backoffice.roles import BY_CODE
from unipay.partners.models import NumberSegment, OwnKey, Partner, PartnerKey
from unipay.sandbox import onboarding
from unipay.sandbox.demo_logins import DEMO_LOGINS, DemoLogin
from unipay.sandbox.management.commands import load_demo
from unipay.sandbox.models import SandboxKey, UnipayKey
from unipay.sandbox.onboarding import Player, players
from unipay.signatures import Algorithm

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """SM2 keys are made in no time; only ICBC keeps its RSA key."""

    def quick() -> list[Player]:
        return [
            player if player.code == "ICBC" else replace(player, algorithm=Algorithm.SM2_SM3)
            for player in players()
        ]

    monkeypatch.setattr(load_demo, "players", quick)


def load() -> str:
    said = StringIO()
    call_command("load_demo", stdout=said)
    return said.getvalue()


def counts() -> list[int]:
    models = (Partner, PartnerKey, NumberSegment, SandboxKey, UnipayKey, User)
    return [model.objects.count() for model in models]


def test_loading_twice_makes_everything_once() -> None:
    said = load()
    once = counts()

    load()

    assert counts() == once == [46, 46, 321, 46, 2, 10]
    assert said.startswith("46 simulated partners; back office logins: admin/")


def test_banks_differ_as_the_roster_says() -> None:
    load()

    ccb, icbc = Partner.objects.get(code="CCB"), Partner.objects.get(code="ICBC")
    virtual = Partner.objects.get(code="MOBILEPAY")
    assert (ccb.notifies_hall, ccb.confirms_by_notice) == (False, True)
    assert (icbc.notifies_hall, icbc.confirms_by_notice) == (True, False)
    assert (virtual.is_virtual, virtual.legal_bank, virtual.signing_page_url) == (True, None, "")
    assert icbc.legal_bank is not None
    assert icbc.permissions.filter(operation="signings.create").exists()


def test_every_partner_is_led_to_where_the_sandbox_listens(settings: Any) -> None:
    settings.UNIPAY_SANDBOX_URL = "http://127.0.0.1:9001"

    load()

    zj, icbc = Partner.objects.get(code="ZJ"), Partner.objects.get(code="ICBC")
    assert zj.base_url == "http://127.0.0.1:9001/sandbox/provinces/ZJ"
    assert icbc.base_url == "http://127.0.0.1:9001/sandbox/banks/ICBC"
    assert icbc.signing_page_url == "http://127.0.0.1:9001/sandbox/banks/ICBC/signing/"
    assert not Partner.objects.exclude(kind="AGENT").filter(base_url="").exists()


def test_a_sandbox_that_moved_is_found_again(settings: Any) -> None:
    settings.UNIPAY_SANDBOX_URL = "http://127.0.0.1:9001"
    load()
    settings.UNIPAY_SANDBOX_URL = "http://127.0.0.1:9002"

    load()

    assert Partner.objects.get(code="HALL").base_url == "http://127.0.0.1:9002/sandbox/halls/HALL"


def test_each_side_holds_the_other_sides_public_key() -> None:
    load()

    simulated = SandboxKey.objects.get(partner_code="BOC")
    assert PartnerKey.objects.get(partner__code="BOC").public_key == simulated.public_key
    assert set(UnipayKey.objects.values_list("key_id", flat=True)) == set(
        OwnKey.objects.values_list("key_id", flat=True)
    )


def test_nobody_of_the_demonstration_may_do_everything() -> None:
    load()

    assert not User.objects.filter(is_superuser=True).exists()
    assert User.objects.filter(is_staff=True).count() == len(DEMO_LOGINS)


@pytest.mark.parametrize("login", DEMO_LOGINS, ids=lambda login: login.username)
def test_a_login_may_do_what_its_roles_may_and_works_where_it_is_posted(login: DemoLogin) -> None:
    load()

    user = User.objects.get(username=login.username)
    assert user.get_all_permissions() == set().union(*(BY_CODE[code].rights for code in login.roles))
    assert [posting.province.code for posting in user.postings.all()] == list(login.provinces)


def test_a_changed_password_is_kept() -> None:
    load()
    admin = User.objects.get(username="admin")
    admin.set_password("something else")
    admin.save()

    load()

    assert User.objects.get(username="admin").check_password("something else")


def test_keys_are_made_only_where_they_are_missing() -> None:
    wanted = [replace(player, algorithm=Algorithm.SM2_SM3) for player in players()[:3]]
    before = {key.partner_code: key.private_key for key in onboarding.make_keys(wanted[:2])}

    after = {key.partner_code: key.private_key for key in onboarding.make_keys(wanted)}

    assert {code: after[code] for code in before} == before
    assert len(after) == 3
