import pytest

from signing.admin.decision_form import DecisionForm
from signing.states import Decision


@pytest.mark.parametrize("decision", Decision)
def test_every_decision_says_what_it_does(decision: Decision) -> None:
    (choice,) = DecisionForm(possible=[decision]).choices

    assert choice.decision == decision
    assert str(choice.consequence)


def test_what_ends_a_contract_that_stands_looks_dangerous() -> None:
    dangerous = {
        choice.decision
        for choice in DecisionForm(possible=list(Decision)).choices
        if choice.variant == "danger"
    }

    assert dangerous == {Decision.REPLACE, Decision.NEITHER, Decision.TERMINATE}
