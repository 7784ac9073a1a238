from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.factories import key_pair, make_partner
from tests.told import run_action
from unipay import clock
from unipay.partners.keys import add_partner_key, own_key, rotate_own_key
from unipay.partners.models import OwnKey, PartnerKey

KEYS, OWN_KEYS = "/admin/partners/partnerkey/", "/admin/partners/ownkey/"
ROTATE = f"{OWN_KEYS}rotate/"
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def run(client: Client, address: str, action: str, *rows: object, **given: str) -> list[str]:
    return run_action(client, address, action, *rows, **given)


def test_a_key_is_retired_once(administrator: Client) -> None:
    bank = make_partner("ICBC")
    key = bank.keys.get()
    add_partner_key(bank, "k2", "RSA-SHA256", key_pair("next").public_pem, NOW)

    first = run(administrator, KEYS, "retire", key)
    second = run(administrator, KEYS, "retire", key)

    assert first == ["1 retired."]
    assert second[-1] == f"{key}: The key is already retired. k1"
    assert PartnerKey.objects.get(pk=key.pk).retired_at is not None


def test_the_only_key_of_a_partner_goes_only_when_somebody_says_they_know(administrator: Client) -> None:
    key = make_partner("ICBC").keys.get()

    page = administrator.post(KEYS, {"action": "retire", "_selected_action": [key.pk]}).content.decode()
    run(administrator, KEYS, "retire", key)
    assert PartnerKey.objects.get().retired_at is None

    assert run(administrator, KEYS, "retire", key, knows="on") == ["1 retired."]
    assert "nothing it sends is accepted until it gets a new one" in page
    assert "I know that no other key counts" in page


def test_which_key_goes_on_counting_is_told_before_one_is_retired(administrator: Client) -> None:
    bank = make_partner("ICBC")
    key = bank.keys.get()
    other = add_partner_key(bank, "k2", "RSA-SHA256", key_pair("next").public_pem, NOW)

    page = administrator.post(KEYS, {"action": "retire", "_selected_action": [key.pk]}).content.decode()

    assert f"k2 ({other.fingerprint[:4]} {other.fingerprint[4:8]}" in page
    assert "I know that no other key counts" not in page


def test_both_keys_chosen_at_once_are_the_only_ones(administrator: Client) -> None:
    bank = make_partner("ICBC")
    add_partner_key(bank, "k2", "RSA-SHA256", key_pair("next").public_pem, NOW)
    chosen = [key.pk for key in bank.keys.all()]

    page = administrator.post(KEYS, {"action": "retire", "_selected_action": chosen}).content.decode()

    assert "I know that no other key counts" in page


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
    own_key("SM2-SM3", NOW)
    given = {"algorithm": "SM2-SM3", "signs_from_0": "2099-10-01", "signs_from_1": "00:00:00"}

    assert clerk("partners.view_ownkey").post(ROTATE, given).status_code == 403
    assert OwnKey.objects.count() == 1
    administrator.post(ROTATE, given)

    assert OwnKey.objects.filter(signs_from=datetime(2099, 9, 30, 16, tzinfo=UTC)).count() == 1


def test_the_page_tells_which_key_signs_when(administrator: Client) -> None:
    key = own_key("SM2-SM3", NOW)
    waiting = rotate_own_key("SM2-SM3", now=clock.now())

    rows = administrator.get(ROTATE).context["keys"]

    assert [(row.name, row.standing) for row in rows] == [
        (waiting.key_id, "published, signs later"),
        (key.key_id, "signs now"),
    ]


@pytest.mark.parametrize(
    ("signs_from", "said"),
    [
        ("2020-01-01", "It must be later than now"),
        ("2099-10-01", "A successor of our key is already waiting."),
    ],
)
def test_a_rotation_that_is_refused_is_an_error_of_the_form(
    administrator: Client, signs_from: str, said: str
) -> None:
    own_key("SM2-SM3", NOW)
    rotate_own_key("SM2-SM3", now=clock.now())
    given = {"algorithm": "SM2-SM3", "signs_from_0": signs_from, "signs_from_1": "00:00:00"}

    page = administrator.post(ROTATE, given).content.decode()

    assert said in page
    assert OwnKey.objects.count() == 2


def test_our_leaked_key_is_retired_at_once(administrator: Client) -> None:
    key = own_key("SM2-SM3", NOW)

    asked = administrator.post(OWN_KEYS, {"action": "retire", "_selected_action": [key.pk]}).content.decode()
    assert run(administrator, OWN_KEYS, "retire", key, knows="on") == ["1 retired."]

    assert "No other key can sign: a new one is made for the next message." in asked
    assert own_key("SM2-SM3", clock.now()) != key
