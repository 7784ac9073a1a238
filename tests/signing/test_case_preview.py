"""What a decision would do, as a table; and that the words are what the flow then does."""

import pytest
from django.utils.translation import override

from signing.case_preview import Facts, Lost, Side, preview
from signing.flows import manual_case
from signing.models import CaseObligation, ManualCase
from signing.states import Decision
from tests.signing.factories import NOW, make_case, make_contract, the_bank

CLASH = Facts("Zhejiang", Side("ICBC", "ACTIVE"), Side("CCB", "CONTESTED"))
PROVISIONAL = Facts("Zhejiang", Side("ICBC", "PROVISIONAL"), Side("CCB", "CONTESTED"))
LATE = Facts("Zhejiang", None, Side("CCB", "CONTESTED"))
OVERTAKEN = Facts("Zhejiang", Side("ICBC", "TERMINATED"), Side("CCB", "CONTESTED"))
DOUBTED = Facts("Zhejiang", Side("ICBC", "SUSPENDED"))
REFUSED = Facts("Zhejiang", Side("ICBC", "ACTIVE"), lost=[Lost("Zhejiang", "contract changed")])

ICBC_ENDS = "The contract with ICBC ends: no more debits there."
ICBC_SIGNING_ENDS = "The signing at ICBC ends; nothing was ever debited there."
CCB_SIGNING_ENDS = "The signing at CCB ends; nothing was ever debited there."
CCB_FORMAL = "The contract with CCB becomes formal: from now on it is debited there."
ICBC_GOES_ON = "The contract with ICBC goes on unchanged."
GIVEN_UP = "Given up: “contract changed”, which Zhejiang did not take."
TELL_END = ("Zhejiang", "the contract with ICBC ended")
TELL_SIGNED = ("Zhejiang", "the number is signed with CCB")
ICBC_CANCELS, CCB_CANCELS = ("ICBC", "cancel the contract"), ("CCB", "cancel the contract")
ICBC_STANDS, CCB_STANDS = ("ICBC", "its contract is formal"), ("CCB", "its contract is formal")


@pytest.mark.parametrize(
    ("decision", "facts", "headline", "happens", "told"),
    [
        ("KEEP_STANDING", CLASH, "Keep ICBC; CCB cancels", [ICBC_GOES_ON, CCB_SIGNING_ENDS], [CCB_CANCELS]),
        (
            "REPLACE",
            CLASH,
            "Change to CCB; ICBC cancels",
            [ICBC_ENDS, CCB_FORMAL],
            [TELL_END, ICBC_CANCELS, TELL_SIGNED, CCB_STANDS],
        ),
        (
            "REPLACE",
            PROVISIONAL,
            "Change to CCB; ICBC cancels",
            [ICBC_SIGNING_ENDS, CCB_FORMAL],
            [ICBC_CANCELS, TELL_SIGNED, CCB_STANDS],
        ),
        (
            "SAME_CONTRACT",
            CLASH,
            "One and the same signing, announced twice",
            [ICBC_GOES_ON, "The second entry of CCB is closed without a word to it."],
            [ICBC_STANDS],
        ),
        (
            "NEITHER",
            CLASH,
            "Neither: every bank cancels",
            [ICBC_ENDS, CCB_SIGNING_ENDS],
            [TELL_END, ICBC_CANCELS, CCB_CANCELS],
        ),
        ("NEITHER", OVERTAKEN, "Neither: every bank cancels", [CCB_SIGNING_ENDS], [CCB_CANCELS]),
        (
            "ACCEPT",
            LATE,
            "Make the contract with CCB formal",
            [CCB_FORMAL],
            [TELL_SIGNED, CCB_STANDS],
        ),
        ("KEEP_STANDING", LATE, "keep the standing contract", [CCB_SIGNING_ENDS], [CCB_CANCELS]),
        (
            "TERMINATE",
            REFUSED,
            "End the contract with ICBC",
            [ICBC_ENDS, GIVEN_UP],
            [TELL_END, ICBC_CANCELS],
        ),
        (
            "NOTIFY_AGAIN",
            REFUSED,
            "Send again what was refused or lost",
            ["No contract changes."],
            [("Zhejiang", "contract changed")],
        ),
        (
            "RESUME",
            DOUBTED,
            "Debit at ICBC again",
            ["The contract with ICBC is debited again."],
            [("Zhejiang", "the contract with ICBC goes on")],
        ),
        ("CLOSE", REFUSED, "Leave everything as it is and close", ["No contract changes.", GIVEN_UP], []),
    ],
)
def test_what_a_decision_would_do(
    decision: str, facts: Facts, headline: str, happens: list[str], told: list[tuple[str, str]]
) -> None:
    with override("en"):
        seen = preview(Decision(decision), facts)

        assert str(seen.headline) == headline
        assert [str(each) for each in seen.happens] == happens
        assert [(str(each.partner), str(each.what)) for each in seen.told] == told


@pytest.mark.parametrize("decision", list(Decision))
def test_every_decision_has_words_even_where_nothing_is_known(decision: Decision) -> None:
    with override("en"):
        assert str(preview(decision, Facts("Zhejiang")).headline)


def a_case(kind: str) -> ManualCase:
    if kind == "clash":
        return make_case()
    if kind == "provisional":
        return make_case(standing=make_contract("PROVISIONAL"))
    if kind == "late":
        return make_case(
            "LATE_RESULT", standing=None, contested=make_contract("CONTESTED", bank=the_bank("CCB"))
        )
    if kind == "impossible":
        return make_case("CORRECTION_IMPOSSIBLE")
    if kind == "kept":
        contested = make_contract("CONTESTED", bank=the_bank("CCB"))
        return make_case("CORRECTION_IMPOSSIBLE", standing=None, contested=contested)
    if kind == "doubted":
        return make_case("NUMBER_CHANGED_HANDS", standing=make_contract("SUSPENDED"))
    if kind == "overtaken":
        return make_case(standing=make_contract("TERMINATED"))
    return make_case("PROVINCE_REFUSED")


def facts_of(case: ManualCase) -> Facts:
    standing, contested = case.standing, case.contested
    return Facts(
        case.province.code,
        Side(standing.bank.code, standing.state) if standing else None,
        Side(contested.bank.code, contested.state) if contested else None,
    )


CASES = [
    ("clash", "KEEP_STANDING"),
    ("clash", "REPLACE"),
    ("clash", "SAME_CONTRACT"),
    ("clash", "NEITHER"),
    ("provisional", "KEEP_STANDING"),
    ("provisional", "REPLACE"),
    ("provisional", "NEITHER"),
    ("late", "ACCEPT"),
    ("late", "NEITHER"),
    ("overtaken", "ACCEPT"),
    ("overtaken", "NEITHER"),
    ("refused", "TERMINATE"),
    ("refused", "CLOSE"),
    ("impossible", "TERMINATE"),
    ("impossible", "CLOSE"),
    ("kept", "ACCEPT"),
    ("kept", "NEITHER"),
    ("doubted", "RESUME"),
    ("doubted", "TERMINATE"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "decision"), CASES)
def test_who_is_said_to_be_told_is_told_in_that_order(kind: str, decision: str) -> None:
    case = a_case(kind)
    said = [str(told.partner) for told in preview(Decision(decision), facts_of(case)).told]

    manual_case.decide(case.case_no, decision=Decision(decision), remark="so", decided_by_id=None, now=NOW)

    owed = CaseObligation.objects.filter(case=case).order_by("message_id")
    assert list(owed.values_list("message__partner__code", flat=True)) == said


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(dict.fromkeys(kind for kind, _decision in CASES)))
def test_no_possible_decision_is_left_out_of_the_comparison(kind: str) -> None:
    possible = set(manual_case.decisions_possible(a_case(kind)))

    assert {decision for of, decision in CASES if of == kind} | {"NOTIFY_AGAIN"} >= possible
