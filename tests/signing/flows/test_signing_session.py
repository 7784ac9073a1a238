"""What happens when a hall sends a subscriber to sign (domain.md A1, step 4)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from signing.flows.signing_session import consent, give_up_if_signed_meanwhile, open_session
from signing.models import SigningSession
from signing.particulars import SessionOrder
from tests.signing.factories import (
    MSISDN,
    NOW,
    fresh,
    make_contract,
    make_session,
    the_bank,
    the_hall,
    the_province,
)
from unipay import signatures
from unipay.errors import Refusal
from unipay.messaging.models import OutboundMessage
from unipay.partners.models import OwnKey

pytestmark = pytest.mark.django_db

BACK = "https://unipay.example/pay/signing/x/result"


def opened(**changed: Any) -> SigningSession:
    the_province()
    hall = changed.pop("hall", None) or the_hall()
    order = SessionOrder(**{"msisdn": MSISDN, "return_url": "https://hall.example/done", **changed})
    return open_session(hall=hall, order=order, now=NOW)


def test_a_session_opens_for_a_free_number() -> None:
    session = opened()

    kept = SigningSession.objects.get()
    assert kept == session
    assert (kept.state, kept.msisdn, kept.bank) == ("OPENED", MSISDN, None)
    assert kept.expires_at == NOW + timedelta(minutes=30)
    assert len(kept.link_token) >= 40


def test_a_number_with_a_standing_contract_gets_no_session() -> None:
    make_contract("ACTIVE")

    with pytest.raises(Refusal) as refused:
        opened()

    assert refused.value.reason.code == "number_has_contract"
    assert not SigningSession.objects.exists()


@pytest.mark.parametrize(
    "return_url", ["https://evil.example/done", "http://hall.example/done", "https://hall.example.evil/done"]
)
def test_only_the_halls_own_host_is_returned_to(return_url: str) -> None:
    with pytest.raises(Refusal) as refused:
        opened(return_url=return_url)

    assert refused.value.reason.code == "return_url_not_allowed"


def test_a_hall_of_another_province_is_refused() -> None:
    hall = the_hall(serves=the_province("JS", prefix="1380025"))

    with pytest.raises(Refusal) as refused:
        opened(hall=hall)

    assert refused.value.reason.code == "number_not_yours"


@pytest.mark.parametrize(("code", "reason"), [("NOBODY", "bank_unknown"), ("ZJ", "bank_unknown")])
def test_a_bank_that_is_none_is_refused(code: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        opened(bank_code=code)

    assert refused.value.reason.code == reason


def test_consent_hands_over_a_form_the_bank_can_check() -> None:
    bank = the_bank()
    session = make_session("OPENED")

    hand_over = consent(session.link_token, bank_code="ICBC", return_url=BACK, now=NOW)

    session = fresh(session)
    assert (session.state, session.bank, session.consented_at) == ("AT_BANK", bank, NOW)
    assert hand_over.url == bank.signing_page_url
    fields = dict(hand_over.fields)
    key = OwnKey.objects.get(key_id=fields.pop("key"))
    timestamp, nonce, signature = fields.pop("timestamp"), fields.pop("nonce"), fields.pop("signature")
    assert fields == {
        "session_no": session.session_no,
        "msisdn": MSISDN,
        "bank_code": "ICBC",
        "return_url": BACK,
    }
    text = signatures.answer_text(
        timestamp, nonce, json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    )
    assert signatures.verify(key.public_key, key.algorithm, text, signature)


def test_going_to_the_same_bank_again_is_harmless_and_to_another_is_refused() -> None:
    the_bank("CCB")
    session = make_session("AT_BANK")

    consent(session.link_token, bank_code="ICBC", return_url=BACK, now=NOW)
    with pytest.raises(Refusal) as refused:
        consent(session.link_token, bank_code="CCB", return_url=BACK, now=NOW)

    session = fresh(session)
    assert refused.value.reason.code == "session_over"
    assert session.bank == the_bank("ICBC")


@pytest.mark.parametrize("state", ["COMPLETED", "FAILED", "EXPIRED"])
def test_a_session_that_is_over_hands_nobody_over(state: str) -> None:
    the_bank()
    session = make_session(state)

    with pytest.raises(Refusal) as refused:
        consent(session.link_token, bank_code="ICBC", return_url=BACK, now=NOW)

    assert refused.value.reason.code == "session_over"


def test_a_session_out_of_time_hands_nobody_over() -> None:
    the_bank()
    session = make_session("OPENED")

    with pytest.raises(Refusal):
        consent(session.link_token, bank_code="ICBC", return_url=BACK, now=NOW + timedelta(minutes=30))


def test_a_number_signed_meanwhile_ends_the_session_and_the_hall_hears_of_it() -> None:
    session = make_session("OPENED")
    make_contract("ACTIVE", bank=the_bank("CCB"))

    ended = give_up_if_signed_meanwhile(session.link_token, now=NOW)

    session = fresh(session)
    assert ended is True
    assert (session.state, session.failure_code) == ("FAILED", "number_has_contract")
    assert OutboundMessage.objects.get().kind == "signing_outcome"
