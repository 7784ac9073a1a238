"""Staff give a recharge back in two names, by the rule that holds for banks, too."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User

from billing.flows import landing, recharge_proposal, reconciled_day
from billing.models import Bill, Recharge
from tests.billing.factories import (
    DAY,
    NOW,
    make_arrangement,
    make_bill,
    make_debit_run,
    make_item,
    make_mandate,
    make_recharge,
    make_settlement,
)
from tests.signing.factories import the_bank
from tests.unipay.backoffice.world import person
from unipay.approvals import proposals
from unipay.approvals.models import Proposal
from unipay.errors import Refusal
from unipay.messaging.models import OutboundMessage

NEXT_DAY = NOW + timedelta(days=1)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart")]


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def maker() -> User:
    return User.objects.create_user("maker")


@pytest.fixture
def checker() -> User:
    return person("checker", "finance_checker")


def proposed(recharge: Recharge, maker: User, now: Any = NOW) -> Proposal:
    made = recharge_proposal.submit(recharge.recharge_no, remark="wrong number", by_id=maker.pk, now=now)
    assert isinstance(made, Proposal)
    return made


def approved(proposal: Proposal, checker: User, now: Any = NOW) -> Recharge:
    proposals.approve(proposal.proposal_no, by_id=checker.pk, remark="yes", now=now)
    return recharge_proposal.recharge_of(proposal)


def test_on_its_own_day_a_credited_recharge_is_taken_back_to_be_reversed(maker: User, checker: User) -> None:
    recharge = make_recharge()
    proposal = proposed(recharge, maker)

    gone = approved(proposal, checker)

    assert proposal.action == "REVERSAL"
    assert (gone.state, gone.way_back, gone.back_reason) == ("TAKING_BACK", "REVERSAL", "wrong number")
    assert list(OutboundMessage.objects.values_list("kind", flat=True)) == ["take_back_recharge"]


def test_nothing_happens_before_somebody_else_has_agreed(maker: User) -> None:
    recharge = make_recharge()

    proposed(recharge, maker)

    assert Recharge.objects.get().state == "LANDED"
    assert not OutboundMessage.objects.exists()


def test_later_it_is_refunded_once_its_day_is_reconciled(maker: User, checker: User) -> None:
    bill = make_bill("SETTLED")
    recharge = make_recharge("PAID", landing_attempts=1)  # refused for good: no next look
    make_settlement(bill, recharge)
    with pytest.raises(Refusal) as refused:
        proposed(recharge, maker, NEXT_DAY)
    reconciled_day.confirm(the_bank(), DAY, amount_fen=5000, by_id=None, now=NEXT_DAY)

    gone = approved(proposed(recharge, maker, NEXT_DAY), checker, NEXT_DAY)

    assert refused.value.reason.code == "day_not_reconciled"
    assert gone.state == "REFUND_OWED"
    assert Bill.objects.values_list("state", "settled_fen").get() == ("DUE", 0)
    assert list(OutboundMessage.objects.values_list("kind", flat=True)) == ["refund_recharge"]


def test_what_a_debit_brought_is_refunded_and_never_reversed(maker: User) -> None:
    item = make_item(make_debit_run(arrangement=make_arrangement()), "SETTLED")
    recharge = make_recharge(source="BATCH_DEBIT", item=item)

    with pytest.raises(Refusal) as refused:
        proposed(recharge, maker)
    reconciled_day.confirm(the_bank(), DAY, amount_fen=5000, by_id=None, now=NEXT_DAY)

    assert refused.value.reason.code == "refund_too_early"
    assert proposed(recharge, maker, NEXT_DAY).action == "REFUND"


def test_a_recharge_that_moved_since_is_not_given_back(maker: User, checker: User) -> None:
    recharge = make_recharge("PAID", landing_attempts=1)
    proposal = proposed(recharge, maker)
    landing.land(recharge.province, [recharge.recharge_no], now=NOW)

    with pytest.raises(Refusal) as refused:
        approved(proposal, checker)

    assert refused.value.reason.code == "proposal_stale"
    assert Recharge.objects.get().state == "LANDED"


@pytest.mark.parametrize("state", ["REVERSED", "REFUNDED", "REFUND_OWED", "TAKING_BACK"])
def test_what_goes_back_already_is_not_proposed(state: str, maker: User) -> None:
    with pytest.raises(Refusal):
        proposed(make_recharge(state), maker)

    assert not Proposal.objects.exists()


def test_what_was_proposed_as_a_reversal_never_becomes_a_refund(maker: User, checker: User) -> None:
    proposal = proposed(make_recharge(), maker)
    next_morning = NOW + timedelta(hours=20)
    reconciled_day.confirm(the_bank(), DAY, amount_fen=5000, by_id=None, now=next_morning)

    with time_machine.travel(next_morning, tick=False), pytest.raises(Refusal) as refused:
        approved(proposal, checker, next_morning)

    assert (proposal.action, refused.value.reason.code) == ("REVERSAL", "reversal_too_late")
    assert Recharge.objects.get().state == "LANDED"


@pytest.mark.parametrize("state", ["SENT", "FAILED"])
def test_what_no_bank_has_confirmed_is_not_given_back(state: str, maker: User) -> None:
    mandate = make_mandate(way="OFFLINE", agreement_no="A1")
    run = make_debit_run(arrangement=make_arrangement("OFFLINE"))
    item = make_item(run, state, mandate=mandate, agreement_no="A1")
    recharge = make_recharge(source="OFFLINE", item=item, agreement_no="A1")
    reconciled_day.confirm(the_bank(), DAY, amount_fen=0, by_id=None, now=NEXT_DAY)

    with pytest.raises(Refusal) as refused:
        proposed(recharge, maker, NEXT_DAY)

    assert refused.value.reason.code == "recharge_unconfirmed"
