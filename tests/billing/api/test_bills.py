"""Bills as a province's integrator meets them: sent, amended, cancelled, read (domain.md C3)."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Bill
from tests.billing.factories import MSISDN, make_bill, make_debit_run, make_item
from tests.factories import make_province
from tests.partner_client import PartnerClient
from tests.signing.factories import the_bank, the_province

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart")]


@pytest.fixture
def province(db: None) -> PartnerClient:
    return PartnerClient(the_province())


def line(number: str = "PB-1", **changed: Any) -> dict[str, Any]:
    usual = {
        "province_bill_no": number,
        "msisdn": MSISDN,
        "billing_month": "2026-10",
        "amount_fen": 5800,
        "due_date": "2026-11-05",
    }
    return {**usual, **changed}


def send(province: PartnerClient, *lines: dict[str, Any], request_no: str = "B-1") -> Any:
    return province.post("/api/v1/bills", {"request_no": request_no, "bills": list(lines)})


def change(province: PartnerClient, bill: Bill, what: str, **said: Any) -> Any:
    return province.post(f"/api/v1/bills/{bill.bill_no}/{what}", {"request_no": "C-1", **said})


def test_bills_are_taken_on_and_answered_one_by_one(province: PartnerClient) -> None:
    corporate = line("PB-2", agreement_no="A-1", joined_network_at="2020-01-01T00:00:00+08:00")

    answer = send(province, line(), corporate, line("PB-3", msisdn="19900000000"))

    personal, company = Bill.objects.order_by("province_bill_no")
    assert answer.status_code == 200
    assert answer.json()["results"] == [
        {"province_bill_no": "PB-1", "bill_no": personal.bill_no, "result": "ADDED", "why_not": None},
        {"province_bill_no": "PB-2", "bill_no": company.bill_no, "result": "ADDED", "why_not": None},
        {
            "province_bill_no": "PB-3",
            "bill_no": "",
            "result": "REFUSED",
            "why_not": answer.json()["results"][2]["why_not"],
        },
    ]
    assert answer.json()["results"][2]["why_not"]["code"] == "number_not_at_home"
    assert (personal.kind, personal.state, personal.amount_fen) == ("PERSONAL", "DUE", 5800)
    assert personal.billing_month.isoformat() == "2026-10-01"
    assert (company.kind, company.agreement_no) == ("CORPORATE", "A-1")
    assert company.joined_network_at is not None


def test_a_bill_that_is_known_changes_nothing_and_one_with_other_content_is_refused(
    province: PartnerClient,
) -> None:
    send(province, line())

    same = send(province, line(), request_no="B-2").json()["results"]
    other = send(province, line(amount_fen=1), request_no="B-3").json()["results"]

    bill = Bill.objects.get()
    assert [(each["result"], each["bill_no"]) for each in same] == [("KNOWN", bill.bill_no)]
    assert other[0]["why_not"]["code"] == "bill_contradicts"
    assert (bill.amount_fen, bill.version) == (5800, 1)


def test_five_hundred_bills_are_taken_on_in_few_statements(province: PartnerClient) -> None:
    bills = [line(f"PB-{number}") for number in range(500)]

    with CaptureQueriesContext(connection) as statements:
        answer = send(province, *bills)

    assert {each["result"] for each in answer.json()["results"]} == {"ADDED"}
    assert len(statements) <= 40
    assert send(province, *bills, line("PB-500"), request_no="B-2").status_code == 400


@pytest.mark.parametrize(
    "bills",
    [
        [],
        [line(), line()],
        [line(amount_fen=0)],
        [line(billing_month="2026-13")],
        [line(billing_month="2026-1")],
        [line(due_date="2026-02-30")],
        [line(msisdn="123")],
        [{"province_bill_no": "PB-1"}],
    ],
)
def test_a_malformed_request_takes_on_nothing(bills: list[dict[str, Any]], province: PartnerClient) -> None:
    answer = send(province, *bills)

    assert (answer.status_code, answer.json()["code"]) == (400, "request_faulty")
    assert not Bill.objects.exists()


def test_an_amendment_changes_amount_and_due_day(province: PartnerClient) -> None:
    bill = make_bill()

    answer = change(province, bill, "amendment", amount_fen=4000, due_date="2026-12-01")

    body = answer.json()
    assert (answer.status_code, body["amount_fen"], body["due_date"], body["version"]) == (
        200,
        4000,
        "2026-12-01",
        2,
    )


def test_the_same_amendment_again_changes_nothing(province: PartnerClient) -> None:
    bill = make_bill()

    assert change(province, bill, "amendment", amount_fen=5000).json()["version"] == 1


def test_a_bill_amended_to_what_is_settled_is_settled(province: PartnerClient) -> None:
    bill = make_bill(settled_fen=2000)

    assert change(province, bill, "amendment", amount_fen=2000).json()["state"] == "SETTLED"


def test_a_settled_bill_amended_upwards_is_due_again(province: PartnerClient) -> None:
    bill = make_bill("SETTLED")

    body = change(province, bill, "amendment", amount_fen=6000).json()

    assert (body["state"], body["open_fen"], body["settled_at"]) == ("DUE", 1000, None)


@pytest.mark.parametrize(
    ("state", "fields", "what", "said", "code"),
    [
        ("DUE", {"settled_fen": 3000}, "amendment", {"amount_fen": 2999}, "bill_below_settled"),
        ("CANCELLED", {}, "amendment", {"amount_fen": 100}, "bill_cancelled"),
        ("DUE", {"settled_fen": 1}, "cancellation", {}, "bill_partly_settled"),
        ("SETTLED", {}, "cancellation", {}, "bill_not_due"),
    ],
)
def test_what_can_not_be_changed_is_refused_with_the_reason(
    state: str, fields: dict[str, Any], what: str, said: dict[str, Any], code: str, province: PartnerClient
) -> None:
    bill = make_bill(state, **fields)

    answer = change(province, bill, what, **said)

    assert (answer.status_code, answer.json()["code"]) == (409, code)
    kept = Bill.objects.get()
    assert (kept.state, kept.amount_fen, kept.version) == (state, 5000, 1)


def test_what_a_bank_is_being_asked_for_is_neither_cancelled_nor_amended_below_it(
    province: PartnerClient,
) -> None:
    bill = make_bill()
    make_item(make_debit_run(), bill=bill)

    assert change(province, bill, "cancellation").json()["code"] == "bill_in_flight"
    assert change(province, bill, "amendment", amount_fen=4999).json()["code"] == "request_no_reused"
    lower = province.post(
        f"/api/v1/bills/{bill.bill_no}/amendment", {"request_no": "C-2", "amount_fen": 4999}
    )
    higher = province.post(
        f"/api/v1/bills/{bill.bill_no}/amendment", {"request_no": "C-3", "amount_fen": 5001}
    )

    assert (lower.json()["code"], higher.status_code) == ("bill_in_flight", 200)


def test_a_bill_nobody_paid_is_cancelled_once(province: PartnerClient) -> None:
    bill = make_bill()

    first = change(province, bill, "cancellation")
    again = province.post(f"/api/v1/bills/{bill.bill_no}/cancellation", {"request_no": "C-2"})

    assert (first.status_code, first.json()["state"], first.json()["open_fen"]) == (200, "CANCELLED", 0)
    assert (again.status_code, again.json()["version"]) == (200, 2)


def test_provinces_see_and_change_only_their_own(province: PartnerClient) -> None:
    bill = make_bill()
    other = PartnerClient(make_province("GD", prefix="1350000"))

    assert other.get("/api/v1/bills").json()["results"] == []
    assert other.get(f"/api/v1/bills/{bill.bill_no}").status_code == 404
    assert change(other, bill, "cancellation").status_code == 404
    assert Bill.objects.get().state == "DUE"
    assert PartnerClient(the_bank()).get("/api/v1/bills").status_code == 403


def test_a_list_is_narrowed_and_paged(province: PartnerClient) -> None:
    bills = [make_bill(), make_bill("SETTLED"), make_bill(billing_month="2026-09-01")]

    def listed(query: str) -> list[str]:
        return [each["bill_no"] for each in province.get(f"/api/v1/bills?{query}").json()["results"]]

    assert listed("state=SETTLED") == [bills[1].bill_no]
    assert listed("billing_month=2026-09") == [bills[2].bill_no]
    assert listed(f"msisdn={MSISDN}") == [bill.bill_no for bill in reversed(bills)]
    page = province.get("/api/v1/bills?limit=2").json()
    rest = province.get(f"/api/v1/bills?limit=2&cursor={page['next_cursor']}").json()
    assert [each["bill_no"] for each in rest["results"]] == [bills[0].bill_no]
