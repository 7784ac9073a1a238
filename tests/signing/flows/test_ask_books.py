"""Every party of a case is asked at once, over the wire, and each can fail while the others answer."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Event
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from signing.flows import manual_case
from signing.flows.ask_books import ask_books, keep, put, questions_about
from signing.models import CaseEvidence, ManualCase
from tests.partner_server import PartnerServer, Reply, serving
from tests.signing.factories import MSISDN, NOW, make_case, make_contract, the_bank, the_province
from unipay.partners.models import Partner
from unipay.partners.reference import load_result_codes

EMPTY: dict[str, Any] = {"result_code": "0000", "contracts": []}
NORMAL: dict[str, Any] = {
    "result_code": "0000",
    "status": "NORMAL",
    "user_type": "PREPAID",
    "joined_network_at": "2015-06-01T10:00:00+08:00",
}


@pytest.fixture
def case(db: None) -> ManualCase:
    load_result_codes()
    return make_case()


@pytest.fixture
def asker(db: None) -> int:
    return User.objects.create_user("clerk").pk


@pytest.fixture
def parties(case: ManualCase) -> Iterator[dict[str, PartnerServer]]:
    """The servers of both banks and of the province, each with an empty book."""
    with ExitStack() as running:
        servers = {}
        for partner in (the_bank("ICBC"), the_bank("CCB"), the_province()):
            partner.read_timeout_ms = 5000
            partner.save()
            servers[partner.code] = running.enter_context(serving(partner))
        for server in servers.values():
            server.replies = lambda called: Reply(NORMAL if called.path == "/number-status" else EMPTY)
        yield servers


def told(case: ManualCase) -> dict[tuple[str, str], str]:
    """What was kept: for each party and question the silence, "" where it answered."""
    kept = CaseEvidence.objects.filter(case=case).select_related("partner")
    return {
        (piece.partner.code, piece.facts["asked"]): piece.facts["silence"] for piece in kept if piece.partner
    }


def test_both_banks_and_the_province_are_asked_and_their_answers_kept(
    case: ManualCase, parties: dict[str, PartnerServer], asker: int
) -> None:
    held = {"state": "ACTIVE", "bank_code": "CCB", "signed_at": "2026-03-02T12:00:00+08:00"}
    parties["CCB"].always(Reply({**EMPTY, "contracts": [held]}))

    answered = ask_books(case.case_no, by_id=asker, now=lambda: NOW)

    assert answered == 4
    assert told(case) == {
        ("ICBC", "query_contracts"): "",
        ("CCB", "query_contracts"): "",
        ("ZJ", "query_contracts"): "",
        ("ZJ", "number_status"): "",
    }
    kept = CaseEvidence.objects.get(partner=the_bank("CCB"))
    assert kept.facts["contracts"] == [
        {
            "state": "ACTIVE",
            "bank_code": "CCB",
            "contract_no": "",
            "bank_contract_no": "",
            "account_mask": "",
            "signed_at": "2026-03-02T12:00:00+08:00",
            "ended_at": None,
        }
    ]
    assert (kept.facts["by"], kept.received_at) == (asker, NOW)
    assert kept.request_no == parties["CCB"].bodies[0]["request_no"]
    status = CaseEvidence.objects.get(facts__asked="number_status")
    assert (status.facts["status"], status.facts["joined_network_at"]) == (
        "NORMAL",
        "2015-06-01T10:00:00+08:00",
    )


def test_who_does_not_answer_is_unknown_while_the_others_are_heard(
    case: ManualCase, parties: dict[str, PartnerServer], asker: int
) -> None:
    parties["ICBC"].always(Reply(until=Event()))
    Partner.objects.filter(code="ICBC").update(read_timeout_ms=200)
    parties["CCB"].always(Reply(EMPTY, signed="wrongly"))
    parties["ZJ"].replies = lambda called: (
        Reply(status=404) if called.path == "/number-status" else Reply(EMPTY)
    )

    answered = ask_books(case.case_no, by_id=asker)

    assert answered == 1
    assert told(case) == {
        ("ICBC", "query_contracts"): "TIMED_OUT",
        ("CCB", "query_contracts"): "UNUSABLE",
        ("ZJ", "query_contracts"): "",
        ("ZJ", "number_status"): "NOT_OFFERED",
    }


def test_nobody_waits_longer_than_patience_allows(
    case: ManualCase, parties: dict[str, PartnerServer], asker: int
) -> None:
    let_go = Event()
    parties["ICBC"].always(Reply(EMPTY, until=let_go))
    questions = questions_about(case.case_no)
    began = time.monotonic()

    heard = put(questions, patience_seconds=0.1)

    assert time.monotonic() - began < 3
    assert heard[0].silence == "TIMED_OUT"
    let_go.set()
    assert keep(case.case_no, heard, by_id=asker, now=NOW) >= 0


def test_a_party_without_an_address_is_unreachable_and_stops_nobody(case: ManualCase, asker: int) -> None:
    with serving(the_province()) as province:
        province.replies = lambda called: Reply(NORMAL if called.path == "/number-status" else EMPTY)

        answered = ask_books(case.case_no, by_id=asker)

    assert answered == 2
    assert told(case)["ICBC", "query_contracts"] == "UNREACHABLE"
    assert "has no address" in CaseEvidence.objects.get(partner=the_bank("ICBC")).facts["fault"]


def test_a_bank_on_both_sides_is_asked_once(db: None) -> None:
    contested = make_contract("CONTESTED", msisdn=MSISDN)
    case = make_case(contested=contested)

    asked = [(question.partner.code, question.operation) for question in questions_about(case.case_no)]

    assert asked == [("ICBC", "query_contracts"), ("ZJ", "query_contracts"), ("ZJ", "number_status")]


def test_asking_does_not_make_a_proposal_stale(
    case: ManualCase, parties: dict[str, PartnerServer], asker: int
) -> None:
    before = manual_case.version_of(case)

    ask_books(case.case_no, by_id=asker)

    assert manual_case.version_of(case) == before


@pytest.mark.django_db(transaction=True)
def test_nothing_is_asked_inside_a_transaction() -> None:
    load_result_codes()
    case = make_case()

    with pytest.raises(RuntimeError), transaction.atomic():
        ask_books(case.case_no, by_id=1)

    assert CaseEvidence.objects.count() == 0


def test_a_whole_account_where_a_mask_belongs_is_kept_masked(
    case: ManualCase, parties: dict[str, PartnerServer], asker: int
) -> None:
    held = {
        "state": "ACTIVE",
        "bank_code": "CCB",
        "signed_at": "2026-03-02T12:00:00+08:00",
        "account_mask": "6222021234567890128",
    }
    parties["CCB"].always(Reply({**EMPTY, "contracts": [held]}))

    ask_books(case.case_no, by_id=asker, now=lambda: NOW)

    kept = CaseEvidence.objects.get(partner=the_bank("CCB"))
    assert "1234567890" not in str(kept.facts)
    assert kept.facts["contracts"][0]["account_mask"].endswith("0128")
