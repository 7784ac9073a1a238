"""POST and GET /signing-sessions: the hall's doors."""

from typing import Any

import pytest
from django.conf import LazySettings

from signing.models import SigningSession
from tests.partner_client import PartnerClient
from tests.signing.factories import MSISDN, make_session, the_hall, the_province

pytestmark = pytest.mark.django_db

OPENING: dict[str, Any] = {
    "request_no": "h-1",
    "msisdn": MSISDN,
    "return_url": "https://hall.example/done?from=unipay",
    "terms_offer": {"user_type": "POSTPAID", "auto_pay_allowed": True},
    "language": "en",
}


def test_a_session_is_opened_and_its_link_leads_to_our_page(settings: LazySettings) -> None:
    settings.UNIPAY_PUBLIC_URL = "https://unipay.example"
    the_province()

    answer = PartnerClient(the_hall()).post("/api/v1/signing-sessions", OPENING)

    session = SigningSession.objects.get()
    body = answer.json()
    assert (answer.status_code, body["session_no"], body["state"]) == (201, session.session_no, "OPENED")
    assert body["redirect_url"] == f"https://unipay.example/pay/signing/{session.link_token}/"
    assert session.offer == {"user_type": "POSTPAID", "auto_pay_allowed": True}


def test_only_the_hall_that_opened_it_reads_a_session() -> None:
    session = make_session("FAILED")
    path = f"/api/v1/signing-sessions/{session.session_no}"

    own = PartnerClient(the_hall()).get(path)
    other = PartnerClient(the_hall("HALL2")).get(path)

    assert (own.json()["state"], own.json()["failure_code"]) == ("FAILED", "account_invalid")
    assert (other.status_code, other.json()["code"]) == (404, "session_not_found")


def test_the_link_is_told_once_and_never_by_reading() -> None:
    session = make_session("OPENED")

    answer = PartnerClient(the_hall()).get(f"/api/v1/signing-sessions/{session.session_no}")

    assert session.link_token not in answer.content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"msisdn": "1380571000"}, "msisdn"),
        ({"msisdn": 13805710001}, "msisdn"),
        ({"return_url": "javascript:alert(1)"}, "return_url"),
        ({"language": "fr"}, "language"),
        ({"terms_offer": {"user_type": "PREPAID", "amount_max_fen": 1.5}}, "terms_offer.amount_max_fen"),
        ({"terms_offer": {"auto_pay_allowed": True}}, "terms_offer.user_type"),
        (
            {"terms_offer": {"user_type": "PREPAID", "amount_default_fen": 2, "amount_max_fen": 1}},
            "terms_offer.amount_default_fen",
        ),
        ({"secondary_msisdns": ["13805710002", "x"]}, "secondary_msisdns[1]"),
    ],
)
def test_faulty_orders_are_refused_by_field(changed: dict[str, Any], field: str) -> None:
    the_province()

    answer = PartnerClient(the_hall()).post("/api/v1/signing-sessions", {**OPENING, **changed})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not SigningSession.objects.exists()
