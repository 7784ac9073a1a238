"""What is done about a difference: the domain's own table, and what people departed from it."""

import pytest

from reconciliation.states import Difference, Period, Treatment
from reconciliation.treatment import ALLOWED, DEFAULTS, Rule, treatments

BANK, OTHER = 7, 8

OF_THE_DOMAIN = [
    (Difference.MISSING_HERE, Treatment.CREATE),
    (Difference.MISSING_AT_BANK, Treatment.TERMINATE),
    (Difference.DIFFERS, Treatment.AMEND),
    (Difference.TERMINATED_AT_BANK, Treatment.TERMINATE),
    (Difference.COLLISION, Treatment.CASE),
    (Difference.MISSING_THERE, Treatment.ADD),
    (Difference.EXTRA_THERE, Treatment.DELETE),
    (Difference.DIFFERS_THERE, Treatment.UPDATE),
]


@pytest.mark.parametrize(("difference", "treatment"), OF_THE_DOMAIN)
def test_without_rules_the_domains_table_holds(difference: Difference, treatment: Treatment) -> None:
    assert treatments([], partner_id=BANK, period=Period.FULL)[difference] == treatment


def test_every_difference_has_a_default_that_is_allowed() -> None:
    assert {difference: treatment in ALLOWED[difference] for difference, treatment in DEFAULTS.items()} == (
        dict.fromkeys(Difference, True)
    )


EVERYBODY = Rule("MISSING_HERE", "CASE")
EVERYBODYS_FULLS = Rule("MISSING_HERE", "RETURN", period="FULL")
THIS_BANK = Rule("MISSING_HERE", "IGNORE", partner_id=BANK)
THIS_BANKS_FULLS = Rule("MISSING_HERE", "CREATE", partner_id=BANK, period="FULL")
ANOTHER_BANK = Rule("MISSING_HERE", "RETURN", partner_id=OTHER)


@pytest.mark.parametrize(
    ("rules", "treatment"),
    [
        ([EVERYBODY], "CASE"),
        ([EVERYBODY, EVERYBODYS_FULLS], "RETURN"),
        ([EVERYBODYS_FULLS, THIS_BANK], "IGNORE"),
        ([THIS_BANKS_FULLS, THIS_BANK, EVERYBODYS_FULLS, EVERYBODY], "CREATE"),
        ([ANOTHER_BANK], "CREATE"),
        ([Rule("MISSING_HERE", "DELETE")], "CREATE"),
    ],
)
def test_the_closest_rule_counts(rules: list[Rule], treatment: str) -> None:
    assert treatments(rules, partner_id=BANK, period=Period.FULL)[Difference.MISSING_HERE] == treatment
