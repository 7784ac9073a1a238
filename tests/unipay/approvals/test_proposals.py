"""What happens to a proposal: approved by somebody else, refused, taken back, expired, overtaken; and raced for."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, transaction

from signing.flows import case_proposal, manual_case
from signing.flows.manual_case import Evidence
from signing.models import ManualCase
from signing.states import Decision
from tests.signing.factories import NOW, fresh, make_case
from tests.unipay.approvals.factories import make_checker, make_person, make_proposal
from unipay.approvals import proposals
from unipay.approvals.models import ApprovalRule, Proposal
from unipay.errors import Refusal
from unipay.messaging.models import OutboundMessage

LATER = NOW + timedelta(hours=1)
MUCH_LATER = NOW + timedelta(hours=25)

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> User:
    return make_person("maker")


@pytest.fixture
def checker() -> User:
    return make_checker()


def case_of(proposal: Proposal) -> ManualCase:
    return ManualCase.objects.get(case_no=proposal.subject.removeprefix("case:"))


def test_a_proposed_decision_changes_nothing_yet(maker: User) -> None:
    proposal = make_proposal(maker)

    case = case_of(proposal)
    assert (proposal.state, case.state, case.decision) == ("PENDING", "PROPOSED", "")
    assert (case.standing.state, case.contested.state) == ("ACTIVE", "CONTESTED")
    assert not OutboundMessage.objects.exists()


def test_an_approved_decision_is_carried_out_in_both_names(maker: User, checker: User) -> None:
    proposal = make_proposal(maker)

    proposals.approve(proposal.proposal_no, by_id=checker.pk, remark="I agree", now=LATER)

    case = case_of(proposal)
    assert fresh(proposal).state == "APPROVED"
    assert (case.state, case.decision, case.decided_by, case.approved_by) == (
        "DECIDED",
        "REPLACE",
        maker,
        checker,
    )
    assert (case.standing.state, case.contested.state) == ("TERMINATED", "ACTIVE")


def test_nobody_approves_or_refuses_the_own_proposal() -> None:
    both = make_checker("both")
    proposal = make_proposal(both)

    for verb in (proposals.approve, proposals.refuse):
        with pytest.raises(Refusal, match="own_proposal"):
            verb(proposal.proposal_no, by_id=both.pk, remark="I agree with myself", now=LATER)

    assert (fresh(proposal).state, case_of(proposal).state) == ("PENDING", "PROPOSED")


def test_the_database_keeps_maker_and_checker_apart(maker: User) -> None:
    proposal = make_proposal(maker)
    proposal.approve(by_id=maker.pk, remark="I agree", now=LATER)

    with pytest.raises(IntegrityError, match="maker_is_not_checker"), transaction.atomic():
        proposal.save()


def test_the_database_keeps_who_decided_and_who_approved_apart(maker: User) -> None:
    case = make_case()
    case.decide(decision=Decision.CLOSE, remark="x", decided_by_id=maker.pk, approved_by_id=maker.pk, now=NOW)

    with pytest.raises(IntegrityError, match="case_is_approved_by_somebody_else"), transaction.atomic():
        case.save()


def test_somebody_without_the_right_to_this_kind_does_not_check_it(maker: User) -> None:
    proposal = make_proposal(maker)
    finance = make_person("finance", "approvals.check_proposal")

    with pytest.raises(Refusal, match="may_not_check"):
        proposals.approve(proposal.proposal_no, by_id=finance.pk, remark="I agree", now=LATER)

    assert case_of(proposal).state == "PROPOSED"


@pytest.mark.parametrize("verb", [proposals.approve, proposals.refuse])
def test_a_check_without_a_remark_is_refused(verb: object, maker: User, checker: User) -> None:
    proposal = make_proposal(maker)

    with pytest.raises(Refusal, match="remark_missing"):
        verb(proposal.proposal_no, by_id=checker.pk, remark="  ", now=LATER)  # type: ignore[operator]

    assert fresh(proposal).state == "PENDING"


def test_a_refused_proposal_leaves_the_case_open_for_another(maker: User, checker: User) -> None:
    proposal = make_proposal(maker)

    proposals.refuse(proposal.proposal_no, by_id=checker.pk, remark="ask the bank first", now=LATER)

    case = case_of(proposal)
    assert (fresh(proposal).state, case.state) == ("REFUSED", "OPEN")
    assert (case.owner, case.came_back) == (maker, "ask the bank first")
    assert make_proposal(maker, Decision.KEEP_STANDING, case).state == "PENDING"


def test_only_its_maker_takes_a_proposal_back(maker: User, checker: User) -> None:
    proposal = make_proposal(maker)

    with pytest.raises(Refusal, match="not_your_proposal"):
        proposals.withdraw(proposal.proposal_no, by_id=checker.pk, now=LATER)
    proposals.withdraw(proposal.proposal_no, by_id=maker.pk, now=LATER)

    assert (fresh(proposal).state, case_of(proposal).state) == ("WITHDRAWN", "OPEN")


def test_new_evidence_overtakes_a_proposal(maker: User, checker: User) -> None:
    proposal = make_proposal(maker)
    manual_case.add_evidence(case_of(proposal), [Evidence(facts={"said": "more"})], now=NOW)

    with pytest.raises(Refusal, match="proposal_stale"):
        proposals.approve(proposal.proposal_no, by_id=checker.pk, remark="I agree", now=LATER)

    case = case_of(proposal)
    assert (fresh(proposal).state, case.state, case.contested.state) == ("STALE", "OPEN", "CONTESTED")


def test_an_expired_proposal_is_not_carried_out(maker: User, checker: User) -> None:
    proposal = make_proposal(maker)

    with pytest.raises(Refusal, match="proposal_expired"):
        proposals.approve(proposal.proposal_no, by_id=checker.pk, remark="I agree", now=MUCH_LATER)

    assert (fresh(proposal).state, case_of(proposal).state) == ("EXPIRED", "OPEN")


def test_the_calendar_ends_what_expired_and_leaves_what_waits(maker: User) -> None:
    expired = make_proposal(maker)
    waiting = make_proposal(maker, case=make_case(msisdn="13805710002"))
    Proposal.objects.filter(pk=waiting.pk).update(expires_at=MUCH_LATER + timedelta(hours=1))

    ended = proposals.settle_due(now=MUCH_LATER)

    assert (ended, fresh(expired).state, fresh(waiting).state) == (1, "EXPIRED", "PENDING")
    assert proposals.settle_due(now=MUCH_LATER) == 0


def test_a_settled_proposal_never_changes_again(maker: User, checker: User) -> None:
    proposal = make_proposal(maker)
    proposals.refuse(proposal.proposal_no, by_id=checker.pk, remark="no", now=LATER)

    for verb in (proposals.approve, proposals.refuse):
        with pytest.raises(Refusal, match="proposal_settled"):
            verb(proposal.proposal_no, by_id=checker.pk, remark="again", now=LATER)
    with pytest.raises(DatabaseError, match="settled_is_final"), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(state="APPROVED")


def test_one_proposal_waits_per_case(maker: User) -> None:
    case = make_case()
    make_proposal(maker, case=case)

    with pytest.raises(Refusal, match="case_not_open"):
        case_proposal.submit(case.case_no, decision=Decision.NEITHER, remark="no", by_id=maker.pk, now=LATER)

    assert Proposal.objects.count() == 1


def test_what_changes_no_contract_is_decided_by_one_person(maker: User) -> None:
    case = make_case("UNDELIVERABLE")

    submitted = case_proposal.submit(
        case.case_no, decision=Decision.CLOSE, remark="known at the bank", by_id=maker.pk, now=NOW
    )

    assert (submitted.proposal, submitted.case.state) == (None, "CLOSED")
    assert (submitted.case.decided_by, submitted.case.approved_by) == (maker, None)


def test_a_rule_lets_one_person_decide_small_amounts(maker: User) -> None:
    ApprovalRule.objects.create(kind="case_decision", action="KEEP_STANDING", needs_checker=False)
    ApprovalRule.objects.create(
        kind="case_decision", action="KEEP_STANDING", least_amount_fen=5_001, needs_checker=True
    )
    small, large = make_case(), make_case(msisdn="13805710002")
    type(large.contested).objects.filter(pk=large.contested_id).update(recharge_amount_fen=5_001)

    states = [
        case_proposal.submit(
            case.case_no, decision=Decision.KEEP_STANDING, remark="known", by_id=maker.pk, now=NOW
        ).case.state
        for case in (small, large)
    ]

    assert states == ["DECIDED", "PROPOSED"]


@pytest.mark.django_db(transaction=True)
def test_two_checkers_at_the_same_moment_carry_it_out_once() -> None:
    checkers = [make_checker("one"), make_checker("two")]
    proposal = make_proposal(make_person("maker"))
    gate, answers = Barrier(2), []

    def check(person: User) -> None:
        try:
            gate.wait()
            proposals.approve(proposal.proposal_no, by_id=person.pk, remark="I agree", now=LATER)
            answers.append("approved")
        except Refusal as refusal:
            answers.append(refusal.reason.code)
        finally:
            connection.close()

    threads = [Thread(target=check, args=[person]) for person in checkers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["approved", "proposal_settled"]
    assert OutboundMessage.objects.filter(kind="contract_confirmed").count() == 1
