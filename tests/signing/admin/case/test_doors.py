"""What can be done on the page of a case, by whom, and what is refused with which words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from signing.models import CaseAttachment, CaseComment, CaseEvidence, CaseObligation, Contract, ManualCase
from tests.signing.factories import NOW, make_case, make_contract, the_province
from unipay import clock
from unipay.approvals.models import Proposal
from unipay.backoffice.models import Disclosure
from unipay.messaging.models import OutboundMessage

CASES = "/admin/signing/manualcase/"
SEE, DECIDE, CHECK = "signing.view_manualcase", "signing.decide_manualcase", "signing.check_manualcase"
ASSIGN = "signing.assign_manualcase"
PDF = b"%PDF-1.7 a letter"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

Login = Callable[..., Client]


def post(client: Client, case: ManualCase, door: str, **said: Any) -> Any:
    return client.post(f"{CASES}{case.pk}/{door}/", said)


def page_of(client: Client, case: ManualCase) -> str:
    return " ".join(client.get(f"{CASES}{case.pk}/change/").content.decode().split())


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def proposed(clerk: Login, case: ManualCase, decision: str = "REPLACE") -> Client:
    maker = clerk(SEE, DECIDE, CHECK, username="maker")
    post(maker, case, f"decide/{decision}", remark="The subscriber wants it.")
    return maker


def test_a_case_is_taken_and_returned(clerk: Login) -> None:
    case, person = make_case(), clerk(SEE, DECIDE)

    took = post(person, case, "take")
    owner = ManualCase.objects.get().owner
    page = page_of(person, case)
    gave = post(person, case, "return")

    assert told(took) == ["The case is yours now."]
    assert owner == User.objects.get(username="clerk")
    assert "Return to the team" in page
    assert "Take this case" not in page
    assert told(gave)[-1] == "The case is back with the team."
    assert ManualCase.objects.get().owner is None


def test_a_case_somebody_else_took_stays_theirs(clerk: Login) -> None:
    case = make_case()
    post(clerk(SEE, DECIDE, username="first"), case, "take")

    response = post(clerk(SEE, DECIDE, username="second"), case, "take")

    assert told(response) == ["Somebody else has taken the case."]
    assert ManualCase.objects.get().owner == User.objects.get(username="first")


def test_a_case_is_handed_over_by_whoever_may_and_only_to_who_decides(clerk: Login) -> None:
    case = make_case()
    clerk(SEE, DECIDE, username="anna")
    clerk(SEE, username="looker")
    supervisor = clerk(SEE, ASSIGN, username="supervisor")
    anna, looker = (User.objects.get(username=name) for name in ("anna", "looker"))

    handed = post(supervisor, case, "assign", person=anna.pk)
    refused = post(supervisor, case, "assign", person=looker.pk)

    assert told(handed) == ["The case is handed over."]
    assert told(refused)[-1] == "Please choose somebody."
    assert ManualCase.objects.get().owner == anna


@pytest.mark.parametrize(
    ("door", "rights"),
    [
        ("take", [SEE]),
        ("return", [SEE]),
        ("assign", [SEE, DECIDE]),
        ("books", [SEE]),
        ("comment", [SEE]),
        ("withdraw", [SEE]),
        ("decide/KEEP_STANDING", [SEE]),
        ("take", [DECIDE]),
        ("books", [DECIDE]),
    ],
)
def test_without_the_right_nothing_is_done(clerk: Login, door: str, rights: list[str]) -> None:
    case = make_case()

    response = post(clerk(*rights), case, door, remark="so", text="so", person="1")

    assert response.status_code == 403
    untouched = ManualCase.objects.get()
    assert (untouched.state, untouched.owner_id) == ("OPEN", None)
    assert CaseEvidence.objects.count() == CaseComment.objects.count() == 0


@pytest.mark.parametrize(
    "door", ["take", "return", "assign", "books", "comment", "withdraw", "proposal/approve"]
)
def test_a_link_alone_does_nothing(administrator: Client, door: str) -> None:
    case = make_case()

    assert administrator.get(f"{CASES}{case.pk}/{door}/").status_code == 404
    assert ManualCase.objects.get().owner is None


def test_a_case_of_another_province_is_not_there(clerk: Login) -> None:
    elsewhere = make_case(province=the_province("JS", prefix="1391234"))
    bound = clerk(SEE, DECIDE, username="zhejiang")
    User.objects.get(username="zhejiang").postings.create(province=the_province())  # type: ignore[attr-defined]

    assert bound.get(f"{CASES}{elsewhere.pk}/decide/KEEP_STANDING/").status_code == 404
    assert post(bound, elsewhere, "take").status_code == 404
    assert list(bound.get(CASES).context["cl"].result_list) == []


def test_what_somebody_notes_is_shown_in_the_record(clerk: Login) -> None:
    case, person = make_case(), clerk(SEE, DECIDE)

    response = post(person, case, "comment", text="Called the subscriber:\nno answer.")

    assert response["Location"].endswith("#record")
    assert "Called the subscriber:<br>no answer." in page_of(person, case)


def test_nothing_written_is_nothing_kept(clerk: Login) -> None:
    case = make_case()

    response = post(clerk(SEE, DECIDE), case, "comment", text="   ")

    assert told(response) == ["Please write something or choose a document."]
    assert CaseComment.objects.count() == 0


def test_a_document_is_handed_out_for_a_reason_only(clerk: Login) -> None:
    case = make_case()
    person = clerk(SEE, DECIDE, "signing.view_caseattachment", "backoffice.reveal_personal_data")
    post(person, case, "comment", document=SimpleUploadedFile("身份证.pdf", PDF))
    address = f"{CASES}{case.pk}/documents/{CaseAttachment.objects.get().pk}/"

    asked = person.get(address)
    without = person.post(address, {"reason": ""})
    given = person.post(address, {"reason": "The bank asks about this contract"})

    assert (asked.status_code, without.status_code) == (200, 200)
    assert PDF not in asked.content + without.content
    assert (given.content, given["Content-Type"]) == (PDF, "application/pdf")
    assert given["Content-Disposition"].startswith("attachment;")
    assert "no-store" in given["Cache-Control"]
    noted = Disclosure.objects.get()
    assert (noted.person.username, noted.fields) == ("clerk", ["content"])


@pytest.mark.parametrize("lacking", ["signing.view_caseattachment", "backoffice.reveal_personal_data"])
def test_a_document_is_not_handed_out_without_the_rights(clerk: Login, lacking: str) -> None:
    case = make_case()
    post(clerk(SEE, DECIDE, username="first"), case, "comment", document=SimpleUploadedFile("a.pdf", PDF))
    rights = {SEE, DECIDE, "signing.view_caseattachment", "backoffice.reveal_personal_data"} - {lacking}
    address = f"{CASES}{case.pk}/documents/{CaseAttachment.objects.get().pk}/"

    response = clerk(*sorted(rights)).post(address, {"reason": "I am curious"})

    assert response.status_code == 403
    assert Disclosure.objects.count() == 0


def test_a_file_of_another_kind_is_refused(clerk: Login) -> None:
    case = make_case()

    response = post(clerk(SEE, DECIDE), case, "comment", document=SimpleUploadedFile("a.pdf", b"MZ program"))

    assert "Only PDF, PNG and JPEG can be attached." in told(response)[0]
    assert CaseAttachment.objects.count() == 0


def test_a_proposal_is_shown_with_its_maker_and_approved_by_somebody_else(clerk: Login) -> None:
    case = make_case()
    proposed(clerk, case)
    checker = clerk(SEE, CHECK, username="checker")

    page = page_of(checker, case)
    response = post(checker, case, "proposal/approve", remark="Looked at both books.")

    assert "Waiting for a second person" in page
    assert "The subscriber wants it." in page
    assert "proposed by maker" in page
    assert told(response) == ["Approved and carried out."]
    decided = ManualCase.objects.get()
    assert (decided.state, decided.decision) == ("DECIDED", "REPLACE")
    assert decided.approved_by == User.objects.get(username="checker")


def test_a_maker_sees_why_the_own_proposal_cannot_be_approved_and_takes_it_back(clerk: Login) -> None:
    case = make_case()
    maker = proposed(clerk, case)

    page = page_of(maker, case)
    approved = post(maker, case, "proposal/approve", remark="I am sure.")
    state = ManualCase.objects.get().state
    withdrawn = post(maker, case, "proposal/withdraw")

    assert "You proposed this yourself, so somebody else must approve it." in page
    assert 'id="check-remark"' not in page
    assert told(approved)[-1] == "Your own proposal must be checked by somebody else."
    assert state == "PROPOSED"
    assert told(withdrawn)[-1] == "Taken back: the case is open again."
    assert (ManualCase.objects.get().state, Proposal.objects.get().state) == ("OPEN", "WITHDRAWN")


@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_a_check_without_a_remark_is_not_taken(clerk: Login, verb: str) -> None:
    case = make_case()
    proposed(clerk, case)

    response = post(clerk(SEE, CHECK, username="checker"), case, f"proposal/{verb}", remark="  ")

    assert told(response) == ["Please say why."]
    assert ManualCase.objects.get().state == "PROPOSED"


def test_a_refused_proposal_leaves_the_case_open_with_the_checkers_words(clerk: Login) -> None:
    case = make_case()
    maker = proposed(clerk, case)

    post(clerk(SEE, CHECK, username="checker"), case, "proposal/refuse", remark="Ask the bank first.")

    assert ManualCase.objects.get().state == "OPEN"
    page = page_of(maker, case)
    assert "refused the proposal" in page
    assert "Ask the bank first." in page


def test_a_proposal_overtaken_by_events_is_refused_and_the_case_open_again(clerk: Login) -> None:
    case = make_case()
    proposed(clerk, case)
    Contract.objects.filter(pk=case.standing_id).update(version=99)

    response = post(clerk(SEE, CHECK, username="checker"), case, "proposal/approve", remark="Fine.")

    assert told(response) == ["What the proposal is about has changed since; look again and propose anew."]
    assert (ManualCase.objects.get().state, Proposal.objects.get().state) == ("OPEN", "STALE")
    assert OutboundMessage.objects.count() == 0


def test_who_may_not_check_is_told_so_and_stopped(clerk: Login) -> None:
    case = make_case()
    proposed(clerk, case)
    other = clerk(SEE, DECIDE, username="other")

    page = page_of(other, case)
    response = post(other, case, "proposal/approve", remark="Fine.")

    assert "Only somebody with the right to check can approve or refuse it." in page
    assert response.status_code == 403
    assert ManualCase.objects.get().state == "PROPOSED"


def test_a_case_with_nothing_left_to_decide_is_withdrawn(clerk: Login) -> None:
    case = make_case(contested=make_contract("TERMINATED"))
    person = clerk(SEE, DECIDE)

    page = page_of(person, case)
    response = post(person, case, "withdraw", remark="The bank ended it.")

    assert "Withdraw this case: nothing is left to decide" in page
    assert told(response) == ["The case is withdrawn."]
    assert ManualCase.objects.get().state == "WITHDRAWN"


def test_a_case_that_still_asks_is_not_withdrawn(clerk: Login) -> None:
    case, person = make_case(), clerk(SEE, DECIDE)

    page = page_of(person, case)
    post(person, case, "withdraw", remark="No time.")

    assert "Withdraw this case" not in page
    assert ManualCase.objects.get().state == "OPEN"


def test_asking_says_how_many_answered_and_shows_what_is_unknown(clerk: Login) -> None:
    case, person = make_case(), clerk(SEE, DECIDE)

    response = post(person, case, "books")

    assert told(response) == ["Asked: 0 answers came. They are kept with the case."]
    page = page_of(person, case)
    assert page.count("Unknown: no connection could be made.") == 4
    assert "0 of 4 questions answered" in page


def test_a_case_that_came_back_says_why_and_what_is_owed(clerk: Login) -> None:
    case = make_case(
        "BANK_REFUSED",
        came_back="ICBC refused the cancellation: 4001",
        due_at=clock.now() - timedelta(hours=3),
    )
    message = OutboundMessage.objects.create(
        partner=case.standing.bank,
        kind="contract_cancelled",
        subject=f"contract:{case.standing.contract_no}",
        resource_version=2,
        msisdn=case.msisdn,
        payload={},
        state="REFUSED",
        attempts=2,
        created_at=NOW,
        next_attempt_at=NOW,
        settled_at=NOW,
        last_error="4001 contract_unknown",
    )
    CaseObligation.objects.create(case=case, message=message)

    page = page_of(clerk(SEE, DECIDE), case)

    assert "This case came back." in page
    assert "ICBC refused the cancellation: 4001" in page
    assert "ICBC refused “contract cancelled”. It said: 4001 contract_unknown" in page
    assert "overdue by 3 hours" in page
    assert "Given up: “contract cancelled”, which ICBC did not take." in page


def test_a_document_too_large_is_refused_before_it_is_read(clerk: Login) -> None:
    large = SimpleUploadedFile("scan.pdf", PDF + b"x" * 5 * 1024 * 1024)

    answer = post(clerk(SEE, DECIDE), make_case(), "comment", text="see the scan", document=large)

    assert told(answer) == ["The file is larger than 5 MB."]
    assert not CaseAttachment.objects.exists()
    assert not CaseComment.objects.exists()
