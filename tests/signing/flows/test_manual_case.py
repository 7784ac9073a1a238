"""What happens when people decide (domain.md A4)."""

from collections.abc import Iterable

import pytest

from signing.flows import announcement
from signing.flows.manual_case import Evidence, decide, decisions_possible, open_case
from signing.models import Contract, ManualCase, SigningTransaction
from signing.states import CaseReason, Decision
from tests.signing.factories import NOW, fresh, make_case, make_contract, the_bank
from unipay.errors import Refusal
from unipay.messaging.models import OutboundMessage

pytestmark = pytest.mark.django_db


def decided(case: ManualCase, decision: Decision) -> ManualCase:
    decide(case.case_no, decision=decision, remark="checked by telephone", decided_by_id=None, now=NOW)
    return ManualCase.objects.get(pk=case.pk)


def acknowledge(messages: Iterable[OutboundMessage]) -> None:
    for message in messages:
        message.acknowledge(answer=None, now=NOW)
        message.save()
        announcement.settled(message, NOW)


def states(case: ManualCase) -> tuple[str, str]:
    contracts = {contract.pk: contract.state for contract in Contract.objects.all()}
    return contracts[case.standing_id], contracts[case.contested_id]


def promised() -> set[tuple[str, str]]:
    return set(OutboundMessage.objects.values_list("partner__code", "kind"))


@pytest.mark.parametrize(
    ("decision", "expected_states", "expected_messages"),
    [
        (Decision.KEEP_STANDING, ("ACTIVE", "TERMINATED"), {("CCB", "contract_cancelled")}),
        (
            Decision.REPLACE,
            ("TERMINATED", "ACTIVE"),
            {("ICBC", "contract_cancelled"), ("CCB", "contract_confirmed"), ("ZJ", "contract_changed")},
        ),
        (Decision.SAME_CONTRACT, ("ACTIVE", "TERMINATED"), {("ICBC", "contract_confirmed")}),
        (
            Decision.NEITHER,
            ("TERMINATED", "TERMINATED"),
            {("ICBC", "contract_cancelled"), ("CCB", "contract_cancelled"), ("ZJ", "contract_changed")},
        ),
    ],
)
def test_a_decision_changes_the_contracts_at_once_and_closes_when_everybody_acknowledged(
    decision: Decision, expected_states: tuple[str, str], expected_messages: set[tuple[str, str]]
) -> None:
    case = make_case()

    case = decided(case, decision)

    assert (case.state, states(case)) == ("DECIDED", expected_states)
    assert promised() == expected_messages
    *first, last = OutboundMessage.objects.order_by("id")
    acknowledge(first)
    assert ManualCase.objects.get().state == "DECIDED"
    acknowledge([last])
    assert ManualCase.objects.get().state == "CLOSED"


def test_replacing_ends_the_one_and_makes_the_other_formal_in_the_journal() -> None:
    case = decided(make_case(), Decision.REPLACE)

    journal = list(SigningTransaction.objects.order_by("id").values_list("contract_id", "kind", "source"))
    assert journal == [(case.standing_id, "TERMINATED", "STAFF"), (case.contested_id, "SIGNED", "STAFF")]


def test_a_late_result_with_a_free_number_can_be_accepted() -> None:
    contested = make_contract("CONTESTED")
    case = make_case("LATE_RESULT", standing=None, contested=contested)

    case = decided(case, Decision.ACCEPT)

    contested = fresh(contested)
    assert (case.state, contested.state) == ("DECIDED", "ACTIVE")


def test_an_impossible_decision_is_refused_and_changes_nothing() -> None:
    case = make_case()
    Contract.objects.get(pk=case.contested_id)
    contested = case.contested
    assert contested is not None
    contested.terminate(reason="BANK_REQUEST", now=NOW)
    contested.save()

    with pytest.raises(Refusal) as refused:
        decided(case, Decision.REPLACE)

    assert refused.value.reason.code == "decision_not_possible"
    assert ManualCase.objects.get().state == "OPEN"


def test_a_case_is_decided_once() -> None:
    case = decided(make_case(), Decision.KEEP_STANDING)

    with pytest.raises(Refusal) as refused:
        decided(case, Decision.REPLACE)

    assert refused.value.reason.code == "case_not_open"
    assert states(case) == ("ACTIVE", "TERMINATED")


def test_a_third_contract_on_the_number_makes_replacing_impossible() -> None:
    contested = make_contract(
        "CONTESTED", bank=the_bank("CCB"), secondary_msisdns=["13805710007"], bank_contract_no="B1"
    )
    case = make_case(contested=contested)
    make_contract("ACTIVE", msisdn="13805710007", bank=the_bank("ABC"))

    assert Decision.REPLACE not in decisions_possible(case)
    assert Decision.KEEP_STANDING in decisions_possible(case)


def test_the_same_cause_adds_evidence_to_the_open_case() -> None:
    contract = make_contract("ACTIVE")

    for number in (1, 2):
        open_case(
            cause="same",
            reason=CaseReason.PROVINCE_REFUSED,
            about=contract,
            evidence=[Evidence({"number": number})],
            now=NOW,
        )

    case = ManualCase.objects.get()
    assert [piece.facts for piece in case.evidence.order_by("id")] == [{"number": 1}, {"number": 2}]


def test_an_obligation_that_dies_reopens_the_case() -> None:
    case = decided(make_case(), Decision.KEEP_STANDING)
    message = OutboundMessage.objects.get()
    message.give_up(error="no answer", now=NOW)
    message.save()

    announcement.died(message, NOW)

    case = fresh(case)
    assert (case.state, case.decision) == ("OPEN", "")
    assert case.evidence.get().facts["error"] == "no answer"


def test_a_contract_whose_number_is_its_owners_after_all_is_debited_again() -> None:
    case = make_case("NUMBER_CHANGED_HANDS", standing=make_contract("SUSPENDED"))

    assert decided(case, Decision.RESUME).state == "DECIDED"

    contract = Contract.objects.get()
    assert (contract.state, contract.version) == ("ACTIVE", 2)
    journal = SigningTransaction.objects.get()
    assert (journal.kind, journal.reason, journal.source) == ("RESUMED", "CASE_DECISION", "STAFF")
    assert OutboundMessage.objects.get().payload["change"] == "RESUMED"
