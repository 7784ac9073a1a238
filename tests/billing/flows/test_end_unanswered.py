"""Debits that their bank never answers (domain.md C3, C4) end by two people: the bills are free, what was settled at
export goes back, and what the bank says later is a case."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection

from billing.flows import debit_run, debit_stage, end_unanswered, trial_balance, unanswered_proposal
from billing.models import Bill, DebitBatch, DebitItem, DebitReturn, DebitRun, Recharge
from signing.models import ManualCase
from tests.billing.debits import (
    DAY,
    NOW,
    arranged,
    bring,
    bring_return,
    effects,
    failed,
    fresh,
    items,
    open_shares,
    owing,
    paid,
    require_bills_add_up,
    require_exported_is_accounted_for,
    return_content,
    run_of,
    states,
)
from tests.billing.factories import make_bill, make_mandate
from tests.billing.money import answer, balances, promised, refuse, require_conserved, results
from tests.signing.factories import the_province
from unipay.approvals import proposals
from unipay.approvals.models import ApprovalRule, Proposal
from unipay.errors import Refusal
from unipay.exchange.flows import acknowledge
from unipay.exchange.models import SentFile
from unipay.partners.reference import load_result_codes

pytestmark = pytest.mark.django_db

LATE = NOW + timedelta(days=30)


@pytest.fixture(autouse=True)
def home() -> Iterator[None]:
    """A province, banks whose codes we know, and books that are even in the end."""
    the_province()
    load_result_codes(kind="BANK")
    yield
    require_exported_is_accounted_for()
    require_conserved()
    require_bills_add_up()


@pytest.fixture
def maker(db: None) -> User:
    """Somebody of finance."""
    return User.objects.create_user("maker")


@pytest.fixture
def checker(db: None) -> User:
    """Somebody who may approve."""
    person = User.objects.create_user("checker")
    person.user_permissions.add(Permission.objects.get(codename="check_debitrun"))
    return person


def asked(run: DebitRun) -> DebitRun:
    """The bank has every file of the run."""
    for file in SentFile.objects.filter(state="READY"):
        acknowledge.accepted(file, now=NOW)
    return run


def asked_online(count: int = 1, **fields: Any) -> DebitRun:
    """A run that a networked bank was asked for, with a bill for each debit."""
    for _ in range(count):
        owing(1000)
    return asked(run_of(arranged(**fields)))


def asked_offline() -> DebitRun:
    """A run whose one bill was settled at export."""
    mandate = make_mandate(way="OFFLINE")
    make_bill(agreement_no=mandate.agreement_no, msisdn="13805711000", amount_fen=1000)
    return asked(run_of(arranged("OFFLINE")))


def submit(run: DebitRun, maker: User, *, at: Any = LATE) -> Proposal:
    """Propose to end what nobody answered of the run."""
    proposal = unanswered_proposal.submit_run(run.run_no, remark="they lost it", by_id=maker.pk, now=at)
    assert proposal is not None
    return proposal


def submit_one(item: DebitItem, maker: User, *, at: Any = LATE) -> Proposal:
    """Propose to end one item."""
    proposal = unanswered_proposal.submit_item(item.item_no, remark="they lost it", by_id=maker.pk, now=at)
    assert proposal is not None
    return proposal


def approve(proposal: Proposal, checker: User, *, at: Any = LATE) -> None:
    """Approve it."""
    proposals.approve(proposal.proposal_no, by_id=checker.pk, remark="asked them myself", now=at)


def advance(run: DebitRun) -> DebitRun:
    """The worker goes on."""
    return debit_run.advance(run.run_no, now=lambda: LATE)


def refused_with(refusal: Any) -> str:
    """The code of the reason."""
    code: str = refusal.value.reason.code
    return code


def test_what_was_never_answered_ends_and_its_bills_are_free(maker: User, checker: User) -> None:
    run = asked_online(2)
    one, two = items(run)
    bring_return(paid(one))

    proposal = submit(run, maker)
    assert (states(DebitItem), proposal.amount_fen, proposal.reason) == (
        ["SETTLED", "SENT"],
        1000,
        "BATCH_DEBIT",
    )
    approve(proposal, checker)

    ended = DebitItem.objects.get(pk=two.pk)
    assert (ended.state, ended.reason_code, ended.settled_at) == ("WITHDRAWN", "unanswered", LATE)
    assert (states(Bill), open_shares()) == (["SETTLED", "DUE"], 0)
    assert (advance(run).state, states(DebitBatch)) == ("CLOSED", ["CLOSED"])
    again = run_of(run.arrangement, day=DAY.replace(day=16))
    assert [(each.msisdn, each.attempt) for each in items(again)] == [(two.msisdn, 2)]


def test_nobody_ends_them_alone(maker: User, checker: User) -> None:
    run = asked_online()
    proposal = submit(run, checker)

    with pytest.raises(Refusal) as refused:
        approve(proposal, checker)

    assert (refused_with(refused), states(DebitItem)) == ("own_proposal", ["SENT"])


def test_one_person_is_enough_where_a_rule_says_so(maker: User) -> None:
    run = asked_online()
    ApprovalRule.objects.create(kind="debit_unanswered", needs_checker=False)

    done = unanswered_proposal.submit_run(run.run_no, remark="they lost it", by_id=maker.pk, now=LATE)

    assert (done, states(DebitItem)) == (None, ["WITHDRAWN"])


def test_a_remark_is_asked_for(maker: User) -> None:
    run = asked_online()

    with pytest.raises(Refusal) as refused:
        unanswered_proposal.submit_run(run.run_no, remark=" ", by_id=maker.pk, now=LATE)

    assert (refused_with(refused), Proposal.objects.count()) == ("debit_remark_missing", 0)


def test_a_bank_that_still_has_time_is_waited_for(maker: User) -> None:
    run = asked_online()
    due_at = DebitBatch.objects.get().answer_due_at

    for submit_it, expected in (
        (lambda: submit(run, maker, at=due_at - timedelta(seconds=1)), "debit_nothing_unanswered"),
        (
            lambda: submit_one(items(run)[0], maker, at=due_at - timedelta(seconds=1)),
            "debit_not_overdue",
        ),
    ):
        with pytest.raises(Refusal) as refused:
            submit_it()
        assert refused_with(refused) == expected
    assert submit(run, maker, at=due_at).amount_fen == 1000


def test_a_file_that_never_left_is_no_silence_of_the_bank(maker: User) -> None:
    owing(1000)
    run = run_of(arranged())

    with pytest.raises(Refusal) as refused:
        submit_one(items(run)[0], maker)
    with pytest.raises(Refusal) as refused_run:
        submit(run, maker)

    assert refused_with(refused) == "debit_file_not_out"
    assert refused_with(refused_run) == "debit_nothing_unanswered"


def test_what_is_answered_meanwhile_makes_the_proposal_stale(maker: User, checker: User) -> None:
    run = asked_online(2)
    proposal = submit(run, maker)
    bring_return(paid(items(run)[0]))

    with pytest.raises(Refusal) as refused:
        approve(proposal, checker)

    assert (refused_with(refused), states(DebitItem)) == ("proposal_stale", ["SETTLED", "SENT"])


@contextmanager
def worker_at(run: DebitRun) -> Iterator[None]:
    """Another worker has the run for a while."""
    has_it, may_go = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with debit_stage.exclusively(run.pk) as held:
                assert held
                has_it.set()
                may_go.wait(timeout=30)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert has_it.wait(timeout=30)
        yield
    finally:
        may_go.set()
        worker.join()


def test_nothing_ends_while_a_worker_settles_what_the_bank_answers(maker: User, checker: User) -> None:
    run = asked_online()
    proposal = submit(run, maker)

    with worker_at(run), pytest.raises(Refusal) as refused:
        approve(proposal, checker)

    assert (refused_with(refused), states(DebitItem)) == ("debit_run_is_busy", ["SENT"])
    assert Proposal.objects.get().state == "PENDING"
    approve(proposal, checker)
    assert states(DebitItem) == ["WITHDRAWN"]


def test_a_line_whose_code_waits_for_a_meaning_is_an_answer(maker: User) -> None:
    run = asked_online()
    (item,) = items(run)
    bring_return(failed(item, code="ZZ9"))

    with pytest.raises(Refusal) as refused:
        submit_one(item, maker)
    with pytest.raises(Refusal) as refused_run:
        submit(run, maker)

    assert refused_with(refused) == "debit_code_waits"
    assert refused_with(refused_run) == "debit_nothing_unanswered"


def test_what_people_looked_at_ends_by_itself_alone(maker: User, checker: User) -> None:
    """The bank contradicted itself: a run as a whole leaves that out, whoever has looked may end it."""
    run = asked_online(allows_partial=False)
    (item,) = items(run)
    bring_return([(item, "0000", 400)])

    with pytest.raises(Refusal) as refused:
        submit(run, maker)
    approve(submit_one(item, maker), checker)

    assert (refused_with(refused), states(DebitItem)) == ("debit_nothing_unanswered", ["WITHDRAWN"])
    assert states(Bill) == ["DUE"]


def test_a_line_that_comes_while_one_item_is_proposed_makes_it_stale(maker: User, checker: User) -> None:
    run = asked_online(allows_partial=False)
    (item,) = items(run)
    proposal = submit_one(item, maker)
    bring_return([(item, "0000", 400)])

    with pytest.raises(Refusal) as refused:
        approve(proposal, checker)

    assert (refused_with(refused), states(DebitItem)) == ("proposal_stale", ["SENT"])


@pytest.mark.parametrize("said", [("0000", 1000), ("1001", 0)], ids=["paid", "failed"])
def test_what_the_bank_says_later_is_a_case(maker: User, checker: User, said: tuple[str, int]) -> None:
    run = asked_online()
    (item,) = items(run)
    approve(submit_one(item, maker), checker)
    advance(run)

    returned = bring_return([(item, *said)])

    assert (effects(returned), states(DebitItem), states(Bill)) == (["CASE"], ["WITHDRAWN"], ["DUE"])
    case = ManualCase.objects.get()
    assert (case.reason, case.about) == ("DEBIT_CONTRADICTION", item.subject)
    facts = case.evidence.get().facts
    assert (facts["item_state"], facts["said_fen"]) == ("WITHDRAWN", said[1])
    assert balances() == {}


def test_later_silence_of_a_bank_that_names_failures_only_is_a_case(maker: User, checker: User) -> None:
    run = asked_online(2, answers_failures_only=True)
    one, two = items(run)
    approve(submit_one(one, maker), checker)

    bring(return_content([*failed(two)]))

    assert states(DebitItem) == ["WITHDRAWN", "FAILED"]
    case = ManualCase.objects.get()
    assert (case.reason, case.about) == ("DEBIT_CONTRADICTION", one.subject)
    assert case.evidence.get().facts["said_fen"] == 1000
    assert DebitReturn.objects.get().state == "SETTLED"


def test_the_silence_of_a_bank_that_names_failures_only_is_not_ended_beside_a_return(maker: User) -> None:
    """One code nobody mapped keeps the whole silence from being settled: the bank has debited the others."""
    run = asked_online(2, answers_failures_only=True)
    one, two = items(run)
    bring(return_content([*failed(two, code="ZZ9")]))

    with pytest.raises(Refusal) as refused_run:
        submit(run, maker)
    with pytest.raises(Refusal) as refused:
        submit_one(one, maker)

    assert refused_with(refused_run) == "debit_nothing_unanswered"
    assert refused_with(refused) == "debit_silence_means_paid"


def test_a_return_that_comes_meanwhile_says_what_the_silence_of_such_a_bank_means(
    maker: User, checker: User
) -> None:
    run = asked_online(3, answers_failures_only=True)
    proposal = submit(run, maker)
    bring(return_content([*failed(items(run)[0], code="ZZ9")]))

    with pytest.raises(Refusal) as refused:
        approve(proposal, checker)

    assert refused_with(refused) in ("debit_silence_means_paid", "proposal_stale")
    assert states(DebitItem) == ["SENT"] * 3


def test_what_was_settled_at_export_goes_back(maker: User, checker: User) -> None:
    run = asked_offline()
    (landing,) = promised("land_recharges")
    answer(landing, results([Recharge.objects.get()]), now=NOW)

    approve(submit(run, maker), checker)

    recharge = Recharge.objects.get()
    assert (recharge.state, recharge.back_reason) == ("TAKING_BACK", "they lost it")
    assert (states(Bill), open_shares()) == (["DUE"], 0)
    assert trial_balance.take(business_date=DAY, now=LATE).faults == []
    (take_back,) = promised("take_back_recharge")
    answer(take_back, {"result_code": "0000"}, now=LATE)
    assert (Recharge.objects.get().state, balances()) == ("REVERSED", {})
    assert advance(run).state == "CLOSED"
    assert run_of(run.arrangement, day=DAY.replace(day=16)).item_count == 1


def test_what_the_subscriber_has_spent_stays_credited_and_the_books_are_even(
    maker: User, checker: User
) -> None:
    run = asked_offline()
    (landing,) = promised("land_recharges")
    answer(landing, results([Recharge.objects.get()]), now=NOW)
    approve(submit(run, maker), checker)
    advance(run)

    (take_back,) = promised("take_back_recharge")
    refuse(take_back, "5001", "credit_spent", now=LATE)

    assert Recharge.objects.get().state == "LANDED"
    assert trial_balance.take(business_date=DAY, now=LATE).faults == []


def test_ending_again_changes_nothing(maker: User, checker: User) -> None:
    run = asked_online()
    approve(submit(run, maker), checker)

    with pytest.raises(Refusal) as refused:
        submit_one(items(run)[0], maker)
    again = end_unanswered.end(
        debit_stage.locked(run.run_no), DebitItem.objects.filter(state="SENT"), remark="x", now=LATE
    )

    assert (refused_with(refused), again) == ("debit_item_over", 0)
    assert fresh(run).state == "SENT"
