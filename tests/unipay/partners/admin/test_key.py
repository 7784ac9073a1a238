from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.factories import make_partner
from tests.told import run_action
from unipay import clock
from unipay.partners.keys import own_key
from unipay.partners.models import OwnKey, PartnerKey

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def run(client: Client, address: str, action: str, *rows: object) -> list[str]:
    return run_action(client, address, action, *rows)


def test_a_key_is_retired_once(administrator: Client) -> None:
    key = make_partner("ICBC").keys.get()

    first = run(administrator, "/admin/partners/partnerkey/", "retire", key)
    second = run(administrator, "/admin/partners/partnerkey/", "retire", key)

    assert first == ["1 retired."]
    assert second[-1] == f"{key}: The key is already retired. k1"
    assert PartnerKey.objects.get().retired_at is not None


def test_keys_are_only_looked_at(administrator: Client) -> None:
    key = make_partner("ICBC").keys.get()

    assert administrator.get(f"/admin/partners/partnerkey/{key.pk}/change/").status_code == 200
    assert (
        administrator.post(f"/admin/partners/partnerkey/{key.pk}/change/", {"key_id": "x"}).status_code == 403
    )
    assert administrator.get("/admin/partners/partnerkey/add/").status_code == 403


def test_our_private_key_is_shown_to_nobody(administrator: Client) -> None:
    key = own_key("RSA-SHA256", NOW)

    page = administrator.get(f"/admin/partners/ownkey/{key.pk}/change/").content.decode()

    assert "BEGIN PUBLIC KEY" in page
    assert "PRIVATE KEY" not in page


def test_our_key_is_rotated_by_those_who_may_change_it(
    administrator: Client, clerk: Callable[..., Client]
) -> None:
    key = own_key("SM2-SM3", NOW)

    run(clerk("partners.view_ownkey"), "/admin/partners/ownkey/", "rotate", key)
    assert OwnKey.objects.count() == 1

    assert run(administrator, "/admin/partners/ownkey/", "rotate", key) == ["1 rotated."]
    assert OwnKey.objects.filter(signs_from__gt=clock.now()).count() == 1


def test_our_leaked_key_is_retired_at_once(administrator: Client) -> None:
    key = own_key("SM2-SM3", NOW)

    assert run(administrator, "/admin/partners/ownkey/", "retire", key) == ["1 retired."]

    assert own_key("SM2-SM3", clock.now()) != key
