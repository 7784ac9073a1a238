"""Recharges as a bank's integrator meets them: signed requests in, the province asked over the wire, signed answers out
(domain.md C2)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.flows import reconciled_day
from billing.models import Bill, JournalEntry, Recharge
from tests.billing import money
from tests.billing.api.conftest import told
from tests.billing.factories import MSISDN, make_bill, make_debit_run, make_item, make_recharge
from tests.factories import make_province
from tests.partner_client import PartnerClient, is_signed_by_us
from tests.partner_server import PartnerServer, Reply
from tests.signing.factories import the_bank, the_province
from unipay import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart")]


def ordered(**changed: Any) -> dict[str, Any]:
    usual = {
        "request_no": "R-1",
        "msisdn": MSISDN,
        "amount_fen": 10_000,
        "source": "COUNTER",
        "bank_transaction_no": "T-1",
        "business_date": clock.business_date(clock.now()).isoformat(),
    }
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


def test_a_recharge_is_credited_and_answered_with_what_it_paid(
    bank: PartnerClient, province: PartnerServer
) -> None:
    bill = make_bill(amount_fen=5800)

    answer = bank.post("/api/v1/recharges", ordered())

    body = answer.json()
    assert (answer.status_code, body["state"], body["amount_fen"]) == (201, "LANDED", 10_000)
    assert (body["province_code"], body["request_no"], body["ask_again_at"]) == (
        the_province().code,
        "R-1",
        None,
    )
    assert body["bills"] == [
        {
            "bill_no": bill.bill_no,
            "billing_month": "2026-10",
            "amount_fen": 5800,
            "is_reversed": False,
        }
    ]
    assert is_signed_by_us(answer)
    (landing,) = province.bodies
    assert landing["landings"][0]["recharge_no"] == body["recharge_no"]
    assert landing["landings"][0]["bills"] == [
        {"province_bill_no": bill.province_bill_no, "amount_fen": 5800}
    ]
    assert money.balances() == {"BANK_CLEARING": 10_000, "PROVINCE_PAYABLE": -10_000}
    assert Bill.objects.get().state == "SETTLED"
    money.require_conserved()


def test_the_oldest_bill_is_paid_first_and_the_last_one_in_part(
    bank: PartnerClient, province: PartnerServer
) -> None:
    newer = make_bill(amount_fen=8000)
    older = make_bill(amount_fen=5000, billing_month="2026-09-01")

    bank.post("/api/v1/recharges", ordered(amount_fen=7000))

    states = {bill.pk: (bill.state, bill.settled_fen) for bill in Bill.objects.all()}
    assert states == {older.pk: ("SETTLED", 5000), newer.pk: ("DUE", 2000)}


def test_a_bill_that_a_bank_is_being_asked_to_pay_is_left_to_that_bank(
    bank: PartnerClient, province: PartnerServer
) -> None:
    bill = make_bill()
    make_item(make_debit_run(), bill=bill)

    answer = bank.post("/api/v1/recharges", ordered())

    assert (answer.status_code, answer.json()["bills"]) == (201, [])
    assert Bill.objects.get(pk=bill.pk).settled_fen == 0


def test_a_companys_bill_is_not_paid_by_a_recharge_of_its_users_number(
    bank: PartnerClient, province: PartnerServer
) -> None:
    make_bill(agreement_no="A-1")

    assert bank.post("/api/v1/recharges", ordered()).json()["bills"] == []


def test_a_recharge_for_an_agreement_pays_its_bills_user_by_user(
    bank: PartnerClient, province: PartnerServer
) -> None:
    second = make_bill(agreement_no="A-1", msisdn="13805710002", amount_fen=3000)
    first = make_bill(agreement_no="A-1", msisdn="13805710001", amount_fen=3000)

    answer = bank.post("/api/v1/recharges", ordered(msisdn=None, agreement_no="A-1", amount_fen=4000))

    body = answer.json()
    assert (answer.status_code, body["agreement_no"], body["msisdn"]) == (201, "A-1", "")
    assert [(bill["bill_no"], bill["amount_fen"]) for bill in body["bills"]] == [
        (first.bill_no, 3000),
        (second.bill_no, 1000),
    ]


def test_the_same_request_gets_the_same_answer_and_moves_money_once(
    bank: PartnerClient, province: PartnerServer
) -> None:
    first = bank.post("/api/v1/recharges", ordered())

    again = bank.post("/api/v1/recharges", ordered())

    assert (again.status_code, again.content) == (201, first.content)
    assert again["Idempotent-Replay"] == "true"
    assert Recharge.objects.count() == 1
    assert len(province.called) == 1


def test_a_transaction_number_is_used_once(bank: PartnerClient, province: PartnerServer) -> None:
    bank.post("/api/v1/recharges", ordered())

    answer = bank.post("/api/v1/recharges", ordered(request_no="R-2"))

    assert (answer.status_code, answer.json()["code"]) == (409, "bank_transaction_used")
    assert Recharge.objects.count() == 1
    money.require_conserved()


@pytest.mark.parametrize(
    ("reason_code", "expected"),
    [
        ("number_not_normal", "number_not_normal"),
        ("2001", "number_not_normal"),
        ("E99", "landing_refused"),
        ("", "landing_refused"),
    ],
)
def test_what_the_province_refuses_is_undone_and_refused(
    reason_code: str, expected: str, bank: PartnerClient, province: PartnerServer
) -> None:
    bill = make_bill()
    province.replies = lambda called: Reply(
        {"result_code": "0000", "results": told(called, "REFUSED", reason_code=reason_code)}
    )

    answer = bank.post("/api/v1/recharges", ordered())

    assert (answer.status_code, answer.json()["code"]) == (422, expected)
    assert Recharge.objects.get().state == "REVERSED"
    assert Bill.objects.get(pk=bill.pk).state == "DUE"
    assert money.balances() == {}
    again = bank.post("/api/v1/recharges", ordered())
    assert (again.status_code, again["Idempotent-Replay"]) == (422, "true")


def test_a_province_that_refuses_with_a_result_code_refuses_it_too(
    bank: PartnerClient, province: PartnerServer
) -> None:
    province.always(Reply({"result_code": "2003"}))

    answer = bank.post("/api/v1/recharges", ordered())

    assert (answer.status_code, answer.json()["code"]) == (422, "number_blacklisted")
    assert Recharge.objects.get().state == "REVERSED"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(hangs_up=True),
        Reply(status=500),
        Reply({"result_code": "9998"}),
        Reply({"result_code": "0000", "results": []}),
        Reply({"result_code": "0000", "results": "?"}),
        Reply(signed="wrongly"),
    ],
)
def test_a_recharge_nobody_answers_for_is_paid_and_credited_later(
    reply: Reply, bank: PartnerClient, province: PartnerServer
) -> None:
    province.always(reply)

    answer = bank.post("/api/v1/recharges", ordered())

    body = answer.json()
    assert (answer.status_code, body["state"], body["landed_at"]) == (201, "PAID", None)
    assert body["ask_again_at"] is not None
    assert money.balances() == {"BANK_CLEARING": 10_000, "IN_TRANSIT": -10_000}
    (message,) = money.promised("land_recharges")
    money.answer(message, money.results(Recharge.objects.all()), now=clock.now())
    seen = bank.get(f"/api/v1/recharges/{body['recharge_no']}").json()
    assert (seen["state"], seen["ask_again_at"]) == ("LANDED", None)


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"amount_fen": 99}, 422, "amount_out_of_bounds"),
        ({"amount_fen": 5_000_001}, 422, "amount_out_of_bounds"),
        ({"business_date": "2020-01-01"}, 422, "business_date_out_of_range"),
        ({"msisdn": "19900000000"}, 422, "number_at_home_nowhere"),
        ({"msisdn": None, "agreement_no": "A-9"}, 422, "agreement_unknown"),
        ({"paid_at": "2199-01-01T00:00:00+08:00"}, 422, "paid_in_the_future"),
        ({"msisdn": "12345678901"}, 400, "request_faulty"),
        ({"msisdn": None}, 400, "request_faulty"),
        ({"agreement_no": "A-1"}, 400, "request_faulty"),
        ({"province_code": "ZJ"}, 400, "request_faulty"),
        ({"source": "BATCH_DEBIT"}, 400, "request_faulty"),
        ({"amount_fen": 100.0}, 400, "request_faulty"),
        ({"bank_transaction_no": ""}, 400, "request_faulty"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_taken(
    changed: dict[str, Any], status: int, code: str, bank: PartnerClient, province: PartnerServer
) -> None:
    answer = bank.post("/api/v1/recharges", ordered(**changed))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Recharge.objects.exists()
    assert not JournalEntry.objects.exists()
    assert province.called == []


def test_a_crash_between_order_and_answer_leaves_an_order_the_same_request_finds_again(
    bank: PartnerClient, province: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Crash(BaseException):
        pass

    def dies(*args: object, **given: object) -> None:
        raise Crash

    with monkeypatch.context() as broken:
        broken.setattr("billing.flows.recharge.ask", dies)
        with pytest.raises(Crash):
            bank.post("/api/v1/recharges", ordered())
    assert Recharge.objects.get().state == "PAID"

    answer = bank.post("/api/v1/recharges", ordered())

    assert (answer.status_code, answer.json()["state"]) == (201, "LANDED")
    assert JournalEntry.objects.count() == 2
    money.require_conserved()


def test_each_bank_code_has_its_own_clearing_account(bank: PartnerClient, province: PartnerServer) -> None:
    virtual = PartnerClient(the_bank("MOBILEPAY"))
    virtual.partner.is_virtual = True
    virtual.partner.save()

    for client in (bank, virtual):
        assert client.post("/api/v1/recharges", ordered()).status_code == 201

    by_bank = {
        account.partner_id: account.balance_fen
        for account in money.LedgerAccount.objects.filter(role="BANK_CLEARING", balance_fen__gt=0)
    }
    assert by_bank == {bank.partner.pk: 10_000, virtual.partner.pk: 10_000}


def test_a_bank_finds_its_recharge_by_its_own_reference_and_sees_no_others(
    bank: PartnerClient, province: PartnerServer
) -> None:
    bank.post("/api/v1/recharges", ordered())
    other = PartnerClient(the_bank("CCB"))

    found = bank.get("/api/v1/recharges?request_no=R-1").json()["results"]
    theirs = other.get("/api/v1/recharges?request_no=R-1").json()["results"]

    assert [each["request_no"] for each in found] == ["R-1"]
    assert theirs == []
    assert other.get(f"/api/v1/recharges/{found[0]['recharge_no']}").status_code == 404


def test_recharges_that_came_of_debits_are_not_among_a_banks_own(bank: PartnerClient) -> None:
    debited = make_recharge("LANDED", request_no="")

    day = debited.business_date.isoformat()
    listed = bank.get(f"/api/v1/recharges?business_date={day}").json()["results"]

    assert listed == []
    assert bank.get(f"/api/v1/recharges/{debited.recharge_no}").status_code == 404


def test_a_list_of_everything_there_ever_was_is_refused(bank: PartnerClient) -> None:
    assert bank.get("/api/v1/recharges").json()["code"] == "request_faulty"


def test_a_days_list_costs_the_same_however_long_it_is(bank: PartnerClient) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            bank.get("/api/v1/recharges?business_date=2026-11-05")
        return len(seen)

    make_recharge("LANDED")
    statements()  # keys are remembered from here on
    few = statements()
    for _ in range(5):
        make_recharge("LANDED")

    assert statements() == few


def test_a_recharge_costs_few_statements(bank: PartnerClient, province: PartnerServer) -> None:
    bank.post("/api/v1/recharges", ordered())  # opens the accounts, remembers the keys

    with CaptureQueriesContext(connection) as seen:
        bank.post("/api/v1/recharges", ordered(request_no="R-2", bank_transaction_no="T-2"))

    own = [each["sql"] for each in seen if "SAVEPOINT" not in each["sql"]]
    assert len(own) <= 38, "\n".join(own)


def test_a_province_may_not_recharge(province: PartnerServer) -> None:
    answer = PartnerClient(the_province()).post("/api/v1/recharges", ordered())

    assert answer.status_code == 403
    assert not Recharge.objects.exists()


def test_a_day_beside_ours_is_taken_for_a_bank_with_another_cut_off(
    bank: PartnerClient, province: PartnerServer
) -> None:
    tomorrow = clock.business_date(clock.now()) + timedelta(days=1)

    answer = bank.post("/api/v1/recharges", ordered(business_date=tomorrow.isoformat()))

    assert answer.status_code == 201
    entry = JournalEntry.objects.get(kind="PAID")
    assert entry.business_date == tomorrow


def test_a_day_that_finance_found_even_takes_no_more_payments(
    bank: PartnerClient, province: PartnerServer
) -> None:
    yesterday = clock.business_date(clock.now()) - timedelta(days=1)
    reconciled_day.confirm(the_bank(), yesterday, amount_fen=0, by_id=None, now=clock.now())

    answer = bank.post("/api/v1/recharges", ordered(business_date=yesterday.isoformat()))

    assert (answer.status_code, answer.json()["code"]) == (422, "business_day_closed")
    assert not Recharge.objects.exists()


def test_an_agreement_of_several_provinces_is_refused_until_the_bank_says_whose_it_is(
    bank: PartnerClient, province: PartnerServer
) -> None:
    own = make_bill(agreement_no="A-1", amount_fen=3000)
    make_bill(agreement_no="A-1", amount_fen=3000, province=make_province("GD", prefix="1350000"))
    asked = ordered(msisdn=None, agreement_no="A-1")

    refused = bank.post("/api/v1/recharges", asked)
    wrong = bank.post("/api/v1/recharges", {**asked, "request_no": "R-2", "province_code": "SH"})
    answer = bank.post(
        "/api/v1/recharges", {**asked, "request_no": "R-3", "province_code": the_province().code}
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "agreement_in_several_provinces")
    assert "province_code" in refused.json()["title"]
    assert wrong.json()["code"] == "agreement_unknown"
    body = answer.json()
    assert (answer.status_code, body["province_code"]) == (201, the_province().code)
    assert [bill["bill_no"] for bill in body["bills"]] == [own.bill_no]
    assert Recharge.objects.count() == 1


def test_what_is_not_credited_says_by_when_it_is_or_goes_back(
    bank: PartnerClient, province: PartnerServer
) -> None:
    province.always(Reply(hangs_up=True))
    last_day = (clock.business_date(clock.now()) + timedelta(days=3)).isoformat()

    body = bank.post("/api/v1/recharges", ordered()).json()

    where = f"/api/v1/recharges/{body['recharge_no']}"
    allowed = bank.get(f"{where}/allowed-actions").json()
    assert [body["refund_by"], bank.get(where).json()["refund_by"], allowed["refund_by"]] == [last_day] * 3
    (message,) = money.promised("land_recharges")
    money.answer(message, money.results(Recharge.objects.all()), now=clock.now())
    assert bank.get(where).json()["refund_by"] is None
