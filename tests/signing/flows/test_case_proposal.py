"""What happens to a case that is withdrawn, or whose contracts end before anybody decides (domain.md A4)."""

import pytest

from signing.flows import announcement, case_proposal, manual_case, termination
from signing.flows.change import Origin
from signing.models import CaseServiceLevel
from signing.states import CaseReason, Decision, EndReason, Source
from tests.signing.factories import NOW, fresh, make_case, make_contract
from tests.unipay.approvals.factories import make_checker, make_person, make_proposal
from unipay import clock
from unipay.approvals import proposals
from unipay.errors import Refusal
from unipay.messaging.models import OutboundMessage

pytestmark = pytest.mark.django_db


def ended_by_its_bank(contract: object) -> None:
    origin = Origin(Source.BANK, clock.business_date(NOW))
    termination.end(contract, reason=EndReason.BANK_REQUEST, origin=origin, now=NOW)  # type: ignore[arg-type]


def test_a_contested_contract_its_bank_ends_leaves_nothing_to_decide() -> None:
    case = make_case()

    ended_by_its_bank(case.contested)

    withdrawn = fresh(case)
    assert (withdrawn.state, withdrawn.decision, withdrawn.closed_at) == ("WITHDRAWN", "", NOW)
    assert withdrawn.standing.state == "ACTIVE"


def test_a_proposal_about_a_case_that_was_withdrawn_is_overtaken() -> None:
    proposal = make_proposal(make_person("maker"), case=(case := make_case()))
    ended_by_its_bank(case.contested)

    with pytest.raises(Refusal, match="proposal_stale"):
        proposals.approve(proposal.proposal_no, by_id=make_checker().pk, remark="yes", now=NOW)

    assert (fresh(proposal).state, fresh(case).state) == ("STALE", "WITHDRAWN")


def test_a_standing_contract_that_ends_overtakes_the_proposal_and_leaves_the_case_open() -> None:
    proposal = make_proposal(make_person("maker"), case=(case := make_case()))

    ended_by_its_bank(case.standing)

    assert proposals.settle_due(now=NOW) == 1
    assert (fresh(proposal).state, fresh(case).state) == ("STALE", "OPEN")
    assert Decision.ACCEPT in manual_case.decisions_possible(fresh(case))


def test_staff_withdraw_a_case_only_when_nothing_is_left_to_decide() -> None:
    contested = make_case()
    undeliverable = make_case("UNDELIVERABLE", msisdn="13805710002")

    with pytest.raises(Refusal, match="case_still_asks"):
        case_proposal.withdraw(contested.case_no, remark="no idea", now=NOW)
    case_proposal.withdraw(undeliverable.case_no, remark="opened by a test call", now=NOW)

    assert (fresh(contested).state, fresh(undeliverable).state) == ("OPEN", "WITHDRAWN")


def test_a_cause_that_comes_again_after_a_withdrawal_opens_a_new_case() -> None:
    contract = make_contract()
    asked = {"cause": "same", "reason": CaseReason.BANK_REFUSED, "about": contract, "now": NOW}
    first = manual_case.open_case(**asked)  # type: ignore[arg-type]
    case_proposal.withdraw(first.case_no, remark="settled by telephone", now=NOW)

    second = manual_case.open_case(**asked)  # type: ignore[arg-type]

    assert second.pk != first.pk


def test_a_case_is_due_when_the_table_of_times_says() -> None:
    CaseServiceLevel.objects.update_or_create(
        reason=CaseReason.BANK_REFUSED, defaults={"severity": "LOW", "hours": 72}
    )

    case = manual_case.open_case(cause="late", reason=CaseReason.BANK_REFUSED, about=make_contract(), now=NOW)

    assert (case.severity, (case.due_at - NOW).total_seconds()) == ("LOW", 72 * 3600)


def test_a_decided_case_that_comes_back_says_why() -> None:
    proposal = make_proposal(make_person("maker"), case=(case := make_case()))
    proposals.approve(proposal.proposal_no, by_id=make_checker().pk, remark="yes", now=NOW)
    message = OutboundMessage.objects.filter(kind="contract_cancelled").get()

    message.give_up(error="nobody answers", now=NOW)
    message.save()
    announcement.died(message, NOW)

    reopened = fresh(case)
    assert (reopened.state, reopened.decision, reopened.approved_by) == ("OPEN", "", None)
    assert "nobody answers" in reopened.came_back


def test_a_proposal_taken_back_leaves_standing_why_the_case_came_back() -> None:
    case = make_case(came_back="CCB contract_cancelled: nobody answers")
    proposal = make_proposal(maker := make_person("maker"), case=case)

    proposals.withdraw(proposal.proposal_no, by_id=maker.pk, now=NOW)

    assert (fresh(case).state, fresh(case).came_back) == ("OPEN", "CCB contract_cancelled: nobody answers")
