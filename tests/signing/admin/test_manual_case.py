import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from signing.models import CaseEvidence, Contract, ManualCase
from signing.particulars import Account
from tests.signing.factories import ACCOUNT, HOLDER, NOW, make_case, make_contract, the_bank
from unipay import clock
from unipay.approvals.models import ApprovalRule, Proposal
from unipay.messaging.models import OutboundMessage

CASES = "/admin/signing/manualcase/"
HOUR = timedelta(hours=1)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def found(client: Client, **query: str) -> list[Any]:
    return list(client.get(CASES, query).context["cl"].result_list)


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def page_of(client: Client, case: ManualCase) -> str:
    return words_of(client.get(f"{CASES}{case.pk}/change/"))


def offered(page: str) -> list[str]:
    return re.findall(r'data-decision="(\w+)"', page)


def decide(client: Client, case: ManualCase, decision: str, remark: str = "The subscriber said so.") -> Any:
    return client.post(f"{CASES}{case.pk}/decide/{decision}/", {"remark": remark})


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def state_of(contract: Contract | None) -> str:
    assert contract is not None
    return str(Contract.objects.get(pk=contract.pk).state)


def test_open_cases_are_listed_overdue_first_and_others_only_when_asked_for(administrator: Client) -> None:
    later = make_case(msisdn="13805710002", due_at=NOW + 9 * HOUR)
    sooner = make_case(msisdn="13805710003", due_at=NOW + HOUR)
    proposed = make_case(msisdn="13805710005", due_at=NOW + 2 * HOUR, state="PROPOSED")
    closed = make_case(msisdn="13805710004", state="CLOSED")

    assert found(administrator) == [sooner, proposed, later]
    assert found(administrator, state="CLOSED") == [closed]
    assert found(administrator, state="PROPOSED") == [proposed]
    assert found(administrator, state="ALL") == [closed, proposed, sooner, later]
    assert found(administrator, state="nonsense") == [sooner, proposed, later]


def test_a_searched_number_finds_its_cases_in_every_state(administrator: Client) -> None:
    closed = make_case(msisdn="13805710004", state="CLOSED")
    make_case(msisdn="13805710005")

    assert found(administrator, q="13805710004") == [closed]
    assert found(administrator, q=closed.case_no.lower()) == [closed]
    assert found(administrator, q="1380571") == []


def test_the_list_shows_both_banks_a_masked_number_and_what_is_late(administrator: Client) -> None:
    make_case(msisdn="13805710002", opened_at=clock.now() - 25 * HOUR)

    page = " ".join(administrator.get(CASES).content.decode().split())

    assert "138 **** 0002" in page
    assert "13805710002" not in page
    assert "ICBC<br>CCB" in page
    assert administrator.get(CASES).context["cl"].model_admin.due(ManualCase.objects.get())[0] == "OVERDUE"


def test_a_longer_list_costs_no_more_queries(administrator: Client) -> None:
    make_case(msisdn="13805710001")
    administrator.get(CASES)
    with CaptureQueriesContext(connection) as short:
        administrator.get(CASES)
    for ending in range(2, 7):
        make_case(msisdn=f"1380571000{ending}")

    with CaptureQueriesContext(connection) as long:
        administrator.get(CASES)

    assert len(long) == len(short)


def test_the_page_sets_both_contracts_side_by_side_and_marks_what_differs(administrator: Client) -> None:
    standing = make_contract()
    lookalike = Account("6222029999999990128", "DEBIT")
    contested = make_contract("CONTESTED", bank=the_bank("CCB"), account=lookalike, recharge_amount_fen=10000)
    case = make_case(standing=standing, contested=contested)

    lines = administrator.get(f"{CASES}{case.pk}/change/").context["page"].lines
    marked = {str(line.label): (line.standing, line.contested) for line in lines if line.differs}

    assert marked == {
        "bank": ("ICBC", "CCB"),
        "bank's contract number": (standing.bank_contract_no, contested.bank_contract_no),
        "account": ("622202*********0128", "622202*********0128"),
        "recharge amount": ("¥50.00", "¥100.00"),
    }


def test_the_page_shows_the_evidence_in_order_and_nothing_whole(administrator: Client) -> None:
    case = make_case()
    for hours, request_no in ((2, "CCB-SECOND"), (1, "ICBC-FIRST")):
        CaseEvidence.objects.create(
            case=case,
            partner=the_bank(request_no.partition("-")[0]),
            request_no=request_no,
            key_id="k1",
            facts={"msisdn": "13805710001", "note": f"card {ACCOUNT.number} of {HOLDER.identity_no}"},
            received_at=NOW + hours * HOUR,
        )

    page = page_of(administrator, case)

    assert page.index("ICBC-FIRST") < page.index("CCB-SECOND")
    assert "signature right with key k1" in page
    for secret in (ACCOUNT.number, HOLDER.identity_no, HOLDER.name):
        assert secret not in page


def test_only_decisions_possible_now_are_offered(administrator: Client) -> None:
    clash = make_case(msisdn="13805710002")
    refused = make_case("PROVINCE_REFUSED", msisdn="13805710003")
    decided = make_case(msisdn="13805710004", state="DECIDED")

    assert offered(page_of(administrator, clash)) == ["KEEP_STANDING", "SAME_CONTRACT", "REPLACE", "NEITHER"]
    assert offered(page_of(administrator, refused)) == ["TERMINATE", "CLOSE"]
    assert offered(page_of(administrator, decided)) == []


def test_what_is_not_possible_is_shown_with_the_reason(administrator: Client) -> None:
    page = page_of(administrator, make_case())

    assert "Not possible: A contract stands; it can be replaced." in page
    assert "Not possible: The contested contract still waits for a decision." in page


def test_a_decision_is_previewed_with_who_will_be_told_and_whether_somebody_must_agree(
    administrator: Client,
) -> None:
    case = make_case()

    page = words_of(administrator.get(f"{CASES}{case.pk}/decide/REPLACE/"))

    assert "The contract with ICBC ends: no more debits there." in page
    assert "ICBC is told: cancel the contract" in page
    assert "It happens once a second person has agreed" in page
    assert ManualCase.objects.get().state == "OPEN"


def test_a_decision_that_needs_nobody_else_is_carried_out_and_its_obligations_shown(
    administrator: Client,
) -> None:
    ApprovalRule.objects.update(needs_checker=False)
    case = make_case()

    response = decide(administrator, case, "REPLACE")

    assert (response.status_code, response["Location"]) == (302, f"{CASES}{case.pk}/change/")
    assert told(response) == ["Decided: replace it by the contested one."]
    assert (state_of(case.standing), state_of(case.contested)) == ("TERMINATED", "ACTIVE")
    case = ManualCase.objects.get()
    assert (case.state, case.decision, case.remark) == ("DECIDED", "REPLACE", "The subscriber said so.")
    assert case.decided_by == User.objects.get(username="root")
    page = page_of(administrator, case)
    progress = page[page.index('id="progress"') : page.index('id="comparison-title"')]
    for message in OutboundMessage.objects.all():
        assert f"/admin/messaging/outboundmessage/{message.pk}/change/" in progress
    assert progress.count("on its way") == OutboundMessage.objects.count() == 4
    assert "0 of 4 done" in progress


def test_a_decision_that_needs_a_checker_waits_and_changes_nothing(administrator: Client) -> None:
    case = make_case()

    response = decide(administrator, case, "REPLACE")

    assert told(response) == [
        "Proposed: replace it by the contested one. A second person must agree before anything happens."
    ]
    assert (state_of(case.standing), state_of(case.contested)) == ("ACTIVE", "CONTESTED")
    assert ManualCase.objects.get().state == "PROPOSED"
    assert offered(page_of(administrator, case)) == []


@pytest.mark.parametrize("remark", ["", "   "])
def test_a_decision_without_a_remark_is_not_taken(administrator: Client, remark: str) -> None:
    case = make_case()

    response = decide(administrator, case, "REPLACE", remark)

    assert response.status_code == 200
    assert "Please say why." in response.content.decode()
    assert (ManualCase.objects.get().state, state_of(case.standing)) == ("OPEN", "ACTIVE")


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        ("ACCEPT", "A contract stands; it can be replaced."),
        ("GIVE_BOTH", "This decision is not possible in this case now."),
    ],
)
def test_a_decision_that_is_not_possible_leads_back_with_the_reason(
    administrator: Client, decision: str, reason: str
) -> None:
    case = make_case()

    response = decide(administrator, case, decision)

    assert told(response) == [reason]
    assert ManualCase.objects.get().state == "OPEN"


def test_a_case_somebody_decided_meanwhile_is_refused_with_its_reason(administrator: Client) -> None:
    case = make_case()
    decide(administrator, case, "KEEP_STANDING")

    response = decide(administrator, case, "REPLACE")

    assert told(response)[-1] == "The case is not open any more."
    assert Proposal.objects.get().action == "KEEP_STANDING"


def test_who_may_only_look_decides_nothing(clerk: Callable[..., Client]) -> None:
    case = make_case()
    looking = clerk("signing.view_manualcase")

    page = page_of(looking, case)
    response = decide(looking, case, "REPLACE")

    assert offered(page) == []
    assert "You may look at this case, but not decide it." in page
    assert response.status_code == 403
    assert ManualCase.objects.get().state == "OPEN"


def test_who_may_decide_need_not_be_an_administrator(clerk: Callable[..., Client]) -> None:
    case = make_case()

    decide(clerk("signing.view_manualcase", "signing.decide_manualcase"), case, "KEEP_STANDING")

    assert Proposal.objects.get().made_by == User.objects.get(username="clerk")


def test_who_may_not_even_look_sees_nothing(clerk: Callable[..., Client]) -> None:
    case = make_case()

    assert clerk("signing.decide_manualcase").get(f"{CASES}{case.pk}/change/").status_code == 403


def test_a_decision_needs_the_csrf_token(administrator: Client) -> None:
    case = make_case()
    administrator.handler.enforce_csrf_checks = True

    assert decide(administrator, case, "REPLACE").status_code == 403
    assert ManualCase.objects.get().state == "OPEN"


def test_cases_are_neither_added_nor_deleted(administrator: Client) -> None:
    case = make_case()

    assert administrator.get(f"{CASES}add/").status_code == 403
    assert administrator.post(f"{CASES}{case.pk}/delete/", {"post": "yes"}).status_code == 403
    assert ManualCase.objects.count() == 1


def test_a_case_that_is_not_there_leads_back_with_a_word(administrator: Client) -> None:
    response = administrator.get(f"{CASES}999999/change/")

    assert response.status_code == 302
    assert "doesn’t exist" in told(response)[0]
