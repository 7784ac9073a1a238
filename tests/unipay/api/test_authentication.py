"""Who may speak as whom: every way a signature can be wrong, and what the refusal looks like."""

from typing import Any

import pytest
import time_machine

from tests.factories import LONG_AGO, key_pair, make_partner
from tests.partner_client import PartnerClient, is_signed_by_us
from unipay import clock, signatures
from unipay.api.models import UsedNonce
from unipay.partners.keys import add_partner_key, forget_keys, retire_key
from unipay.partners.models import LegalBank, Partner

pytestmark = pytest.mark.django_db

PATH = "/api/v1/banks"
ORDER = {"request_no": "R-1", "name": "Bank of Foshan"}
NOW = "2026-10-01T08:00:00+08:00"


def assert_refused(response: Any, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"] == []
    assert LegalBank.objects.count() == 0


def test_a_signed_request_has_its_effect_and_its_answer_is_signed(bank: PartnerClient) -> None:
    response = bank.post(PATH, ORDER)

    assert response.status_code == 201
    assert response.json() == {"code": "B0", "name": "Bank of Foshan", "by": "ICBC"}
    assert is_signed_by_us(response)
    assert UsedNonce.objects.get().key.key_id == "k1"


def test_a_query_is_part_of_what_is_signed(bank: PartnerClient) -> None:
    response = bank.get("/api/v1/all-banks?limit=2&cursor=%61ZnRlcjo5")

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "cursor"


def test_a_query_changed_on_the_way_is_refused(bank: PartnerClient) -> None:
    authorization = bank.authorization("GET", "/api/v1/all-banks?limit=2")

    response = bank.get("/api/v1/all-banks?limit=3", authorization=authorization)

    assert_refused(response, 401, "signature_invalid")


def test_the_server_s_raw_target_counts_as_what_was_sent(bank: PartnerClient) -> None:
    authorization = bank.authorization("GET", "/api/v1/all-banks?a={b}")

    response = bank.client.get(
        "/api/v1/all-banks", headers={"Authorization": authorization}, RAW_URI="/api/v1/all-banks?a={b}"
    )

    assert response.status_code == 200


def test_an_sm2_partner_is_answered_with_an_sm2_signature() -> None:
    partner = make_partner("CMB", algorithm="SM2-SM3", operations=("banks.create",))

    response = PartnerClient(partner, algorithm="SM2-SM3").post(PATH, ORDER)

    assert response.status_code == 201
    assert response["Unipay-Key"].startswith("unipay-sm2-")
    assert is_signed_by_us(response)


def test_an_unsigned_request_is_refused(bank: PartnerClient) -> None:
    response = bank.post(PATH, ORDER, authorization="")

    assert_refused(response, 401, "signature_missing")
    assert response["WWW-Authenticate"] == "UNIPAY-RSA-SHA256, UNIPAY-SM2-SM3"
    assert "Unipay-Signature" not in response


@pytest.mark.parametrize(
    "header",
    [
        "garbage",
        "Bearer abc",
        "UNIPAY-RSA-SHA256",
        'UNIPAY-RSA-SHA256 partner="ICBC"',
        'UNIPAY-MD5 partner="ICBC",key="k1",timestamp="1",nonce="aaaaaaaaaaaaaaaa",signature="AA=="',
        'UNIPAY-RSA-SHA256 partner="IC\x80BC",key="k1",timestamp="1",nonce="aaaaaaaaaaaaaaaa",signature="AA=="',
        "UNIPAY-RSA-SHA256 " + "a" * 5000,
    ],
)
def test_a_garbled_header_is_refused(bank: PartnerClient, header: str) -> None:
    response = bank.post(PATH, ORDER, authorization=header)

    assert_refused(response, 401, "signature_malformed")


@pytest.mark.parametrize("seconds", [-301, 301, 10**9])
def test_a_timestamp_far_from_our_clock_is_refused(bank: PartnerClient, seconds: int) -> None:
    body = b"{}"
    with time_machine.travel(NOW, tick=False):
        stamp = int(clock.now().timestamp()) + seconds
        authorization = bank.authorization("POST", PATH, body, timestamp=stamp)

        response = bank.post(PATH, body, authorization=authorization)

    assert_refused(response, 401, "timestamp_out_of_range")
    assert not UsedNonce.objects.exists()


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_timestamp_just_near_enough_counts(bank: PartnerClient, seconds: int) -> None:
    with time_machine.travel(NOW, tick=False):
        stamp = int(clock.now().timestamp()) + seconds
        authorization = bank.authorization("GET", "/api/v1/all-banks", timestamp=stamp)

        response = bank.get("/api/v1/all-banks", authorization=authorization)

    assert response.status_code == 200


def test_a_nonce_counts_once(bank: PartnerClient) -> None:
    body = b'{"request_no":"R-1","name":"a"}'
    authorization = bank.authorization("POST", PATH, body)
    bank.post(PATH, body, authorization=authorization)

    response = bank.post(PATH, body, authorization=authorization)

    assert (response.status_code, response.json()["code"]) == (401, "nonce_replayed")
    assert LegalBank.objects.count() == 1


def test_a_nonce_is_not_used_up_by_a_forger(bank: PartnerClient) -> None:
    nonce = "n" * 20
    forged = bank.authorization("GET", "/api/v1/other", nonce=nonce)
    bank.get("/api/v1/all-banks", authorization=forged)

    response = bank.get(
        "/api/v1/all-banks", authorization=bank.authorization("GET", "/api/v1/all-banks", nonce=nonce)
    )

    assert response.status_code == 200


def test_a_key_of_another_partner_proves_nothing(bank: PartnerClient) -> None:
    other = PartnerClient(make_partner("CCB", operations=("banks.create",)))
    other.partner = bank.partner

    assert_refused(other.post(PATH, ORDER), 401, "signature_invalid")


@pytest.mark.parametrize(("partner", "key"), [("NOBODY", "k1"), ("ICBC", "k9")])
def test_an_unknown_partner_or_key_is_refused_like_a_wrong_signature(
    bank: PartnerClient, partner: str, key: str
) -> None:
    body = b"{}"

    response = bank.post(
        PATH, body, authorization=bank.authorization("POST", PATH, body, partner=partner, key=key)
    )

    assert_refused(response, 401, "signature_invalid")


def test_a_retired_key_proves_nothing(bank: PartnerClient) -> None:
    retire_key(bank.partner.keys.get(), now=clock.now(), even_the_only=True)

    assert_refused(bank.post(PATH, ORDER), 401, "signature_invalid")


def test_the_caller_cannot_choose_the_algorithm(bank: PartnerClient) -> None:
    body = b"{}"
    swapped = bank.authorization("POST", PATH, body, algorithm=signatures.Algorithm.SM2_SM3)

    assert_refused(bank.post(PATH, body, authorization=swapped), 401, "signature_invalid")


@pytest.mark.parametrize("signature", ["AAAA", "A" * 342 + "==", "AAA"])
def test_a_signature_made_up_is_refused(bank: PartnerClient, signature: str) -> None:
    body = b"{}"
    header = bank.authorization("POST", PATH, body)
    head = header[: header.index(",signature=")]

    response = bank.post(PATH, body, authorization=f'{head},signature="{signature}"')

    assert_refused(response, 401, "signature_invalid")


def test_a_body_changed_on_the_way_is_refused(bank: PartnerClient) -> None:
    authorization = bank.authorization("POST", PATH, b'{"request_no":"R-1","name":"a"}')

    response = bank.post(PATH, b'{"request_no":"R-1","name":"b"}', authorization=authorization)

    assert_refused(response, 401, "signature_invalid")


def test_another_method_than_signed_is_refused(bank: PartnerClient) -> None:
    response = bank.post(PATH, b"", authorization=bank.authorization("GET", PATH))

    assert_refused(response, 401, "signature_invalid")


def test_both_live_keys_count_while_a_partner_rotates(bank: PartnerClient) -> None:
    public_pem = key_pair("ICBC/k2", "RSA-SHA256").public_pem
    add_partner_key(bank.partner, "k2", "RSA-SHA256", public_pem, LONG_AGO)

    statuses = [
        PartnerClient(bank.partner, key_id=key).get("/api/v1/all-banks").status_code for key in ("k1", "k2")
    ]

    assert statuses == [200, 200]


def test_a_suspended_partner_is_refused_once_it_is_proven(icbc: Partner, bank: PartnerClient) -> None:
    icbc.suspend()
    icbc.save()
    forget_keys()

    response = bank.post(PATH, ORDER)

    assert_refused(response, 403, "partner_suspended")
    assert is_signed_by_us(response)
    assert_refused(bank.post(PATH, ORDER, authorization=""), 401, "signature_missing")
