"""A stopped run goes on, or its file is refused, when two people say so."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from reconciliation.flows import proceed
from reconciliation.flows.proceed import Way
from reconciliation.models import Run
from tests.reconciliation.factories import NOW, make_run
from tests.signing.factories import fresh
from tests.unipay.approvals.factories import make_person
from unipay.approvals import proposals
from unipay.approvals.models import ApprovalRule, Proposal
from unipay.errors import Refusal

LATER = NOW + timedelta(minutes=10)

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> User:
    return make_person("maker")


@pytest.fixture
def checker() -> User:
    return make_person("checker", "reconciliation.check_run")


def propose(run: Run, maker: User, way: Way = Way.PROCEED) -> Proposal:
    """A way out that waits for a second person."""
    submitted = proceed.submit(run.run_no, way=way, remark="The bank closed.", by_id=maker.pk, now=NOW)
    assert submitted.proposal is not None
    return submitted.proposal


def test_a_proposal_alone_moves_nothing(maker: User) -> None:
    run = make_run()

    proposal = propose(run, maker)

    assert fresh(run).state == "AWAITING_APPROVAL"
    assert (proposal.kind, proposal.subject, proposal.action) == (
        "reconciliation_run",
        f"run:{run.run_no}",
        "PROCEED",
    )
    assert proposal.subject_version == "AWAITING_APPROVAL:1:1000:990:940:60:50"


def test_an_approved_run_goes_on_in_the_name_of_the_checker(maker: User, checker: User) -> None:
    run = make_run()
    proposal = propose(run, maker)

    proposals.approve(proposal.proposal_no, by_id=checker.pk, remark="asked the bank", now=LATER)

    run = fresh(run)
    assert (run.state, run.approved_by_id, run.remark) == ("APPROVED", checker.pk, "The bank closed.")


def test_a_file_refused_by_two_people_ends_its_run(maker: User, checker: User) -> None:
    run = make_run()
    proposal = propose(run, maker, Way.REFUSE)

    proposals.approve(proposal.proposal_no, by_id=checker.pk, remark="it is cut off", now=LATER)

    run = fresh(run)
    assert (run.state, run.closed_at, run.remark) == ("REFUSED", LATER, "The bank closed.")


def test_a_waiting_run_can_be_refused_but_not_gone_on_with(maker: User) -> None:
    run = make_run("OPENED", waits_for="PREDECESSOR", waits_for_what="ICBC 2026-11-19")

    with pytest.raises(Refusal) as refused:
        propose(run, maker)
    proposal = propose(run, maker, Way.REFUSE)

    assert refused.value.reason.code == "run_not_stopped"
    assert proposal.action == "REFUSE"


@pytest.mark.parametrize("state", ["RECEIVED", "MATCHED", "APPROVED", "CORRECTED", "CLOSED", "REFUSED"])
def test_a_run_that_moves_or_is_over_is_not_refused(state: str, maker: User) -> None:
    run = make_run(state)

    with pytest.raises(Refusal) as refused:
        propose(run, maker, Way.REFUSE)

    assert refused.value.reason.code == "run_goes_on"
    assert not Proposal.objects.exists()


def test_nobody_approves_what_the_maker_did_not_see(maker: User, checker: User) -> None:
    run = make_run()
    proposal = propose(run, maker)
    Run.objects.filter(pk=run.pk).update(shrink_count=49)

    with pytest.raises(Refusal) as refused:
        proposals.approve(proposal.proposal_no, by_id=checker.pk, remark="asked the bank", now=LATER)

    assert refused.value.reason.code == "proposal_stale"
    assert fresh(run).state == "AWAITING_APPROVAL"
    assert fresh(proposal).state == "STALE"


def test_nobody_approves_an_own_proposal(checker: User) -> None:
    run = make_run()
    proposal = propose(run, checker)

    with pytest.raises(Refusal) as refused:
        proposals.approve(proposal.proposal_no, by_id=checker.pk, remark="because", now=LATER)

    assert refused.value.reason.code == "own_proposal"
    assert fresh(run).state == "AWAITING_APPROVAL"


def test_only_checkers_of_runs_approve(maker: User) -> None:
    run = make_run()
    proposal = propose(run, maker)
    other = make_person("other", "signing.check_manualcase")

    with pytest.raises(Refusal) as refused:
        proposals.approve(proposal.proposal_no, by_id=other.pk, remark="because", now=LATER)

    assert refused.value.reason.code == "may_not_check"
    assert fresh(run).state == "AWAITING_APPROVAL"


def test_a_second_proposal_has_to_wait(maker: User) -> None:
    run = make_run()
    propose(run, maker)

    with pytest.raises(Refusal) as refused:
        propose(run, maker, Way.REFUSE)

    assert refused.value.reason.code == "proposal_waits"


def test_a_refused_proposal_leaves_the_run_where_it_stands(maker: User, checker: User) -> None:
    run = make_run()
    proposal = propose(run, maker)

    proposals.refuse(proposal.proposal_no, by_id=checker.pk, remark="ask first", now=LATER)

    assert fresh(run).state == "AWAITING_APPROVAL"
    assert propose(run, maker).state == "PENDING"


def test_a_rule_may_let_one_person_refuse_a_file(maker: User) -> None:
    ApprovalRule.objects.create(kind="reconciliation_run", action="REFUSE", needs_checker=False)
    run = make_run()

    submitted = proceed.submit(run.run_no, way=Way.REFUSE, remark="cut off", by_id=maker.pk, now=LATER)

    assert submitted.proposal is None
    assert fresh(run).state == "REFUSED"


@pytest.mark.parametrize("remark", ["", "   "])
def test_a_proposal_says_why(remark: str, maker: User) -> None:
    run = make_run()

    with pytest.raises(Refusal) as refused:
        proceed.submit(run.run_no, way=Way.PROCEED, remark=remark, by_id=maker.pk, now=NOW)

    assert refused.value.reason.code == "run_remark_missing"


def test_a_run_nobody_knows_is_refused(maker: User) -> None:
    with pytest.raises(Refusal) as refused:
        proceed.submit("R-0", way=Way.PROCEED, remark="why", by_id=maker.pk, now=NOW)

    assert refused.value.reason.code == "run_not_found"
