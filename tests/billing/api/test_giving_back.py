"""Reversals and refunds as a bank's integrator meets them, with what may be done told before (domain.md C2, C11)."""

from datetime import time, timedelta
from typing import Any

import pytest

from billing.models import Bill, Recharge, ReconciledDay, SettlementTerms
from signing.models import ManualCase
from tests.billing import money
from tests.billing.factories import make_bill, make_recharge, make_settlement
from tests.partner_client import PartnerClient
from tests.partner_server import PartnerServer, Reply
from tests.signing.factories import the_bank
from unipay import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart")]


def landed_today(**fields: Any) -> Recharge:
    now = clock.now()
    return make_recharge("LANDED", business_date=clock.business_date(now), paid_at=now, **fields)


def landed_yesterday(**fields: Any) -> Recharge:
    now = clock.now() - timedelta(days=1)
    return make_recharge("LANDED", business_date=clock.business_date(now), paid_at=now, **fields)


def reconcile(recharge: Recharge) -> None:
    ReconciledDay.objects.create(
        bank=recharge.bank,
        business_date=recharge.business_date,
        amount_fen=5000,
        confirmed_at=clock.now(),
    )


def reverse(bank: PartnerClient, recharge: Recharge, request_no: str = "V-1") -> Any:
    address = f"/api/v1/recharges/{recharge.recharge_no}/reversal"
    return bank.post(address, {"request_no": request_no, "reason": "wrong number"})


def refund(bank: PartnerClient, recharge: Recharge, request_no: str = "V-1") -> Any:
    address = f"/api/v1/recharges/{recharge.recharge_no}/refund"
    return bank.post(address, {"request_no": request_no, "reason": "paid twice"})


def allowed(bank: PartnerClient, recharge: Recharge) -> dict[str, dict[str, Any]]:
    body = bank.get(f"/api/v1/recharges/{recharge.recharge_no}/allowed-actions").json()
    return {each["action"]: each for each in body["actions"]}


def test_a_recharge_is_undone_on_its_own_day_after_the_province_took_it_back(
    bank: PartnerClient, province: PartnerServer
) -> None:
    recharge = landed_today()
    bill = make_bill("SETTLED")
    make_settlement(bill, recharge)

    answer = reverse(bank, recharge)

    body = answer.json()
    assert (answer.status_code, body["state"], body["back_reason"]) == (200, "REVERSED", "wrong number")
    assert body["bills"][0]["is_reversed"] is True
    assert Bill.objects.get(pk=bill.pk).state == "DUE"
    (asked,) = province.called
    assert (asked.path, asked.body["back_no"]) == ("/landing-take-backs", body["back_no"])
    assert money.balances() == {}
    assert money.promised("refund_recharge") == []


def test_the_same_wish_again_is_answered_with_the_recharge_as_it_is(
    bank: PartnerClient, province: PartnerServer
) -> None:
    recharge = landed_today()
    reverse(bank, recharge)

    answer = reverse(bank, recharge, "V-2")

    assert (answer.status_code, answer.json()["state"]) == (200, "REVERSED")
    assert len(province.called) == 1
    money.require_conserved()


def test_a_spent_credit_can_not_be_taken_back_and_stays(bank: PartnerClient, province: PartnerServer) -> None:
    recharge = landed_today()
    province.always(Reply({"result_code": "5001"}))

    answer = reverse(bank, recharge)

    assert (answer.status_code, answer.json()["code"]) == (422, "credit_spent")
    assert money.fresh(recharge).state == "LANDED"
    assert not ManualCase.objects.exists()
    assert money.balances() == {"BANK_CLEARING": 5000, "PROVINCE_PAYABLE": -5000}


def test_while_the_province_is_silent_the_bank_is_told_to_ask_again(
    bank: PartnerClient, province: PartnerServer
) -> None:
    recharge = landed_today()
    province.always(Reply(hangs_up=True))

    answer = reverse(bank, recharge)

    body = answer.json()
    assert (answer.status_code, body["state"]) == (202, "TAKING_BACK")
    assert body["ask_again_at"] is not None
    (message,) = money.promised("take_back_recharge")
    assert message.payload["back_no"] == body["back_no"]
    money.answer(message, {"result_code": "0000"}, now=clock.now())
    assert bank.get(f"/api/v1/recharges/{recharge.recharge_no}").json()["state"] == "REVERSED"
    (told,) = money.promised("refund_recharge")
    assert told.payload["back_no"] == body["back_no"]
    money.answer(told, {"result_code": "0000"}, now=clock.now())
    assert money.fresh(recharge).state == "REVERSED"
    money.require_conserved()


def test_one_the_province_never_credited_is_undone_too(bank: PartnerClient, province: PartnerServer) -> None:
    now = clock.now()
    recharge = make_recharge("PAID", business_date=clock.business_date(now), paid_at=now)
    (landing,) = money.promise(recharge, now=now)
    province.always(Reply({"result_code": "5002"}))

    answer = reverse(bank, recharge)

    assert (answer.status_code, answer.json()["state"]) == (200, "REVERSED")
    assert type(landing).objects.get(pk=landing.pk).state == "CANCELLED"
    assert money.balances() == {}


def test_one_the_province_refused_for_good_is_undone_without_asking_it(
    bank: PartnerClient, province: PartnerServer
) -> None:
    now = clock.now()
    day = clock.business_date(now)
    recharge = make_recharge("PAID", business_date=day, paid_at=now, landing_attempts=1)

    assert reverse(bank, recharge).json()["state"] == "REVERSED"
    assert province.called == []


def test_the_day_after_it_is_too_late_for_a_reversal(bank: PartnerClient, province: PartnerServer) -> None:
    recharge = landed_yesterday()

    answer = reverse(bank, recharge)

    assert (answer.status_code, answer.json()["code"]) == (422, "reversal_too_late")
    assert money.fresh(recharge).state == "LANDED"
    assert province.called == []


def test_a_banks_own_terms_may_end_reversals_earlier(bank: PartnerClient, province: PartnerServer) -> None:
    SettlementTerms.objects.create(bank=bank.partner, reversal_until=time(0, 0))

    assert reverse(bank, landed_today()).json()["code"] == "reversal_too_late"


def test_a_refund_waits_for_the_next_day_and_for_reconciliation(
    bank: PartnerClient, province: PartnerServer
) -> None:
    today, yesterday = landed_today(), landed_yesterday()

    assert refund(bank, today).json()["code"] == "refund_too_early"
    assert refund(bank, yesterday, "V-2").json()["code"] == "day_not_reconciled"
    reconcile(yesterday)
    answer = refund(bank, yesterday, "V-3")

    assert (answer.status_code, answer.json()["state"]) == (200, "REFUND_OWED")
    assert money.balances() == {
        "BANK_CLEARING": 10_000,
        "PROVINCE_PAYABLE": -5000,
        "REFUNDS_PAYABLE": -5000,
    }


def test_a_refund_is_over_when_the_bank_gave_the_money_back(
    bank: PartnerClient, province: PartnerServer
) -> None:
    recharge = landed_yesterday()
    reconcile(recharge)
    refund(bank, recharge)
    (message,) = money.promised("refund_recharge")
    assert message.partner == bank.partner
    assert message.payload["request_no"] == recharge.request_no

    money.answer(message, {"result_code": "0000"}, now=clock.now())

    assert bank.get(f"/api/v1/recharges/{recharge.recharge_no}").json()["state"] == "REFUNDED"
    assert money.balances() == {}
    money.require_conserved()


def test_a_bank_that_will_not_give_it_back_becomes_a_case(
    bank: PartnerClient, province: PartnerServer
) -> None:
    recharge = landed_yesterday()
    reconcile(recharge)
    refund(bank, recharge)
    (message,) = money.promised("refund_recharge")

    money.refuse(message, "5004", "payment_unknown", now=clock.now())

    assert money.fresh(recharge).state == "REFUND_OWED"
    assert ManualCase.objects.get().about == recharge.subject
    assert money.balance(money.AccountRole.REFUNDS_PAYABLE) == -5000


def test_what_may_be_done_is_told_with_why_not_and_from_when(bank: PartnerClient) -> None:
    recharge = landed_today()

    actions = allowed(bank, recharge)

    midnight = clock.business_day_start(recharge.business_date + timedelta(days=1))
    assert actions["REVERSE"] == {
        "action": "REVERSE",
        "is_allowed": True,
        "why_not": None,
        "allowed_from": None,
        "allowed_until": clock.rfc3339(midnight),
    }
    assert actions["REFUND"]["is_allowed"] is False
    assert actions["REFUND"]["why_not"]["code"] == "refund_too_early"
    assert actions["REFUND"]["allowed_from"] == clock.rfc3339(midnight)


def test_what_is_on_its_way_back_can_not_go_back_again_in_another_way(
    bank: PartnerClient, province: PartnerServer
) -> None:
    recharge = landed_yesterday()
    reconcile(recharge)
    refund(bank, recharge)

    assert reverse(bank, recharge, "V-2").json()["code"] == "recharge_goes_back"
    assert {each["why_not"]["code"] for each in allowed(bank, recharge).values()} == {"recharge_goes_back"}


def test_another_bank_can_not_touch_it(bank: PartnerClient, province: PartnerServer) -> None:
    recharge = landed_today()
    other = PartnerClient(the_bank("CCB"))

    assert reverse(other, recharge).status_code == 404
    assert other.get(f"/api/v1/recharges/{recharge.recharge_no}/allowed-actions").status_code == 404
    assert money.fresh(recharge).state == "LANDED"
