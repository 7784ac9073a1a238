"""Secrets of directories and envelopes are written and replaced; no page shows one."""

import base64
import json

import pytest
from django.db import connection
from django.test import Client

from tests.conftest import Login
from tests.unipay.exchange.factories import NOW, make_directory, the_bank
from unipay.exchange.models import Directory, EnvelopeKey

SECRET = "hunter2-of-the-bank"
KEY = base64.b64encode(bytes(range(32))).decode()

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def _protocols(settings: object) -> None:
    settings.UNIPAY_DIRECTORY_PROTOCOLS = ["sftp", "memory"]  # type: ignore[attr-defined]


def form(**given: object) -> dict[str, object]:
    usual = {
        "partner": the_bank().pk,
        "use": "PICK_UP",
        "address": "sftp://files.icbc.example/out",
        "pattern": "*",
        "settle_seconds": "60",
        "is_active": "on",
        "seen-TOTAL_FORMS": "0",
        "seen-INITIAL_FORMS": "0",
    }
    return {**usual, **given}


def test_a_password_is_kept_sealed_and_shown_nowhere(administrator: Client) -> None:
    administrator.post("/admin/exchange/directory/add/", form(username="unipay", password=SECRET))

    directory = Directory.objects.get()
    page = administrator.get(f"/admin/exchange/directory/{directory.pk}/change/").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM exchange_directory")
        (kept,) = cursor.fetchone()
    assert json.loads(directory.credentials) == {"username": "unipay", "password": SECRET}
    assert SECRET not in kept
    assert SECRET not in page
    assert "password, username" in page


def test_what_is_left_empty_stays_as_it_was(administrator: Client) -> None:
    directory = make_directory(credentials=json.dumps({"username": "unipay", "password": SECRET}))
    address = f"/admin/exchange/directory/{directory.pk}/change/"

    administrator.post(address, form(username="other"))

    kept = json.loads(Directory.objects.get().credentials)
    assert kept == {"username": "other", "password": SECRET}


def test_credentials_can_be_forgotten(administrator: Client) -> None:
    directory = make_directory(credentials=json.dumps({"password": SECRET}))

    administrator.post(f"/admin/exchange/directory/{directory.pk}/change/", form(forget="on"))

    assert Directory.objects.get().credentials == ""


def test_an_address_that_is_not_allowed_is_an_error_of_the_form(administrator: Client) -> None:
    page = administrator.post("/admin/exchange/directory/add/", form(address="gopher://files.example/"))

    assert "Only these protocols are allowed" in page.content.decode()
    assert not Directory.objects.exists()


def test_who_keeps_directories_may_have_one_looked_into_at_once(clerk: Login) -> None:
    directory = make_directory()
    browser = clerk("exchange.view_directory", "exchange.change_directory")

    address = f"/admin/exchange/directory/{directory.pk}/look-now/"

    answer = browser.post(address, {"confirmed": "yes"}, follow=True)

    assert "A worker looks now." in answer.content.decode()


def test_a_directory_we_deliver_to_is_not_looked_into(clerk: Login) -> None:
    directory = make_directory("DELIVER")
    browser = clerk("exchange.view_directory", "exchange.change_directory")

    assert browser.get(f"/admin/exchange/directory/{directory.pk}/look-now/").status_code == 403


def key_form(material: str) -> dict[str, object]:
    return {
        "partner": the_bank().pk,
        "key_id": "k7",
        "cipher": "AES-256-GCM",
        "material": material,
        "valid_from_0": "2026-11-01",
        "valid_from_1": "00:00",
    }


def test_an_envelope_key_is_entered_once_and_never_shown(administrator: Client) -> None:
    administrator.post("/admin/exchange/envelopekey/add/", key_form(KEY))

    key = EnvelopeKey.objects.get()
    page = administrator.get(f"/admin/exchange/envelopekey/{key.pk}/change/")
    assert key.material == KEY
    assert KEY not in page.content.decode()
    assert 'name="material"' not in page.content.decode()


@pytest.mark.parametrize("material", ["not base64!", base64.b64encode(b"short").decode()])
def test_an_envelope_key_of_another_length_is_refused(administrator: Client, material: str) -> None:
    page = administrator.post("/admin/exchange/envelopekey/add/", key_form(material))

    assert "This is not base64 of 32 bytes." in page.content.decode()
    assert not EnvelopeKey.objects.exists()


def test_a_key_can_be_ended_and_nothing_else(administrator: Client) -> None:
    key = EnvelopeKey.objects.create(
        partner=the_bank(), key_id="k7", cipher="AES-256-GCM", material=KEY, valid_from=NOW
    )
    given = {"key_id": "k8", "valid_until_0": "2099-01-01", "valid_until_1": "00:00"}

    administrator.post(f"/admin/exchange/envelopekey/{key.pk}/change/", given)

    kept = EnvelopeKey.objects.get()
    assert (kept.key_id, kept.material) == ("k7", KEY)
    assert kept.valid_until is not None
