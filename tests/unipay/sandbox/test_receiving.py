"""The simulated partners' doors: what Unipay asks and announces, signed both ways."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.unipay.sandbox.conftest import NUMBER, call, is_signed_by, unipay_headers
from unipay.sandbox import receiving
from unipay.sandbox.models import SandboxContract, SandboxMessage, SandboxNumber, SandboxSession, SandboxSms
from unipay.sandbox.states import BookState, Role, Verdict

pytestmark = pytest.mark.usefixtures("played")

ELIGIBILITY = "provinces/ZJ/eligibility-checks"
CHANGES = "provinces/ZJ/contract-changes"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the doors would have waited, in seconds."""
    waited: list[float] = []
    monkeypatch.setattr(receiving, "pause", waited.append)
    return waited


def question(msisdn: str = NUMBER) -> dict[str, Any]:
    return {"request_no": "Q1", "msisdn": msisdn, "secondary_msisdns": [], "bank_code": "ICBC"}


def change(
    msisdn: str = NUMBER, *, event_id: str = "e1", version: int = 2, change: str = "SIGNED"
) -> dict[str, Any]:
    contract = {
        "contract_no": f"C-{msisdn}",
        "state": "TERMINATED" if change == "TERMINATED" else "ACTIVE",
        "version": version,
        "msisdn": msisdn,
        "secondary_msisdns": [],
        "bank_code": "ICBC",
        "bank_contract_no": "B1",
        "account_mask": "622202*********0123",
        "terms": {"recharge_amount_fen": 5000},
        "signed_at": "2026-10-01T08:00:00+08:00",
    }
    return {
        "event_id": event_id,
        "kind": "contract_changed",
        "resource_version": version,
        "change": change,
        "contract": contract,
        "business_date": "2026-10-01",
    }


def in_book(code: str = "ZJ", role: Role = Role.PROVINCE) -> list[tuple[str, str, int]]:
    rows = SandboxContract.objects.filter(partner_code=code, role=role)
    return list(rows.values_list("msisdn", "state", "last_version"))


def test_a_question_is_answered_and_the_answer_signed_with_the_partners_key() -> None:
    response = call(ELIGIBILITY, question())

    assert response.status_code == 200
    assert is_signed_by("ZJ", response)
    assert response.json()["decision"] == "MAY_SIGN"
    assert response.json()["terms_offer"]["user_type"] == "PREPAID"


def test_a_bank_with_an_sm2_key_signs_with_it() -> None:
    response = call("banks/BOC/signing-queries", {"request_no": "Q1", "session_no": "S-1", "msisdn": NUMBER})

    assert response.json() == {"result_code": "0000", "state": "NOT_SIGNED"}
    assert is_signed_by("BOC", response)


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ({}, Verdict.UNSIGNED),
        (unipay_headers(b"something else"), Verdict.WRONG),
        ({**unipay_headers(b"x"), "Unipay-Key": "nobodys"}, Verdict.UNKNOWN_KEY),
    ],
)
def test_what_unipay_did_not_sign_is_refused_and_changes_nothing(
    headers: dict[str, str], verdict: Verdict
) -> None:
    body = json.dumps(change()).encode()

    response = Client().post(f"/sandbox/{CHANGES}", body, content_type="application/json", headers=headers)

    assert response.status_code == 401
    assert is_signed_by("ZJ", response)
    assert in_book() == []
    assert SandboxMessage.objects.get().verdict == verdict


def test_a_call_signed_ten_minutes_ago_is_too_old() -> None:
    body = json.dumps(change()).encode()
    headers = unipay_headers(body, age_seconds=600)

    response = Client().post(f"/sandbox/{CHANGES}", body, content_type="application/json", headers=headers)

    assert response.status_code == 401
    assert SandboxMessage.objects.get().verdict == Verdict.OLD


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff"])
def test_a_body_that_is_no_json_object_is_400(body: bytes) -> None:
    response = Client().post(
        f"/sandbox/{ELIGIBILITY}", body, content_type="application/json", headers=unipay_headers(body)
    )

    assert response.status_code == 400


def test_a_partner_nobody_plays_is_not_there() -> None:
    assert call("provinces/XX/eligibility-checks", question()).status_code == 404
    assert call("provinces/ICBC/eligibility-checks", question()).status_code == 404
    assert Client().get(f"/sandbox/{ELIGIBILITY}").status_code == 405


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("0003", {"result_code": "0000", "decision": "MAY_SIGN"}),
        ("9001", {"result_code": "0000", "decision": "ALREADY_SIGNED"}),
        ("9002", {"result_code": "2001", "decision": "REFUSED"}),
        ("9006", {"result_code": "2005", "decision": "REFUSED"}),
        ("9014", {"result_code": "7777"}),
        ("9021", {"result_code": "0000", "decision": "MAY_SIGN"}),
    ],
)
def test_eligibility_follows_the_last_four_digits(ending: str, expected: dict[str, str]) -> None:
    answer = call(ELIGIBILITY, question(f"1380571{ending}")).json()

    assert {name: answer[name] for name in expected} == expected


def test_an_odd_number_is_postpaid_with_auto_pay_allowed() -> None:
    offer = call(ELIGIBILITY, question("13805710003")).json()["terms_offer"]

    assert offer == {"user_type": "POSTPAID", "auto_pay_allowed": True}


@pytest.mark.parametrize(("ending", "status", "waited"), [("9011", 200, [2.0]), ("9012", 503, [8.0])])
def test_slow_and_silent_provinces_keep_us_waiting(
    pauses: list[float], ending: str, status: int, waited: list[float]
) -> None:
    response = call(ELIGIBILITY, question(f"1380571{ending}"))

    assert response.status_code == status
    assert pauses == waited


def test_a_wrongly_signed_answer_does_not_verify() -> None:
    response = call(ELIGIBILITY, question("13805719013"))

    assert response.status_code == 200
    assert not is_signed_by("ZJ", response)


def test_a_contract_change_is_noted_and_an_sms_sent() -> None:
    response = call(CHANGES, change())

    assert response.json() == {"result_code": "0000"}
    assert in_book() == [(NUMBER, BookState.SIGNED, 2)]
    assert NUMBER in SandboxSms.objects.get().text


def test_the_same_event_again_changes_nothing() -> None:
    call(CHANGES, change())

    response = call(CHANGES, change())

    assert response.json() == {"result_code": "0000"}
    assert SandboxSms.objects.count() == 1
    assert list(SandboxMessage.objects.order_by("id").values_list("is_repeat", flat=True)) == [False, True]


def test_older_news_change_nothing() -> None:
    call(CHANGES, change(event_id="e2", version=3, change="TERMINATED"))

    call(CHANGES, change(event_id="e1", version=2, change="SIGNED"))

    assert in_book() == [(NUMBER, BookState.TERMINATED, 3)]
    assert SandboxSms.objects.count() == 1


def test_a_province_that_refuses_a_contract_refuses_it_again_when_it_is_repeated() -> None:
    answers = [call(CHANGES, change("13805719021")).json()["result_code"] for _ in range(2)]

    assert answers == ["3001", "3001"]
    assert in_book() == []


def test_a_notice_that_fails_twice_is_taken_the_third_time() -> None:
    statuses = [call(CHANGES, change("13805719022")).status_code for _ in range(4)]

    assert statuses == [503, 503, 200, 200]
    assert in_book() == [("13805719022", BookState.SIGNED, 2)]
    assert SandboxSms.objects.count() == 1


def test_number_status_tells_of_a_closed_number_and_eligibility_refuses_it() -> None:
    SandboxNumber.objects.create(
        partner_code="ZJ", msisdn=NUMBER, status="CLOSED", joined_network_at="2020-01-01T00:00:00Z"
    )

    status = call("provinces/ZJ/number-status", {"request_no": "Q1", "msisdn": NUMBER}).json()
    eligibility = call(ELIGIBILITY, question()).json()

    assert (status["result_code"], status["status"]) == ("0000", "CLOSED")
    assert eligibility["result_code"] == "2001"


def test_an_ordinary_number_is_normal_and_old() -> None:
    status = call("provinces/ZJ/number-status", {"request_no": "Q1", "msisdn": NUMBER}).json()

    assert status == {
        "result_code": "0000",
        "status": "NORMAL",
        "user_type": "PREPAID",
        "joined_network_at": "2015-06-01T10:00:00+08:00",
        "identity_matches": True,
    }


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (BookState.OPENED, "PENDING"),
        (BookState.PENDING, "PENDING"),
        (BookState.SIGNED, "SIGNED"),
        (BookState.FAILED, "NOT_SIGNED"),
        (BookState.TERMINATED, "NOT_SIGNED"),
        (BookState.CANCELLED, "NOT_SIGNED"),
    ],
)
def test_a_bank_says_how_a_signing_stands_in_its_book(state: BookState, said: str) -> None:
    bank_row(state=state)

    answer = call(
        "banks/ICBC/signing-queries", {"request_no": "Q", "contract_no": "C-1", "msisdn": NUMBER}
    ).json()

    assert answer["state"] == said
    assert ("contract" in answer) == (said == "SIGNED")


def test_a_signed_contract_is_told_in_full_but_kept_masked_in_the_log() -> None:
    bank_row(state=BookState.SIGNED)

    answer = call(
        "banks/ICBC/signing-queries", {"request_no": "Q", "contract_no": "C-1", "msisdn": NUMBER}
    ).json()

    assert answer["contract"]["account"] == {"number": "6222021234567890123", "type": "DEBIT"}
    kept = SandboxMessage.objects.get().answer
    assert kept["contract"]["account"]["number"] == "622202*********0123"


@pytest.mark.parametrize(
    ("path", "kind", "state", "is_confirmed"),
    [
        ("contract-confirmations", "contract_confirmed", BookState.SIGNED, True),
        ("contract-cancellations", "contract_cancelled", BookState.CANCELLED, False),
    ],
)
def test_a_bank_notes_what_unipay_tells_of_its_contract(
    path: str, kind: str, state: BookState, is_confirmed: bool
) -> None:
    row = bank_row(state=BookState.SIGNED)

    response = call(f"banks/ICBC/{path}", {**change(), "kind": kind, "reason": "NUMBER_CLOSED"})

    row.refresh_from_db()
    assert response.json() == {"result_code": "0000"}
    assert row.state == state
    assert (row.confirmed_at is not None) is is_confirmed
    assert row.contract_no == f"C-{NUMBER}"


def test_the_hall_hears_an_outcome_once() -> None:
    session = SandboxSession.objects.create(
        partner_code="HALL",
        request_no="H1",
        session_no="S-1",
        msisdn=NUMBER,
        opened_at="2026-10-01T00:00:00Z",
    )
    notice = {
        "event_id": "e1",
        "kind": "signing_outcome",
        "resource_version": 1,
        "session_no": "S-1",
        "state": "COMPLETED",
        "contract_no": "C-1",
        "contract_state": "ACTIVE",
        "msisdn": NUMBER,
    }

    statuses = [call("halls/HALL/signing-outcomes", notice).status_code for _ in range(2)]

    session.refresh_from_db()
    assert statuses == [200, 200]
    assert (session.state, session.told_by, session.contract_state) == ("COMPLETED", "UNIPAY", "ACTIVE")


def test_a_hall_that_is_down_hears_nothing() -> None:
    session = SandboxSession.objects.create(
        partner_code="HALL",
        request_no="H1",
        session_no="S-1",
        msisdn="13805719041",
        opened_at="2026-10-01T00:00:00Z",
    )
    notice = {"event_id": "e1", "resource_version": 1, "session_no": "S-1", "state": "COMPLETED"}

    response = call("halls/HALL/signing-outcomes", {**notice, "msisdn": "13805719041"})

    session.refresh_from_db()
    assert response.status_code == 503
    assert session.told_by == ""


def bank_row(*, state: BookState) -> SandboxContract:
    return SandboxContract.objects.create(
        partner_code="ICBC",
        role=Role.BANK,
        state=state,
        msisdn=NUMBER,
        bank_code="ICBC",
        contract_no="C-1",
        bank_contract_no="B1",
        account_type="DEBIT",
        account_number="6222021234567890123",
        holder_name="王伟",
        identity_no="11010119900307109X",
    )
