"""What was said between Unipay and each party, both ways, told in words."""

from datetime import timedelta
from typing import Any

import pytest

from signing.admin.case.talk import Talk
from signing.models import CaseEvidence, ManualCase
from tests.signing.factories import NOW, make_case, the_bank
from unipay.messaging.models import InboundRequest, OutboundMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def received(case: ManualCase, *, minutes: int, **fields: Any) -> InboundRequest:
    usual = {
        "partner": the_bank("CCB"),
        "request_no": f"CCB-{minutes}",
        "operation": "signing_results.create",
        "state": "DONE",
        "status": 200,
        "answer": {},
        "answered_at": NOW,
    }
    return InboundRequest.objects.create(
        digest="d",
        key_id="k7",
        request_id="r",
        msisdn=case.msisdn,
        body="{}",
        received_at=NOW + timedelta(minutes=minutes),
        **{**usual, **fields},
    )


def noted(case: ManualCase, **fields: Any) -> CaseEvidence:
    usual = {"partner": the_bank("CCB"), "facts": {}, "received_at": NOW}
    return CaseEvidence.objects.create(case=case, **{**usual, **fields})


def said(case: ManualCase, code: str = "CCB") -> list[tuple[bool, str, str, str]]:
    talk = Talk(case, case.evidence.order_by("id"))
    return [
        (message.is_from_party, str(message.title), str(message.proof), str(message.outcome))
        for message in talk.with_party(the_bank(code).pk)
    ]


def test_both_ways_are_told_in_the_order_of_time() -> None:
    case = make_case()
    received(case, minutes=5)
    received(case, minutes=1, operation="signings.create", status=409, answer={"code": "number_has_contract"})
    OutboundMessage.objects.create(
        partner=the_bank("CCB"),
        kind="contract_cancelled",
        subject="contract:x",
        resource_version=1,
        msisdn=case.msisdn,
        payload={},
        created_at=NOW + timedelta(minutes=9),
        next_attempt_at=NOW,
    )

    assert said(case) == [
        (
            True,
            "signing request",
            "signature right with key k7",
            "we said no: The number already has a standing contract.",
        ),
        (True, "signing result", "signature right with key k7", "we said yes"),
        (False, "contract cancelled", "signed by Unipay", "on its way"),
    ]


def test_evidence_of_a_request_is_shown_with_the_request_and_not_twice() -> None:
    case = make_case()
    received(case, minutes=5, request_no="CCB-1")
    noted(case, request_no="CCB-1", key_id="k7", facts={"bank_contract_no": "B-77", "holder_mask": "张*"})

    talk = Talk(case, case.evidence.order_by("id"))
    (message,) = talk.with_party(the_bank("CCB").pk)

    assert [(str(title), value) for title, value in message.facts] == [
        ("bank's contract number", "B-77"),
        ("holder", "张*"),
    ]


def test_what_unipay_noted_itself_says_so() -> None:
    case = make_case()
    noted(case, facts={"contract_no": "C-1"})
    noted(case, facts={"event_id": "e", "kind": "contract_confirmed", "error": "4001"})

    assert said(case) == [
        (False, "our book when the case was opened", "noted by Unipay", ""),
        (False, "did not take “contract confirmed”", "noted by Unipay", ""),
    ]


def test_the_line_of_a_file_says_why_it_was_not_applied() -> None:
    case = make_case("CORRECTION_IMPOSSIBLE", standing=None)
    noted(case, request_no="R-1/17", facts={"bank_contract_no": "B-77", "obstacle": "auto_pay_for_prepaid"})

    (message,) = Talk(case, case.evidence.order_by("id")).with_party(the_bank("CCB").pk)

    assert (str(message.title), message.number) == ("a line of its file", "R-1/17")
    assert [(str(title), value) for title, value in message.facts] == [
        ("bank's contract number", "B-77"),
        ("not applied because", "a prepaid number has no auto-pay"),
    ]


def test_what_was_asked_and_other_numbers_messages_are_left_out() -> None:
    case = make_case()
    noted(case, request_no="Q-1", facts={"asked": "query_contracts", "silence": "", "fault": ""})
    received(make_case(msisdn="13805710009"), minutes=1)

    assert said(case) == []


def test_a_request_still_being_answered_is_not_called_a_yes() -> None:
    case = make_case()
    received(case, minutes=1, state="IN_PROGRESS", status=None, leased_until=NOW, answered_at=None)

    assert [outcome for *_rest, outcome in said(case)] == ["being answered"]
