"""The queue of cases: its tabs, what it is searched by, what is done to many at once, and kept filters."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from signing.models import CaseEvidence, CaseObligation, ManualCase
from tests.signing.factories import NOW, make_case, make_contract, the_bank
from unipay import clock
from unipay.backoffice.models import SavedFilter
from unipay.messaging.models import InboundRequest, OutboundMessage

CASES = "/admin/signing/manualcase/"
SEE, DECIDE, ASSIGN = "signing.view_manualcase", "signing.decide_manualcase", "signing.assign_manualcase"
HOUR = timedelta(hours=1)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

Login = Callable[..., Client]


def found(client: Client, **query: str) -> list[Any]:
    return list(client.get(CASES, query).context["cl"].result_list)


def tabs(client: Client, **query: str) -> dict[str, str]:
    return {str(tab.title): tab.count for tab in client.get(CASES, query).context["tabs"]}


def act(client: Client, action: str, cases: list[ManualCase], **more: Any) -> Any:
    return client.post(CASES, {"action": action, "_selected_action": [case.pk for case in cases], **more})


def page(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_tabs_count_what_waits_for_whom(clerk: Login) -> None:
    person = clerk(SEE)
    me = User.objects.get(username="clerk")
    soon = clock.now() + HOUR
    make_case(msisdn="13805710001", owner=me, due_at=soon)
    make_case(msisdn="13805710002", due_at=clock.now() - HOUR)
    make_case(msisdn="13805710003", state="PROPOSED", due_at=soon)
    make_case(msisdn="13805710004", state="DECIDED")
    make_case(msisdn="13805710005", state="CLOSED")

    assert tabs(person) == {
        "My cases": "1",
        "Team queue": "3",
        "Nobody's": "2",
        "Overdue": "1",
        "About money": "0",
        "Waiting for a checker": "1",
        "Waiting for partners": "1",
        "Closed": "",
    }
    assert [case.msisdn for case in found(person, owner="me")] == ["13805710001"]
    assert [case.msisdn for case in found(person, owner="nobody")] == ["13805710002", "13805710003"]
    assert [case.msisdn for case in found(person, due="overdue")] == ["13805710002"]


def test_the_tab_that_is_shown_is_marked(administrator: Client) -> None:
    def chosen(**query: str) -> list[str]:
        return [str(tab.title) for tab in administrator.get(CASES, query).context["tabs"] if tab.is_chosen]

    assert chosen() == ["Team queue"]
    assert chosen(owner="me") == ["My cases"]
    assert chosen(state="PROPOSED") == ["Waiting for a checker"]
    assert chosen(owner="me", reason="LATE_RESULT") == []


def told_by_bank(case: ManualCase, request_no: str) -> None:
    bank = the_bank("CCB")
    InboundRequest.objects.create(
        partner=bank,
        request_no=request_no,
        operation="signing_results.create",
        digest="d",
        key_id="k1",
        request_id="r",
        msisdn=case.msisdn,
        body="{}",
        state="DONE",
        status=200,
        received_at=NOW,
        answered_at=NOW,
    )
    for _repeated in range(2):
        CaseEvidence.objects.create(
            case=case, partner=bank, request_no=request_no, key_id="k1", facts={}, received_at=NOW
        )


def test_a_case_is_found_by_every_number_people_have_in_hand(administrator: Client) -> None:
    case = make_case(
        msisdn="13805710002",
        standing=make_contract(msisdn="13805710002", bank_contract_no="ICBC-77"),
        state="CLOSED",
    )
    make_case(msisdn="13805710003")
    told_by_bank(case, "CCB-REQ-1")
    event_id = uuid.uuid4()
    message = OutboundMessage.objects.create(
        event_id=event_id,
        partner=the_bank(),
        kind="contract_cancelled",
        subject="contract:x",
        resource_version=1,
        payload={},
        created_at=NOW,
        next_attempt_at=NOW,
    )
    CaseObligation.objects.create(case=case, message=message)
    assert case.standing is not None

    for term in (
        "138-0571-0002",
        case.case_no.lower(),
        case.standing.contract_no,
        "ICBC-77",
        "CCB-REQ-1",
        str(event_id),
    ):
        assert found(administrator, q=term) == [case], term
    for term in ("1380571", "ICBC-7", "CCB-REQ", str(uuid.uuid4()), "x" * 65):
        assert found(administrator, q=term) == [], term


def test_a_search_stays_within_the_list_that_is_shown(administrator: Client) -> None:
    closed = make_case(msisdn="13805710002", state="CLOSED")

    assert found(administrator, q="13805710002", state="UNDECIDED") == []
    assert found(administrator, q="13805710002", state="CLOSED") == [closed]


def test_an_empty_queue_says_what_to_do(administrator: Client) -> None:
    assert "Nobody has to decide anything" in page(administrator.get(CASES))
    assert "The team queue may have something." in page(administrator.get(CASES, {"owner": "me"}))
    assert "Nothing was found" in page(administrator.get(CASES, {"q": "13805710009"}))


def test_many_cases_are_taken_at_once_and_each_says_what_became_of_it(clerk: Login) -> None:
    other = User.objects.create_user("other")
    free, taken, over = (
        make_case(msisdn="13805710001"),
        make_case(msisdn="13805710002", owner=other),
        make_case(msisdn="13805710003", state="CLOSED"),
    )
    person = clerk(SEE, DECIDE)

    response = person.post(
        f"{CASES}?state=ALL", {"action": "take", "_selected_action": [free.pk, taken.pk, over.pk]}
    )

    outcomes = {each.name: each.refusal for each in response.context["outcomes"]}
    assert outcomes == {
        free.case_no: "",
        taken.case_no: "Somebody else has taken the case.",
        over.case_no: "The case is over.",
    }
    owners = dict(ManualCase.objects.values_list("pk", "owner__username"))
    assert owners == {free.pk: "clerk", taken.pk: "other", over.pk: None}


def test_one_own_cases_are_returned_at_once(clerk: Login) -> None:
    person = clerk(SEE, DECIDE)
    me = User.objects.get(username="clerk")
    mine = [make_case(msisdn=f"1380571000{ending}", owner=me) for ending in (1, 2)]

    act(person, "give_back", mine)

    assert list(ManualCase.objects.values_list("owner", flat=True)) == [None, None]


def test_many_cases_are_handed_over_to_somebody_after_a_question(clerk: Login) -> None:
    clerk(SEE, DECIDE, username="anna")
    anna = User.objects.get(username="anna")
    supervisor = clerk(SEE, ASSIGN, username="supervisor")
    cases = [make_case(msisdn=f"1380571000{ending}") for ending in (1, 2)]

    asked = act(supervisor, "assign", cases)
    untouched = set(ManualCase.objects.values_list("owner", flat=True))
    act(supervisor, "assign", cases, confirmed="1", person=anna.pk)

    assert "Hand these cases over?" in page(asked)
    assert untouched == {None}
    assert set(ManualCase.objects.values_list("owner", flat=True)) == {anna.pk}


def test_who_may_only_look_is_offered_nothing_to_do(clerk: Login) -> None:
    case = make_case()

    act(clerk(SEE), "take", [case])

    assert ManualCase.objects.get().owner is None


def test_a_filter_is_kept_by_name_found_again_and_forgotten(clerk: Login) -> None:
    person = clerk(SEE)

    kept = person.post(
        f"{CASES}filters/keep/", {"name": "Late results", "query": "reason=LATE_RESULT&owner=me"}
    )
    shown = person.get(CASES, {"owner": "me", "reason": "LATE_RESULT"}).context["saved_filters"]
    person.post(f"{CASES}filters/{shown[0]['pk']}/forget/")

    assert kept["Location"] == f"{CASES}?owner=me&reason=LATE_RESULT"
    assert [(each["name"], each["query"], each["is_chosen"]) for each in shown] == [
        ("Late results", "owner=me&reason=LATE_RESULT", True)
    ]
    assert SavedFilter.objects.count() == 0


def test_a_kept_filter_never_holds_what_was_searched_for(clerk: Login) -> None:
    person = clerk(SEE)

    person.post(f"{CASES}filters/keep/", {"name": "x", "query": "q=13805710001&owner=me&p=3"})
    person.post(f"{CASES}filters/keep/", {"name": "y", "query": "q=13805710001"})

    assert [(each.name, each.query) for each in SavedFilter.objects.all()] == [("x", "owner=me")]


def test_the_same_name_again_replaces_the_filter(clerk: Login) -> None:
    person = clerk(SEE)
    for query in ("owner=me", "owner=nobody"):
        person.post(f"{CASES}filters/keep/", {"name": "x", "query": query})

    assert SavedFilter.objects.get().query == "owner=nobody"


def test_filters_are_everybodys_own_and_bounded(clerk: Login) -> None:
    first, second = clerk(SEE, username="first"), clerk(SEE, username="second")
    for number in range(21):
        response = first.post(f"{CASES}filters/keep/", {"name": f"f{number}", "query": "owner=me"})
    theirs = SavedFilter.objects.filter(person__username="first").first()
    assert theirs is not None

    second.post(f"{CASES}filters/{theirs.pk}/forget/")

    assert SavedFilter.objects.count() == 20
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert told[-1] == "You have 20 filters already: forget one first."
    assert second.get(CASES).context["saved_filters"] == []


def test_a_case_page_costs_no_more_queries_when_more_was_said(administrator: Client) -> None:
    case = make_case()

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            administrator.get(f"{CASES}{case.pk}/change/")
        return len(queries)

    administrator.get(f"{CASES}{case.pk}/change/")
    short = cost()
    for number in range(5):
        told_by_bank(case, f"CCB-{number}")
        case.comments.create(author=User.objects.get(username="root"), text="so", written_at=NOW)
        make_contract("TERMINATED", msisdn=case.msisdn)

    assert cost() <= short
