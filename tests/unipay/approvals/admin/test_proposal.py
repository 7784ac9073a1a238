"""The checker's queue in the back office."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from signing.models import ManualCase
from signing.states import Decision
from tests.signing.factories import fresh, make_case
from tests.unipay.approvals.factories import make_checker, make_person, make_proposal

LIST = "/admin/approvals/proposal/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "today")]


@pytest.fixture
def today() -> Iterator[None]:
    with time_machine.travel("2026-03-02T12:30:00+08:00", tick=True):
        yield


@pytest.fixture
def checker(client: Client) -> Client:
    client.force_login(make_checker())
    return client


def test_the_queue_shows_what_others_propose_and_not_the_own(checker: Client) -> None:
    other = make_proposal(make_person("maker"), case=make_case())
    own = make_proposal(make_checker("me"), case=make_case(msisdn="13805710002"))
    checker.force_login(own.made_by)

    page = checker.get(LIST).content.decode()

    assert other.subject.removeprefix("case:") in page
    assert own.subject.removeprefix("case:") not in page
    assert own.subject.removeprefix("case:") in checker.get(f"{LIST}?state=MINE").content.decode()


def test_many_are_approved_at_once_and_each_outcome_is_told(checker: Client) -> None:
    maker = make_person("maker")
    numbers = ("13805710001", "13805710002")
    fine, stale = (make_proposal(maker, case=make_case(msisdn=number)) for number in numbers)
    case = ManualCase.objects.get(msisdn=numbers[1])
    type(case.contested).objects.filter(pk=case.contested_id).update(version=7)
    chosen = {"action": "approve", "_selected_action": [fine.pk, stale.pk]}

    asked = checker.post(LIST, chosen).content.decode()
    told = checker.post(LIST, {**chosen, "confirmed": "yes", "remark": "both seen"}).content.decode()

    assert "the customer said so" in asked
    assert "138 **** 0001" in asked
    assert "CCB" in asked
    assert "What the proposal is about has changed since" in told
    assert fresh(fine).state == "APPROVED"
    assert fresh(case).state in ("PROPOSED", "OPEN")


def test_nothing_is_approved_without_a_remark(checker: Client) -> None:
    proposal = make_proposal(make_person("maker"))
    chosen = {"action": "approve", "_selected_action": [proposal.pk], "confirmed": "yes", "remark": ""}

    page = checker.post(LIST, chosen).content.decode()

    assert "Please say why." in page
    assert fresh(proposal).state == "PENDING"


def test_a_proposal_is_refused_on_its_own_page(checker: Client) -> None:
    proposal = make_proposal(make_person("maker"), Decision.NEITHER)
    page = reverse("admin:approvals_proposal_change", args=[proposal.pk])

    shown = checker.get(page).content.decode()
    address = reverse("admin:approvals_proposal_refuse_one", args=[proposal.pk])
    checker.post(address, {"confirmed": "yes", "remark": "ask both banks"})

    assert "neither: every bank cancels" in shown
    assert (fresh(proposal).state, fresh(proposal).check_remark) == ("REFUSED", "ask both banks")


def test_a_proposal_offers_only_what_this_person_can_do_now(checker: Client) -> None:
    waiting, own = (
        make_proposal(make_person("maker")),
        make_proposal(make_checker("me"), case=make_case(msisdn="13805710002")),
    )
    pages = []
    for person, proposal in ((None, waiting), (own.made_by, own)):
        if person:
            checker.force_login(person)
        pages.append(checker.get(f"{LIST}{proposal.pk}/change/").content.decode())

    offered = [("/approve" in page, "/withdraw" in page) for page in pages]

    assert offered == [(True, False), (False, True)]


def test_its_maker_takes_it_back(client: Client) -> None:
    maker = make_person("maker", "approvals.view_proposal")
    proposal = make_proposal(maker)
    client.force_login(maker)

    client.post(reverse("admin:approvals_proposal_withdraw_one", args=[proposal.pk]), {"confirmed": "yes"})

    assert fresh(proposal).state == "WITHDRAWN"


def test_who_may_only_look_is_offered_no_check(client: Client) -> None:
    proposal = make_proposal(make_person("maker"))
    client.force_login(make_person("auditor", "approvals.view_proposal"))

    answer = client.post(reverse("admin:approvals_proposal_approve_one", args=[proposal.pk]))

    assert (answer.status_code, fresh(proposal).state) == (403, "PENDING")
