"""Money is conserved under any interleaving of recharges, answers, silences, reversals and refunds (domain.md C1, C2,
C11): a stateful search by Hypothesis."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from billing.flows import ask_back, landing, last_day, recharge, refund, reversal, take_back
from billing.flows.recharge import RechargeOrder
from billing.models import Bill, Recharge, ReconciledDay
from billing.states import AccountRole
from tests.billing import money
from tests.billing.factories import MSISDN, NOW, make_bill
from tests.signing.factories import the_bank, the_province
from unipay import clock
from unipay.errors import Refusal
from unipay.messaging.kinds import kind_named
from unipay.messaging.models import MessageState, OutboundMessage
from unipay.partners.gateways.money import Credit

BANKS = st.sampled_from(["ICBC", "CCB"])
WHICH = st.integers(0, 9)
FINAL = ("REVERSED", "REFUNDED")


class Money(RuleBasedStateMachine):
    """Banks, the province and the clock do what they like; refusals are part of the game."""

    @initialize()
    def begin(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = NOW
        self.serial = 0
        self.final: dict[int, str] = {}
        the_province()
        for amount_fen in (1000, 700):
            make_bill(amount_fen=amount_fen)

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def tick(self) -> None:
        self.serial += 1
        self.now += timedelta(minutes=7)

    def one(self, which: int, *states: str) -> Recharge | None:
        found = list(Recharge.objects.filter(state__in=states).order_by("id"))
        return found[which % len(found)] if found else None

    @rule(
        bank=BANKS,
        amount_fen=st.sampled_from([100, 800, 2000]),
        said=st.sampled_from(["CREDITED", None, "REFUSED"]),
    )
    def a_bank_takes_money(self, bank: str, amount_fen: int, said: str | None) -> None:
        self.tick()
        order = RechargeOrder(
            source="COUNTER",
            amount_fen=amount_fen,
            bank_transaction_no=f"T{self.serial}",
            business_date=clock.business_date(self.now),
            msisdn=MSISDN,
        )
        taken = recharge.take(the_bank(bank), order, request_no=f"R{self.serial}", now=self.now)
        if said == "REFUSED":
            recharge.undo(taken.recharge_no, reason_code="number_not_normal", now=self.now)
            return
        credit = Credit(taken.recharge_no, said) if said else None
        recharge.conclude(taken, credit, now=self.now)

    @rule(
        which=WHICH,
        said=st.sampled_from(["CREDITED", "REFUSED", "nothing", "refuses all", "dies"]),
        twice=st.booleans(),
    )
    def a_message_is_answered(self, which: int, said: str, twice: bool) -> None:
        self.tick()
        waiting = list(OutboundMessage.objects.filter(state=MessageState.PENDING).order_by("id"))
        if not waiting:
            return
        message = waiting[which % len(waiting)]
        if said == "dies":
            money.let_die(message, now=self.now)
        elif said == "refuses all":
            money.refuse(message, "5001", "credit_spent", now=self.now)
        else:
            money.answer(message, self.body(message, said), now=self.now)
            if twice:
                sequel = kind_named(message.kind).on_settled
                assert sequel is not None
                sequel(message, self.now)

    def body(self, message: OutboundMessage, said: str) -> dict[str, Any]:
        asked = message.payload.get("landings", [])
        results = [{"recharge_no": each["recharge_no"], "result": said} for each in asked]
        return {"result_code": "0000", "results": [] if said == "nothing" else results}

    @rule(which=WHICH, said=st.sampled_from(["CREDITED", "REFUSED"]))
    def the_province_speaks_late(self, which: int, said: str) -> None:
        self.tick()
        known = list(Recharge.objects.order_by("id"))
        if known:
            about = known[which % len(known)]
            told = {about.recharge_no: Credit(about.recharge_no, said)}
            landing.apply(the_province(), told, now=self.now)

    @rule(which=WHICH, way=st.sampled_from([reversal, refund]), said=st.sampled_from([True, False, None]))
    def a_bank_wants_it_back(self, which: int, way: Any, said: bool | None) -> None:
        self.tick()
        about = self.one(which, "PAID", "LANDED", "TAKING_BACK", "REFUND_OWED")
        if about is None:
            return
        try:
            begun = way.begin(about.bank, about.recharge_no, reason="x", now=self.now)
        except Refusal:
            return
        if begun.state != "TAKING_BACK":
            return
        if said is False:
            take_back.kept(begun.recharge_no, back_no=begun.back_no, why="credit_spent", now=self.now)
        else:
            ask_back.conclude(begun, said, now=self.now)

    @rule(which=WHICH)
    def a_debit_failed_after_all(self, which: int) -> None:
        self.tick()
        about = self.one(which, "PAID", "LANDED", "REVERSED")
        if about:
            given = {"id": about.pk}
            reversal.reverse_debited(query="SELECT %(id)s::bigint", given=given, reason="x", now=self.now)

    @rule(which=WHICH)
    def staff_try_again(self, which: int) -> None:
        self.tick()
        about = self.one(which, "PAID", "TAKING_BACK", "REFUND_OWED")
        if about:
            landing.try_again(about.recharge_no, now=self.now)

    @rule(which=WHICH)
    def the_province_never_heard_of_it_on_its_last_day(self, which: int) -> None:
        self.tick()
        about = self.one(which, "PAID")
        if about:
            last_day.refund(about.recharge_no, now=self.now)

    @rule()
    def the_day_is_over_and_reconciled(self) -> None:
        for bank in ("ICBC", "CCB"):
            ReconciledDay.objects.get_or_create(
                bank=the_bank(bank),
                business_date=clock.business_date(self.now),
                defaults={"amount_fen": 0, "confirmed_at": self.now},
            )
        self.now += timedelta(days=1)

    @invariant()
    def no_fen_is_lost(self) -> None:
        if not hasattr(self, "now"):
            return
        money.require_conserved()
        states: dict[str, int] = {}
        for each in Recharge.objects.all():
            states[each.state] = states.get(each.state, 0) + each.amount_fen
        landed = sum(
            each.amount_fen
            for each in Recharge.objects.filter(
                state__in=["LANDED", "TAKING_BACK"], landed_entry__isnull=False
            )
        )
        over = sum(states.get(state, 0) for state in FINAL)
        assert money.balance(AccountRole.BANK_CLEARING) == sum(states.values()) - over
        assert money.balance(AccountRole.PROVINCE_PAYABLE) == -landed
        assert money.balance(AccountRole.REFUNDS_PAYABLE) == -states.get("REFUND_OWED", 0)

    @invariant()
    def a_bill_is_paid_what_its_live_settlements_say(self) -> None:
        if not hasattr(self, "now"):
            return
        for bill in Bill.objects.prefetch_related("settlements__recharge"):
            live = [each for each in bill.settlements.all() if each.reversed_at is None]
            assert bill.settled_fen == sum(each.amount_fen for each in live) <= bill.amount_fen
            assert all(each.recharge.state in ("PAID", "LANDED", "TAKING_BACK") for each in live)

    @invariant()
    def what_is_over_stays_over(self) -> None:
        if not hasattr(self, "now"):
            return
        states = dict(Recharge.objects.values_list("id", "state"))
        for recharge_id, state in self.final.items():
            assert states[recharge_id] == state
        self.final.update({pk: state for pk, state in states.items() if state in FINAL})


@pytest.mark.django_db
@pytest.mark.usefixtures("chart")
def test_money_is_conserved_whatever_happens() -> None:
    assert connection.in_atomic_block
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
