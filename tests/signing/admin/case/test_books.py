"""The latest answer of each party, as the page of a case tells it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from signing.admin.case.books import BookAnswer, Books
from signing.models import CaseEvidence, ManualCase
from tests.signing.factories import NOW, make_case, make_contract
from unipay.partners.models import Partner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def answered(case: ManualCase, partner: Partner, at: datetime = NOW, **facts: Any) -> None:
    said = {
        "asked": "query_contracts",
        "silence": "",
        "fault": "",
        "by": 1,
        "latency_ms": 120,
        "contracts": [],
    }
    CaseEvidence.objects.create(case=case, partner=partner, facts={**said, **facts}, received_at=at)


def entry(case: ManualCase, state: str) -> dict[str, Any]:
    assert case.contested is not None
    return {
        "state": state,
        "bank_code": "CCB",
        "contract_no": "",
        "bank_contract_no": case.contested.bank_contract_no,
        "account_mask": "6217***1",
        "signed_at": "2026-03-02T12:00:00+08:00",
        "ended_at": None,
    }


def told(case: ManualCase, partner: Partner) -> list[BookAnswer]:
    return Books(case, case.evidence.order_by("received_at", "id")).answers_of(partner)


def test_the_latest_answer_counts_and_its_contracts_are_listed() -> None:
    case = make_case()
    assert case.contested is not None
    bank = case.contested.bank
    answered(case, bank, silence="TIMED_OUT")
    answered(case, bank, NOW + timedelta(minutes=5), contracts=[entry(case, "ACTIVE")])

    (answer,) = told(case, bank)

    assert (answer.finding.verdict, str(answer.finding.words)) == ("AGREES", "In force there.")
    assert (answer.seconds, answer.at) == ("0.1", NOW + timedelta(minutes=5))
    (line,) = answer.lines
    assert (str(line.state), line.name, line.signed, line.account) == (
        "in force",
        case.contested.bank_contract_no,
        "2026-03-02 12:00",
        "6217***1",
    )


def test_an_answer_from_before_the_decision_is_not_held_against_what_the_decision_changed() -> None:
    case = make_case(
        state="DECIDED", contested=make_contract("TERMINATED"), decided_at=NOW + timedelta(hours=1)
    )
    assert case.contested is not None
    answered(case, case.contested.bank, contracts=[entry(case, "ACTIVE")])

    (answer,) = told(case, case.contested.bank)

    assert (answer.finding.verdict, str(answer.finding.words)) == (
        "UNKNOWN",
        "Asked before the decision: ask again.",
    )


def test_a_bank_on_both_sides_is_judged_by_the_side_that_differs() -> None:
    case = make_case(contested=make_contract("CONTESTED"))
    assert case.standing is not None
    held = {**entry(case, "ACTIVE"), "bank_code": case.standing.bank.code}
    held["bank_contract_no"] = case.standing.bank_contract_no
    answered(case, case.standing.bank, contracts=[held])

    (answer,) = told(case, case.standing.bank)

    assert (answer.finding.verdict, str(answer.finding.words)) == (
        "DIFFERS",
        "The bank holds another contract for this number.",
    )


def test_a_number_the_province_does_not_know_is_told_in_the_words_of_our_reasons() -> None:
    case = make_case()
    answered(case, case.province, asked="number_status", status="REFUSED", reason_code="unknown_number")

    (answer,) = told(case, case.province)

    assert (answer.finding.verdict, str(answer.finding.words)) == ("DIFFERS", "No province knows the number.")
    assert answer.is_about_number


def test_nobody_asked_nothing_told() -> None:
    case = make_case()

    assert told(case, case.province) == []
    assert Books(case, []).asked_at is None
