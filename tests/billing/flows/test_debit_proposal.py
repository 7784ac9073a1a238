"""Nobody sends a run alone, and nobody takes it back once a bank has it (domain.md C3)."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User

from billing.flows import debit_proposal, debit_run
from billing.flows.debit_proposal import Way
from billing.models import Bill, DebitBatch, DebitRun
from tests.billing.debits import NOW, arranged, fresh, items, now, open_shares, owing, run_of, states
from tests.signing.factories import the_province
from unipay.approvals import proposals
from unipay.approvals.models import ApprovalRule, Proposal
from unipay.errors import Refusal
from unipay.exchange.flows import acknowledge
from unipay.exchange.models import SentFile

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def run(db: None) -> DebitRun:
    """A run that waits for approval."""
    the_province()
    owing(1000)
    return run_of(arranged(approve_above_fen=0))


def submit(run: DebitRun, maker: User, way: Way = Way.SEND, **given: Any) -> Proposal:
    """Propose it, as it needs somebody else."""
    submitted = debit_proposal.submit(
        run.run_no, way=way, remark="looks right", by_id=maker.pk, now=NOW, **given
    )
    assert submitted.proposal is not None
    return submitted.proposal


def approve(proposal: Proposal, checker: User) -> None:
    """Approve it."""
    proposals.approve(proposal.proposal_no, by_id=checker.pk, remark="agreed", now=NOW)


def test_a_run_is_sent_when_somebody_else_approves(run: DebitRun, maker: User, checker: User) -> None:
    proposal = submit(run, maker)
    assert fresh(run).state == "AWAITING_APPROVAL"

    approve(proposal, checker)
    debit_run.advance(run.run_no, now=now)

    assert (fresh(run).state, fresh(run).approved_by) == ("SENT", checker)
    assert (proposal.amount_fen, proposal.reason) == (1000, "BATCH_DEBIT")


def test_nobody_approves_what_he_proposed(run: DebitRun, checker: User) -> None:
    proposal = submit(run, checker)

    with pytest.raises(Refusal) as refused:
        approve(proposal, checker)

    assert refused.value.reason.code == "own_proposal"
    assert fresh(run).state == "AWAITING_APPROVAL"


def test_one_person_is_enough_where_a_rule_says_so(run: DebitRun, maker: User) -> None:
    ApprovalRule.objects.create(kind="debit_run", action="SEND", needs_checker=False)

    submitted = debit_proposal.submit(run.run_no, way=Way.SEND, remark="small", by_id=maker.pk, now=NOW)

    assert (submitted.proposal, fresh(run).state) == (None, "APPROVED")


def test_from_an_amount_on_a_second_person_must_agree(run: DebitRun, maker: User) -> None:
    ApprovalRule.objects.create(kind="debit_run", action="SEND", needs_checker=False)
    ApprovalRule.objects.create(kind="debit_run", action="SEND", least_amount_fen=1000, needs_checker=True)

    assert submit(run, maker).amount_fen == 1000


def test_from_an_amount_on_another_role_approves(run: DebitRun, maker: User, checker: User) -> None:
    directors = Group.objects.create(name="directors")
    ApprovalRule.objects.create(kind="debit_run", least_amount_fen=1000, checked_by=directors)
    proposal = submit(run, maker)

    with pytest.raises(Refusal) as refused:
        approve(proposal, checker)

    assert refused.value.reason.code == "another_role_checks"
    assert fresh(run).state == "AWAITING_APPROVAL"
    checker.groups.add(directors)
    approve(proposal, checker)
    assert fresh(run).state == "APPROVED"


def test_a_run_that_was_sent_meanwhile_is_not_sent_again(run: DebitRun, maker: User, checker: User) -> None:
    proposal = submit(run, maker)
    DebitRun.objects.filter(pk=run.pk).update(state="APPROVED")

    with pytest.raises(Refusal) as refused:
        approve(proposal, checker)

    assert refused.value.reason.code == "proposal_stale"


def test_a_cancelled_run_frees_its_bills(run: DebitRun, maker: User, checker: User) -> None:
    approve(submit(run, maker, Way.CANCEL), checker)

    assert (fresh(run).state, open_shares()) == ("CANCELLED", 0)
    assert [item.state for item in items(run)] == ["WITHDRAWN"]
    assert debit_run.advance(run.run_no, now=now).state == "CANCELLED"
    assert run_of(run.arrangement).item_count == 1


def test_a_run_whose_files_no_bank_has_is_cancelled_with_them(
    run: DebitRun, maker: User, checker: User
) -> None:
    approve(submit(run, maker), checker)
    debit_run.advance(run.run_no, now=now)

    approve(submit(run, maker, Way.CANCEL), checker)

    assert (states(DebitBatch), SentFile.objects.get().state) == (["CANCELLED"], "CANCELLED")
    assert states(Bill) == ["DUE"]


def test_a_run_of_which_a_bank_has_a_file_is_not_cancelled(run: DebitRun, maker: User, checker: User) -> None:
    approve(submit(run, maker), checker)
    debit_run.advance(run.run_no, now=now)
    acknowledge.accepted(SentFile.objects.get(), now=NOW)

    with pytest.raises(Refusal) as refused:
        submit(run, maker, Way.CANCEL)

    assert refused.value.reason.code == "debit_run_delivered"
    assert fresh(run).state == "SENT"


def test_what_nobody_selected_yet_is_cancelled_by_one_person(maker: User) -> None:
    the_province()
    run = debit_run.open_run(arranged(), NOW.date(), by_id=maker.pk, now=NOW)

    submitted = debit_proposal.submit(run.run_no, way=Way.CANCEL, remark="wrong day", by_id=maker.pk, now=NOW)

    assert (submitted.proposal, submitted.run.state) == (None, "CANCELLED")


def test_a_remark_is_asked_for(run: DebitRun, maker: User) -> None:
    with pytest.raises(Refusal) as refused:
        debit_proposal.submit(run.run_no, way=Way.SEND, remark=" ", by_id=maker.pk, now=NOW)

    assert refused.value.reason.code == "debit_remark_missing"
