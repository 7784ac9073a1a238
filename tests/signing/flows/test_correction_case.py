"""What becomes of corrections that can't be applied: contested contracts, cases, and what people then may decide."""

from typing import Any

import pytest
from django.db import connection

from signing.flows import manual_case
from signing.models import CaseEvidence, Contract, ManualCase, SigningTransaction
from signing.representation import contract_facts
from signing.states import Decision
from tests.signing.corrections import RUN_NO, correct, to_amend, to_create
from tests.signing.factories import (
    ACCOUNT,
    HOLDER,
    MSISDN,
    NOW,
    fresh,
    make_contract,
    the_bank,
    the_province,
)
from unipay.messaging.models import OutboundMessage

pytestmark = pytest.mark.django_db

SECOND = "13805710002"
LINE = {"bank_contract_no": "BANK-NEW", "msisdn": MSISDN, "account_mask": "622202*********0128"}


def test_a_number_signed_with_somebody_else_becomes_a_contested_contract_and_a_case() -> None:
    standing = make_contract(bank=the_bank("CCB"))

    [became] = correct(to_create(line_no=17, facts=LINE))

    contested = Contract.objects.get(state="CONTESTED")
    case = ManualCase.objects.get()
    assert (became.outcome, became.detail) == ("COLLISION", "number_held")
    assert (became.collided_with_id, became.result_contract_id, became.case_id) == (
        standing.pk,
        contested.pk,
        case.pk,
    )
    assert (contested.bank, contested.contested_with, contested.version) == (the_bank(), standing, 1)
    assert (contested.channel, contested.bank_contract_no) == ("RECONCILIATION", "BANK-NEW")
    assert (contested.account_number, contested.holder_name) == (ACCOUNT.number, HOLDER.name)
    assert (contested.user_type, contested.signed_at) == ("PREPAID", NOW)
    assert (case.reason, case.standing, case.contested) == ("STANDING_CONTRACT", standing, contested)
    assert (case.msisdn, case.province, case.severity) == (MSISDN, the_province(), "HIGH")
    assert fresh(standing).version == standing.version
    assert not SigningTransaction.objects.exists()
    assert not OutboundMessage.objects.exists()


def test_both_sides_are_kept_as_evidence() -> None:
    standing = make_contract(bank=the_bank("CCB"))

    correct(to_create(line_no=17, facts=LINE))

    ours, theirs = CaseEvidence.objects.order_by("id")
    assert (ours.partner, ours.request_no, ours.facts) == (the_bank("CCB"), "", contract_facts(standing))
    assert (theirs.partner, theirs.request_no) == (the_bank(), f"{RUN_NO}/17")
    assert (theirs.facts, theirs.received_at) == ({**LINE, "obstacle": "number_held"}, NOW)


def test_a_collision_leaves_the_others_alone() -> None:
    make_contract(bank=the_bank("CCB"))

    became = correct(to_create(), to_create(msisdn=SECOND, bank_contract_no="B2"))

    assert [each.outcome for each in became] == ["COLLISION", "DONE"]


def test_two_lines_that_want_one_number_are_a_clash() -> None:
    became = correct(to_create(), to_create(bank_contract_no="B2"), to_create(bank_contract_no="B3"))

    assert [each.outcome for each in became] == ["DONE", "COLLISION", "COLLISION"]
    assert became[1].collided_with_id == became[0].result_contract_id
    assert ManualCase.objects.filter(reason="STANDING_CONTRACT").count() == 2


def test_one_line_twice_is_created_once() -> None:
    became = correct(to_create(), to_create())

    assert [each.outcome for each in became] == ["DONE", "ALREADY"]
    assert became[0].result_contract_id == became[1].result_contract_id


def test_a_second_line_of_the_banks_number_is_not_kept_beside_the_first() -> None:
    make_contract(bank=the_bank("CCB"), secondary_msisdns=[SECOND])

    became = correct(to_create(), to_create(msisdn=SECOND))

    assert [(each.outcome, each.detail) for each in became] == [
        ("COLLISION", "number_held"),
        ("IMPOSSIBLE", "bank_contract_no_in_use"),
    ]
    assert became[1].collided_with_id == became[0].result_contract_id
    assert Contract.objects.filter(state="CONTESTED").count() == 1
    assert ManualCase.objects.count() == 2


def test_a_clash_that_waits_for_people_is_not_opened_again() -> None:
    make_contract(bank=the_bank("CCB"))

    correct(to_create())
    [again] = correct(to_create())

    assert again.outcome == "OPEN_CASE"
    assert (ManualCase.objects.count(), Contract.objects.count()) == (1, 2)


def test_a_secondary_number_in_use_is_a_clash_too() -> None:
    standing = make_contract(bank=the_bank("CCB"), secondary_msisdns=[SECOND])

    [became] = correct(to_create(msisdn="13805710003", secondary_msisdns=[SECOND]))

    assert (became.outcome, became.collided_with_id) == ("COLLISION", standing.pk)


def test_people_may_replace_what_stands_by_what_the_banks_file_says() -> None:
    make_contract(bank=the_bank("CCB"))
    [became] = correct(to_create())
    case = ManualCase.objects.get()

    manual_case.decide(
        case.case_no, decision=Decision.REPLACE, remark="as the bank says", decided_by_id=None, now=NOW
    )

    contract = Contract.objects.get(pk=became.result_contract_id)
    assert (contract.state, contract.version) == ("ACTIVE", 2)
    told = OutboundMessage.objects.order_by("id").values_list("partner__code", "kind")
    assert list(told) == [
        ("ZJ", "contract_changed"),
        ("CCB", "contract_cancelled"),
        ("ZJ", "contract_changed"),
        ("ICBC", "contract_confirmed"),
    ]


def test_an_amendment_that_collides_is_asked_about_and_changes_nothing() -> None:
    contract, other = make_contract(), make_contract(msisdn=SECOND, bank=the_bank("CCB"))

    [became] = correct(to_amend(contract, "msisdn", msisdn=SECOND, line_no=3, facts=LINE))

    case = ManualCase.objects.get()
    assert (became.outcome, became.collided_with_id, became.case_id) == ("COLLISION", other.pk, case.pk)
    assert (case.reason, case.standing, case.contested) == ("CORRECTION_IMPOSSIBLE", contract, None)
    assert case.evidence.get().facts["obstacle"] == "number_held"
    assert manual_case.decisions_possible(case) == (Decision.TERMINATE, Decision.CLOSE)


def test_a_banks_number_in_use_is_asked_about() -> None:
    used = make_contract(bank_contract_no="B1")
    contract = make_contract(msisdn=SECOND, bank_contract_no="B2")

    became = correct(
        to_create(msisdn="13805710003", bank_contract_no="B1"),
        to_amend(contract, "bank_contract_no", bank_contract_no="B1"),
    )

    assert [(each.outcome, each.detail, each.collided_with_id) for each in became] == [
        ("IMPOSSIBLE", "bank_contract_no_in_use", used.pk)
    ] * 2


def test_what_is_impossible_is_asked_about_once_and_the_next_file_adds_its_line() -> None:
    order = to_create(auto_pay=True, facts=LINE)

    correct({**order, "line_no": 5})
    [again] = correct({**order, "line_no": 9})

    case = ManualCase.objects.get()
    assert (again.outcome, again.case_id) == ("IMPOSSIBLE", case.pk)
    assert (case.reason, case.standing, case.contested) == ("CORRECTION_IMPOSSIBLE", None, None)
    assert (case.msisdn, case.province, case.severity) == (MSISDN, the_province(), "NORMAL")
    assert list(case.evidence.order_by("id").values_list("request_no", flat=True)) == [
        f"{RUN_NO}/5",
        f"{RUN_NO}/9",
    ]
    assert manual_case.decisions_possible(case) == (Decision.CLOSE,)
    assert not Contract.objects.exists()


def test_a_number_no_province_is_home_to_has_nobody_who_would_see_its_case() -> None:
    [became] = correct(to_create(province_id=None))

    assert (became.outcome, became.detail, became.case_id) == ("IMPOSSIBLE", "unknown_number", None)
    assert not ManualCase.objects.exists()


def test_what_ended_here_is_kept_for_people_where_nothing_stands() -> None:
    ended = make_contract("TERMINATED", bank_contract_no="B1")

    [became] = correct(to_keep(contract_id=ended.pk, bank_contract_no="B1"))

    contested, case = Contract.objects.get(state="CONTESTED"), ManualCase.objects.get()
    assert (became.outcome, became.detail, became.case_id) == ("COLLISION", "ended_here", case.pk)
    assert (contested.bank_contract_no, contested.contested_with) == ("B1", None)
    assert (case.reason, case.standing, case.contested) == ("CORRECTION_IMPOSSIBLE", None, contested)
    assert manual_case.decisions_possible(case) == (Decision.ACCEPT, Decision.NEITHER)


def test_what_ended_here_while_the_number_is_signed_elsewhere_is_a_clash() -> None:
    standing = make_contract(bank=the_bank("CCB"))

    [became] = correct(to_keep())

    case = ManualCase.objects.get()
    assert (became.detail, became.collided_with_id) == ("number_held", standing.pk)
    assert (case.reason, case.standing) == ("STANDING_CONTRACT", standing)


def test_what_people_decide_about_already_is_not_kept_twice() -> None:
    correct(to_keep())

    [again] = correct(to_keep())

    assert again.outcome == "OPEN_CASE"
    assert ManualCase.objects.count() == 1


def test_what_was_kept_can_be_made_formal() -> None:
    [became] = correct(to_keep())
    case = ManualCase.objects.get()

    manual_case.decide(case.case_no, decision=Decision.ACCEPT, remark="so", decided_by_id=None, now=NOW)

    assert Contract.objects.get(pk=became.result_contract_id).state == "ACTIVE"


def test_no_account_stands_in_the_clear_anywhere() -> None:
    make_contract(bank=the_bank("CCB"), account=type(ACCOUNT)("6217001234567890006", "DEBIT"))

    correct(to_create(facts=LINE), to_create(msisdn=SECOND, bank_contract_no="B2"))

    tables = (
        "signing_contract",
        "signing_caseevidence",
        "messaging_outboundmessage",
        "signing_contractevent",
    )
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f"SELECT COUNT(*) FROM {table} AS kept WHERE kept::text LIKE %s", [f"%{ACCOUNT.number}%"]
            )
            assert cursor.fetchone() == (0,)


def to_keep(**columns: Any) -> dict[str, Any]:
    """An order to keep for people what the bank has and ended here."""
    return {**to_create(**columns), "verb": "CONTEST"}


def test_what_a_rule_leaves_to_people_is_not_tried() -> None:
    contract = make_contract()
    order = to_amend(contract, "recharge_amount_fen", recharge_amount_fen=9000)

    [became] = correct({**order, "outcome": "IMPOSSIBLE", "detail": "by_rule"})

    case = ManualCase.objects.get()
    assert (became.outcome, became.case_id) == ("IMPOSSIBLE", case.pk)
    assert (case.standing, case.evidence.get().facts) == (contract, {"obstacle": "by_rule"})
    assert fresh(contract).recharge_amount_fen == 5000
