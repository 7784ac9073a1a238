"""What happens to money that was taken and is not credited when its last day comes (domain.md C11)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import gettext

from billing.flows import landing_sweep, last_day, recharge, recharge_proposal
from billing.flows.recharge import RechargeOrder
from billing.models import Bill, Recharge, ReconciledDay
from billing.tasks import refund_what_was_refused
from signing.models import ManualCase
from tests.billing import money
from tests.billing.factories import (
    DAY,
    MSISDN,
    NOW,
    make_arrangement,
    make_bill,
    make_debit_run,
    make_item,
    make_mandate,
    make_recharge,
    make_settlement,
)
from tests.partner_server import PartnerServer, Reply, serving
from tests.signing.factories import the_bank, the_province
from tests.unipay.backoffice.world import person
from unipay.partners.reference import load_result_codes

LAST = date(2026, 11, 8)
DAY_BEFORE = NOW + timedelta(days=2)
ON_LAST_DAY = NOW + timedelta(days=3)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart")]


@pytest.fixture
def province(db: None) -> Iterator[PartnerServer]:
    load_result_codes()
    with serving(the_province()) as server:
        yield server


@pytest.fixture
def _reconciled(db: None) -> None:
    ReconciledDay.objects.create(bank=the_bank(), business_date=DAY, amount_fen=0, confirmed_at=NOW)


def hanging(**fields: Any) -> Recharge:
    """One that the province was asked to credit, and never answered for."""
    usual = {"landing_attempts": 1, "next_landing_at": NOW, "refund_by": LAST}
    return make_recharge("PAID", **{**usual, **fields})


def refused(**fields: Any) -> Recharge:
    """One that the province refused for good."""
    return hanging(next_landing_at=None, landing_error="number_not_normal", **fields)


def exported(state: str) -> Recharge:
    """One that was settled at export, of a debit in this state."""
    run = make_debit_run(arrangement=make_arrangement("OFFLINE"))
    mandate = make_mandate(agreement_no="A1", way="OFFLINE")
    item = make_item(run, state, agreement_no="A1", mandate=mandate)
    return hanging(source="OFFLINE", item=item, agreement_no="A1")


def says(province: PartnerServer, result: str, **more: Any) -> None:
    province.replies = lambda called: Reply(
        {
            "result_code": "0000",
            "results": [
                {"recharge_no": number, "result": result, **more} for number in called.body["recharge_nos"]
            ],
        }
    )


def swept(at: datetime) -> None:
    for province_id in landing_sweep.provinces_with_due(at):
        landing_sweep.sweep(province_id, now=at)


def kinds() -> list[str]:
    return [message.kind for message in money.OutboundMessage.objects.order_by("id")]


def test_money_that_is_taken_gets_its_last_day(settings: Any) -> None:
    settings.UNIPAY_RECHARGE_REFUND_DAYS = 5
    the_province()
    order = RechargeOrder("COUNTER", 1000, "T-1", DAY, msisdn=MSISDN)

    taken = recharge.take(the_bank(), order, request_no="R-1", now=NOW)

    assert taken.refund_by == date(2026, 11, 10)


@pytest.mark.usefixtures("_reconciled")
def test_what_the_province_never_heard_of_goes_back_once_it_let_it_go(province: PartnerServer) -> None:
    one = hanging()
    bill = make_bill("SETTLED")
    make_settlement(bill, one)
    says(province, "NOT_FOUND")

    swept(ON_LAST_DAY)

    going = money.fresh(one)
    (asked,) = money.promised("take_back_recharge")
    assert (going.state, going.way_back, going.back_reason) == (
        "TAKING_BACK",
        "REFUND",
        gettext("not credited in time"),
    )
    assert kinds() == ["take_back_recharge"]
    money.answer(asked, {"result_code": "5002"}, now=ON_LAST_DAY)
    (refund,) = money.promised("refund_recharge")
    assert (money.fresh(one).state, refund.payload["amount_fen"]) == ("REFUND_OWED", 5000)
    assert Bill.objects.get(pk=bill.pk).state == "DUE"
    assert money.balances() == {"BANK_CLEARING": 5000, "REFUNDS_PAYABLE": -5000}
    money.answer(refund, {"result_code": "0000"}, now=ON_LAST_DAY)
    assert (money.fresh(one).state, money.balances()) == ("REFUNDED", {})
    money.require_conserved()


@pytest.mark.usefixtures("_reconciled")
def test_before_its_last_day_it_is_asked_for_once_more(province: PartnerServer) -> None:
    one = hanging()
    says(province, "NOT_FOUND")

    swept(DAY_BEFORE)

    assert (money.fresh(one).state, kinds()) == ("PAID", ["land_recharges"])


def test_what_is_promised_the_evening_before_is_looked_at_when_its_last_day_begins(
    province: PartnerServer,
) -> None:
    one = hanging()
    says(province, "NOT_FOUND")
    evening = datetime(2026, 11, 7, 12, 0, tzinfo=UTC)

    swept(evening)

    assert money.fresh(one).next_landing_at == datetime(2026, 11, 7, 16, 0, tzinfo=UTC)


@pytest.mark.usefixtures("_reconciled")
def test_what_turns_out_to_be_credited_stays_credited(province: PartnerServer) -> None:
    one = hanging()
    says(province, "CREDITED")

    swept(ON_LAST_DAY)

    assert (money.fresh(one).state, kinds()) == ("LANDED", [])
    assert not ManualCase.objects.exists()


@pytest.mark.usefixtures("_reconciled")
@pytest.mark.parametrize(
    "reply", [Reply(hangs_up=True), Reply({"result_code": "9998"}), Reply({"result_code": "0000"})]
)
def test_silence_gives_nothing_back_and_people_get_one_case_with_the_day(
    reply: Reply, province: PartnerServer
) -> None:
    one = hanging()
    province.always(reply)

    for hours in (0, 2, 4):
        swept(ON_LAST_DAY + timedelta(hours=hours))

    hangs = money.fresh(one)
    assert (hangs.state, hangs.landing_error) == ("PAID", "not_credited_in_time")
    assert hangs.next_landing_at == ON_LAST_DAY + timedelta(hours=5)
    case = ManualCase.objects.get()
    assert (case.about, case.evidence.get().facts["refund_by"]) == (one.subject, "2026-11-08")
    assert len(province.called) == 3
    assert kinds() == []


@pytest.mark.usefixtures("_reconciled")
def test_the_case_goes_when_the_money_has_gone_back(province: PartnerServer) -> None:
    one = hanging()
    province.always(Reply(hangs_up=True))
    swept(ON_LAST_DAY)
    says(province, "NOT_FOUND")

    swept(ON_LAST_DAY + timedelta(hours=2))

    (asked,) = money.promised("take_back_recharge")
    money.answer(asked, {"result_code": "5002"}, now=ON_LAST_DAY)
    assert money.fresh(one).state == "REFUND_OWED"
    assert ManualCase.objects.get().state == "WITHDRAWN"


def test_a_day_that_is_not_reconciled_keeps_it_and_is_a_case_while_it_is_asked_for_on(
    province: PartnerServer,
) -> None:
    one = hanging()
    says(province, "NOT_FOUND")

    swept(ON_LAST_DAY)

    kept = money.fresh(one)
    assert (kept.state, kept.landing_error) == ("PAID", "day_not_reconciled")
    assert kinds() == ["land_recharges"]
    facts = ManualCase.objects.get().evidence.get().facts
    assert (facts["error"], facts["refund_by"]) == ("day_not_reconciled", "2026-11-08")


@pytest.mark.usefixtures("_reconciled")
def test_what_was_refused_is_owed_back_on_its_last_day_and_not_before() -> None:
    one = refused()
    assert last_day.refused_until_now(DAY_BEFORE) == []

    for number in last_day.refused_until_now(ON_LAST_DAY):
        last_day.refund(number, now=ON_LAST_DAY)

    assert (money.fresh(one).state, kinds()) == ("REFUND_OWED", ["refund_recharge"])
    assert money.balances() == {"BANK_CLEARING": 5000, "REFUNDS_PAYABLE": -5000}
    money.require_conserved()


@pytest.mark.usefixtures("_reconciled")
def test_one_that_fails_keeps_nobody_elses_money_back(
    time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = refused(), refused()
    give_back = last_day.give_back.give_back

    def fails_for_the_first(held: Recharge, *args: Any, **fields: Any) -> Recharge:
        if held.pk == first.pk:
            raise RuntimeError("a row nobody foresaw")
        return give_back(held, *args, **fields)

    monkeypatch.setattr(last_day.give_back, "give_back", fails_for_the_first)
    time_machine.move_to(ON_LAST_DAY, tick=False)
    refund_what_was_refused()

    assert (money.fresh(first).state, money.fresh(second).state) == ("PAID", "REFUND_OWED")


def test_what_was_refused_goes_back_by_itself_as_soon_as_its_day_is_reconciled(time_machine: Any) -> None:
    one = refused()
    time_machine.move_to(ON_LAST_DAY, tick=False)
    refund_what_was_refused()
    assert money.fresh(one).state == "PAID"

    ReconciledDay.objects.create(bank=the_bank(), business_date=DAY, amount_fen=0, confirmed_at=NOW)
    refund_what_was_refused()

    assert money.fresh(one).state == "REFUND_OWED"


@pytest.mark.usefixtures("_reconciled")
def test_what_the_province_was_never_asked_for_is_left_to_who_will_ask() -> None:
    hanging(landing_attempts=0, next_landing_at=None)

    assert last_day.refused_until_now(ON_LAST_DAY) == []


@pytest.mark.usefixtures("_reconciled")
def test_what_its_bank_has_not_confirmed_was_not_taken_and_has_no_last_day(province: PartnerServer) -> None:
    one = exported("SENT")
    says(province, "NOT_FOUND")

    swept(ON_LAST_DAY)

    assert (money.fresh(one).state, kinds()) == ("PAID", ["land_recharges"])
    assert not ManualCase.objects.exists()


@pytest.mark.usefixtures("_reconciled")
def test_what_a_debit_brought_goes_back_by_the_same_rule(province: PartnerServer) -> None:
    item = make_item(make_debit_run(), "SETTLED")
    one = hanging(source="BATCH_DEBIT", item=item)
    says(province, "NOT_FOUND")

    swept(ON_LAST_DAY)

    assert (money.fresh(one).state, kinds()) == ("TAKING_BACK", ["take_back_recharge"])


@pytest.mark.usefixtures("_reconciled")
def test_what_staff_proposed_meanwhile_is_overtaken(province: PartnerServer, time_machine: Any) -> None:
    time_machine.move_to(ON_LAST_DAY, tick=False)
    one = hanging()
    maker = person("maker", "customer_service")
    proposal: Any = recharge_proposal.submit(one.recharge_no, remark="wrong", by_id=maker.pk, now=ON_LAST_DAY)
    says(province, "NOT_FOUND")

    swept(ON_LAST_DAY)

    assert money.fresh(one).state == "TAKING_BACK"
    assert recharge_proposal.version(proposal) != proposal.subject_version


def test_money_that_was_sent_back_by_somebody_else_is_left_alone() -> None:
    one = make_recharge("REVERSED", refund_by=LAST)

    assert last_day.refund(one.recharge_no, now=ON_LAST_DAY)

    assert (money.fresh(one).state, kinds()) == ("REVERSED", [])
