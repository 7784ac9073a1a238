"""The invariants of signing, under any interleaving of its events (style.md): a stateful search by Hypothesis."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from signing.flows import (
    amendment,
    bank_channel,
    expiry,
    manual_case,
    number_event,
    signing_result,
    termination,
)
from signing.flows.change import Origin
from signing.flows.expiry import Overdue
from signing.flows.number_event import NumberEvent
from signing.flows.told import Told
from signing.models import Contract, HeldNumber, ManualCase, SigningSession, SigningTransaction
from signing.particulars import Amendment, SigningNotice, SigningRequest
from signing.states import Decision, EndReason, NumberEventKind, Source
from signing.terms import Terms
from tests.signing.factories import (
    ACCOUNT,
    HOLDER,
    NOW,
    PREPAID_OFFER,
    make_session,
    the_bank,
    the_province,
)
from unipay import clock
from unipay.errors import Refusal
from unipay.messaging.models import OutboundMessage
from unipay.partners.gateways.bank import SigningQuery
from unipay.partners.gateways.province import Eligibility

NUMBERS = st.sampled_from([f"1380571000{last}" for last in range(4)])
BANKS = st.sampled_from(["ICBC", "CCB", "ABC"])
STANDING = {"PROVISIONAL", "ACTIVE", "SUSPENDED"}


class Signing(RuleBasedStateMachine):
    """Banks, provinces, staff and the clock do what they like; refusals are part of the game."""

    signings = Bundle("signings")

    @initialize()
    def begin(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = NOW
        self.serial = 0
        self.final: dict[int, str] = {}
        the_province()

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def tick(self) -> None:
        self.serial += 1
        self.now += timedelta(minutes=7)

    @rule(target=signings, bank=BANKS, msisdn=NUMBERS, secondary=st.lists(NUMBERS, max_size=2))
    def a_bank_asks_to_sign(self, bank: str, msisdn: str, secondary: list[str]) -> tuple[str, str, str]:
        self.tick()
        request = SigningRequest(
            msisdn, ACCOUNT, HOLDER, "COUNTER", clock.business_date(self.now), tuple(secondary)
        )
        try:
            question = bank_channel.prepare(
                bank=the_bank(bank), request=request, request_no=f"r{self.serial}", now=self.now
            )
            offer = Eligibility("MAY_SIGN", terms_offer=PREPAID_OFFER)
            contract = bank_channel.conclude(question, offer, now=self.now)
        except Refusal:
            return ("contract_no", "none", bank)
        return ("contract_no", contract.contract_no, bank)

    @rule(target=signings, bank=BANKS, msisdn=NUMBERS)
    def a_subscriber_goes_to_a_bank(self, bank: str, msisdn: str) -> tuple[str, str, str]:
        self.tick()
        session = make_session("AT_BANK", bank=the_bank(bank), msisdn=msisdn, opened_at=self.now)
        return ("session_no", session.session_no, bank)

    @rule(signing=signings, bank_no=st.integers(1, 3), signed=st.booleans())
    def a_bank_announces(self, signing: tuple[str, str, str], bank_no: int, signed: bool) -> None:
        self.tick()
        self.refusable(lambda: self.announce(signing, bank_no, signed))

    def announce(self, signing: tuple[str, str, str], bank_no: int, signed: bool) -> None:
        name, number, bank = signing
        msisdn = self.msisdn_of(name, number)
        notice = SigningNotice(
            signed,
            msisdn,
            clock.business_date(self.now),
            bank_contract_no=f"{bank}-{msisdn}-{bank_no}",
            account=ACCOUNT,
            holder=HOLDER,
            signed_at=self.now,
            failure_code="" if signed else "account_invalid",
        )
        told = Told(the_bank(bank), replace(notice, **{name: number}), f"r{self.serial}")
        signing_result.accept_result(told, now=self.now)

    def msisdn_of(self, name: str, number: str) -> str:
        rows: Any = Contract if name == "contract_no" else SigningSession
        found = rows.objects.filter(**{name: number}).first()
        return found.msisdn if found else "13805710000"

    @rule(signing=consumes(signings), answer=st.sampled_from(["SIGNED", "NOT_SIGNED", "PENDING", None]))
    def time_runs_out(self, signing: tuple[str, str, str], answer: str | None) -> None:
        self.tick()
        name, number, bank = signing
        rows: Any = Contract if name == "contract_no" else SigningSession
        found = rows.objects.select_related("bank").filter(**{name: number}).first()
        if found is None:
            return
        overdue = Overdue(contract=found) if name == "contract_no" else Overdue(session=found)
        said = {
            "bank_contract_no": f"{bank}-late-{self.serial}",
            "account": {"number": ACCOUNT.number, "type": ACCOUNT.type},
            "holder": {"name": HOLDER.name, "identity_no": HOLDER.identity_no},
            "signed_at": clock.rfc3339(self.now),
            "business_date": clock.business_date(self.now).isoformat(),
        }
        query = None if answer is None else SigningQuery(answer, said if answer == "SIGNED" else None)
        expiry.settle(overdue, query, now=self.now)

    @rule(data=st.data(), source=st.sampled_from([Source.BANK, Source.HALL, Source.STAFF]))
    def somebody_ends_a_contract(self, data: st.DataObject, source: Source) -> None:
        self.tick()
        contract = self.any_contract(data)
        if contract:
            origin = Origin(source, clock.business_date(self.now))
            termination.end(contract, reason=EndReason.SUBSCRIBER_REQUEST, origin=origin, now=self.now)

    @rule(data=st.data(), amount=st.integers(1, 60000), secondary=st.none() | st.lists(NUMBERS, max_size=2))
    def a_bank_amends(self, data: st.DataObject, amount: int, secondary: list[str] | None) -> None:
        self.tick()
        contract = self.any_contract(data)
        if contract is None:
            return
        day = clock.business_date(self.now)
        wish = Amendment(day, None if secondary is None else tuple(secondary), None, Terms(None, amount))
        origin = Origin(Source.BANK, day, contract.bank)
        number = contract.contract_no
        self.refusable(lambda: amendment.amend_for(contract.bank, number, wish, origin=origin, now=self.now))

    @rule(kind=st.sampled_from(list(NumberEventKind)), msisdn=NUMBERS)
    def a_number_changes_hands(self, kind: NumberEventKind, msisdn: str) -> None:
        self.tick()
        event = NumberEvent(kind, msisdn, self.now)
        number_event.accept_event(the_province(), event, request_no=f"e{self.serial}", now=self.now)

    @rule(data=st.data())
    def people_decide(self, data: st.DataObject) -> None:
        self.tick()
        open_cases = list(ManualCase.objects.filter(state="OPEN").order_by("id"))
        if not open_cases:
            return
        case = data.draw(st.sampled_from(open_cases))
        possible = manual_case.decisions_possible(case)
        assert possible, "people always have something to decide"
        decision = data.draw(st.sampled_from(possible))
        manual_case.decide(case.case_no, decision=decision, remark="", decided_by_id=None, now=self.now)

    @rule(data=st.data())
    def staff_tries_what_is_not_possible(self, data: st.DataObject) -> None:
        case = ManualCase.objects.order_by("id").first()
        if case is None:
            return
        possible = manual_case.decisions_possible(case)
        wrong = data.draw(st.sampled_from([each for each in Decision if each not in possible]))
        with pytest.raises(Refusal):
            manual_case.decide(case.case_no, decision=wrong, remark="", decided_by_id=None, now=self.now)

    def any_contract(self, data: st.DataObject) -> Contract | None:
        contracts = list(Contract.objects.select_related("bank", "province").order_by("id"))
        return data.draw(st.sampled_from(contracts)) if contracts else None

    def refusable(self, work: Any) -> None:
        before = self.everything()
        try:
            with transaction.atomic():
                work()
        except Refusal:
            assert self.everything() == before

    def everything(self) -> tuple[Any, ...]:
        return (
            sorted(Contract.objects.values_list("id", "state", "version")),
            SigningTransaction.objects.count(),
            OutboundMessage.objects.count(),
            ManualCase.objects.count(),
        )

    @invariant()
    def at_most_one_contract_stands_on_a_number(self) -> None:
        if not hasattr(self, "now"):
            return
        held = Counter(
            number
            for contract in Contract.objects.filter(state__in=STANDING)
            for number in [contract.msisdn, *contract.secondary_msisdns]
        )
        assert all(times == 1 for times in held.values())
        assert set(held) == set(HeldNumber.objects.values_list("msisdn", flat=True))

    @invariant()
    def terminated_contracts_never_regress(self) -> None:
        if not hasattr(self, "now"):
            return
        states = dict(Contract.objects.values_list("id", "state"))
        for contract_id in self.final:
            assert states[contract_id] == "TERMINATED"
        self.final.update({pk: state for pk, state in states.items() if state == "TERMINATED"})

    @invariant()
    def every_contested_contract_waits_in_an_open_case(self) -> None:
        if not hasattr(self, "now"):
            return
        contested = set(Contract.objects.filter(state="CONTESTED").values_list("id", flat=True))
        waiting = set(ManualCase.objects.filter(state="OPEN").values_list("contested_id", flat=True))
        assert contested <= waiting

    @invariant()
    def the_journal_replays_to_the_book(self) -> None:
        if not hasattr(self, "now"):
            return
        last = {
            line["contract_id"]: (line["kind"], line["version"])
            for line in SigningTransaction.objects.order_by("version").values(
                "contract_id", "kind", "version"
            )
        }
        for contract in Contract.objects.all():
            kind, version = last.get(contract.pk, ("", 0))
            assert (contract.state == "ACTIVE") == (kind in ("SIGNED", "AMENDED"))
            if kind:
                assert version == contract.version


@pytest.mark.django_db
def test_the_invariants_hold_whatever_happens() -> None:
    assert connection.in_atomic_block
    run_state_machine_as_test(
        Signing,
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
