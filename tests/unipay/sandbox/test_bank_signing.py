"""What a simulated bank announces, scenario by scenario, over its signed line to Unipay."""

from typing import Any

import pytest

from tests.unipay.sandbox.conftest import NUMBER, UnipayEnd
from unipay.errors import Unanswered
from unipay.sandbox import bank, bank_signing, client, hall, province
from unipay.sandbox.models import SandboxContract, SandboxMessage, SandboxNumber, SandboxSession
from unipay.sandbox.states import BookState, Verdict

OFFER = province.PREPAID_OFFER


def as_usual(path: str, order: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Unipay when nothing is in the way."""
    if path == "/api/v1/signings":
        return 201, {"contract_no": "C-1", "state": "PROVISIONAL", "terms_offer": OFFER}
    if path == "/api/v1/signing-results":
        signed = order["result"] == "SIGNED"
        return 200, {"contract_no": "C-1", "state": "ACTIVE" if signed else "TERMINATED"}
    if path == "/api/v1/signing-sessions":
        return 201, {"session_no": "S-1", "state": "OPENED", "redirect_url": "http://unipay.test/pay"}
    return 200, {"state": "TERMINATED" if path.endswith("termination") else "ACTIVE"}


@pytest.fixture(autouse=True)
def _as_usual(unipay_end: UnipayEnd) -> None:
    unipay_end.answers = as_usual


def asked(msisdn: str = NUMBER, code: str = "ICBC") -> SandboxContract:
    return bank.ask_to_sign(code, msisdn)[0]


def results(end: UnipayEnd) -> list[dict[str, Any]]:
    return [order for path, order in end.orders if path == "/api/v1/signing-results"]


@pytest.mark.parametrize("code", ["ICBC", "BOC"])
def test_a_bank_signs_its_orders_with_its_own_algorithm(unipay_end: UnipayEnd, code: str) -> None:
    bank_signing.sign(asked(code=code))

    assert [path for path, _order in unipay_end.orders] == ["/api/v1/signings", "/api/v1/signing-results"]
    assert unipay_end.genuine == [True, True]


def test_an_ordinary_signing_is_announced_with_the_provinces_defaults(unipay_end: UnipayEnd) -> None:
    row = asked()

    replies = bank_signing.sign(row)

    (order,) = results(unipay_end)
    row.refresh_from_db()
    assert [reply.body["state"] for reply in replies] == ["ACTIVE"]
    assert order["terms"] == {"recharge_threshold_fen": 1000, "recharge_amount_fen": 5000}
    assert (order["contract_no"], order["result"], order["msisdn"]) == ("C-1", "SIGNED", NUMBER)
    assert order["bank_contract_no"] == row.bank_contract_no != ""
    assert (row.state, row.unipay_state) == (BookState.SIGNED, "ACTIVE")


def test_a_refused_customer_stays_in_the_book_with_the_reason(unipay_end: UnipayEnd) -> None:
    unipay_end.answers = lambda path, order: (422, {"code": "number_not_normal", "title": "No."})

    row, reply = bank.ask_to_sign("ICBC", NUMBER)

    assert reply.code == "number_not_normal"
    assert (row.state, row.remark) == (BookState.REFUSED, "number_not_normal · No.")


@pytest.mark.parametrize(
    ("ending", "said", "state"),
    [
        ("9032", [], BookState.PENDING),
        ("9033", ["FAILED", "SIGNED"], BookState.SIGNED),
        ("9035", [], BookState.SIGNED),
        ("9036", ["FAILED"], BookState.FAILED),
        ("9037", [], BookState.SIGNED),
        ("9038", [], BookState.FAILED),
        ("9039", ["SIGNED"], BookState.SIGNED),
    ],
)
def test_each_scenario_announces_in_its_own_way(
    unipay_end: UnipayEnd, ending: str, said: list[str], state: BookState
) -> None:
    row = asked(f"1380571{ending}")

    bank_signing.sign(row)

    row.refresh_from_db()
    assert [order["result"] for order in results(unipay_end)] == said
    assert row.state == state


@pytest.mark.parametrize(("ending", "request_nos"), [("9031", 1), ("9030", 2)])
def test_a_repeated_announcement_has_the_same_content(
    unipay_end: UnipayEnd, ending: str, request_nos: int
) -> None:
    bank_signing.sign(asked(f"1380571{ending}"))

    first, second = results(unipay_end)
    assert len({first["request_no"], second["request_no"]}) == request_nos
    assert {**first, "request_no": ""} == {**second, "request_no": ""}


def test_a_wrongly_signed_announcement_is_wrongly_signed(unipay_end: UnipayEnd) -> None:
    bank_signing.sign(asked("13805719034"))

    assert unipay_end.genuine == [True, False]


def test_terms_above_the_maximum_exceed_what_the_province_allowed(unipay_end: UnipayEnd) -> None:
    bank_signing.sign(asked("13805719039"))

    (order,) = results(unipay_end)
    assert order["terms"]["recharge_amount_fen"] == 50100


def test_a_failed_account_check_names_its_reason(unipay_end: UnipayEnd) -> None:
    bank_signing.sign(asked("13805719036"))

    (order,) = results(unipay_end)
    assert order["failure_code"] == "account_invalid"
    assert "account" not in order


def test_a_late_bank_announces_when_told_to(unipay_end: UnipayEnd) -> None:
    row = asked("13805719032")
    bank_signing.sign(row)

    bank_signing.announce_now(row)

    row.refresh_from_db()
    assert [order["result"] for order in results(unipay_end)] == ["SIGNED"]
    assert row.state == BookState.SIGNED


@pytest.mark.parametrize(("code", "told_by"), [("ICBC", "ICBC"), ("CCB", "")])
def test_a_bank_tells_the_hall_unless_it_leaves_it_to_unipay(
    unipay_end: UnipayEnd, code: str, told_by: str
) -> None:
    session, _reply = hall.open_session(NUMBER, bank_code=code)
    row = bank.take_hand_over(
        code, {"session_no": "S-1", "msisdn": NUMBER, "return_url": "http://unipay.test/back"}
    )

    bank_signing.sign(row)

    session.refresh_from_db()
    assert session.told_by == told_by
    assert results(unipay_end)[0]["session_no"] == "S-1"


def test_the_hall_learns_from_the_bank_which_one_was_chosen_at_unipay(unipay_end: UnipayEnd) -> None:
    session, _reply = hall.open_session(NUMBER)
    row = bank.take_hand_over(
        "ICBC", {"session_no": "S-1", "msisdn": NUMBER, "return_url": "http://unipay.test/back"}
    )

    bank_signing.sign(row)

    session.refresh_from_db()
    assert session.bank_code == "ICBC"


def test_coming_to_the_banks_page_twice_makes_one_row() -> None:
    fields = {"session_no": "S-1", "msisdn": NUMBER, "return_url": "http://unipay.test/back"}

    rows = [bank.take_hand_over("ICBC", fields) for _ in range(2)]

    assert rows[0] == rows[1]
    assert SandboxContract.objects.count() == 1


def test_another_bank_may_be_faster(unipay_end: UnipayEnd) -> None:
    row = bank.take_hand_over("BOC", {"session_no": "S-1", "msisdn": NUMBER})

    bank_signing.sign_overtaken(row)

    said = [order.get("session_no") or order.get("contract_no") for order in results(unipay_end)]
    assert said == ["C-1", "S-1"]
    assert set(SandboxContract.objects.values_list("partner_code", flat=True)) == {"BOC", "ICBC"}


def test_the_hall_tells_what_the_province_allowed_and_where_to_return(
    unipay_end: UnipayEnd, settings: Any
) -> None:
    settings.UNIPAY_SANDBOX_URL = "http://sandbox.test"

    session, _reply = hall.open_session(NUMBER, bank_code="ICBC", language="en")

    (_path, order) = unipay_end.orders[0]
    assert order["terms_offer"] == OFFER
    assert order["return_url"] == f"http://sandbox.test/sandbox/hall/outcomes/{session.request_no}/"
    assert (session.session_no, session.redirect_url) == ("S-1", "http://unipay.test/pay")


def test_an_unanswered_order_is_repeated_with_the_same_number(unipay_end: UnipayEnd) -> None:
    row = asked()
    unipay_end.fails_times = 2

    bank_signing.sign(row)

    sent = SandboxMessage.objects.filter(operation="POST /signing-results").order_by("id")
    assert [message.verdict for message in sent] == [Verdict.UNANSWERED, Verdict.UNANSWERED, Verdict.GENUINE]
    assert len({message.request_no for message in sent}) == 1


def test_an_answer_unipay_did_not_sign_is_no_answer(unipay_end: UnipayEnd) -> None:
    unipay_end.is_rightly_signed = False

    with pytest.raises(Unanswered):
        client.post("ICBC", "/signings", {"request_no": "R1"})


def test_personal_data_is_masked_in_the_log() -> None:
    asked()

    kept = SandboxMessage.objects.get().body
    assert "*" in kept["account"]["number"]
    assert "*" in kept["holder"]["identity_no"]
    assert "*" in kept["holder"]["name"]


def test_amendment_and_termination_are_told_to_unipay(unipay_end: UnipayEnd) -> None:
    row = asked()
    bank_signing.sign(row)

    bank.amend(row, {"recharge_amount_fen": 10000})
    bank.terminate(row, reason="ACCOUNT_CLOSED")

    (amendment, termination) = unipay_end.orders[-2:]
    row.refresh_from_db()
    assert amendment[0] == "/api/v1/contracts/C-1/amendments"
    assert amendment[1]["terms"] == {"recharge_amount_fen": 10000}
    assert termination[0] == "/api/v1/contracts/C-1/termination"
    assert termination[1]["reason"] == "ACCOUNT_CLOSED"
    assert (row.state, row.terms["recharge_amount_fen"]) == (BookState.TERMINATED, 10000)


@pytest.mark.parametrize(
    ("event", "status", "has_joined_at"),
    [
        ("NUMBER_CLOSED", "CLOSED", False),
        ("OWNERSHIP_TRANSFERRED", "NORMAL", False),
        ("NUMBER_RECYCLED", "NORMAL", True),
    ],
)
def test_a_province_announces_what_happened_to_a_number(
    unipay_end: UnipayEnd, event: str, status: str, has_joined_at: bool
) -> None:
    province.announce_number_event("ZJ", event, msisdn=NUMBER)

    ((path, order),) = unipay_end.orders
    assert path == "/api/v1/number-events"
    assert (order["event"], order["msisdn"]) == (event, NUMBER)
    assert ("joined_network_at" in order) is has_joined_at
    assert SandboxNumber.objects.get().status == status


def test_a_session_unipay_refused_leads_nowhere(unipay_end: UnipayEnd) -> None:
    unipay_end.answers = lambda path, order: (409, {"code": "number_has_contract"})

    session, reply = hall.open_session(NUMBER)

    assert (reply.status, reply.code) == (409, "number_has_contract")
    assert SandboxSession.objects.get().redirect_url == session.redirect_url == ""
