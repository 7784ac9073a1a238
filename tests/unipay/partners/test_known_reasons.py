"""Which of our reasons a partner's code may mean."""

import csv

import pytest
from django.core.exceptions import ValidationError

from billing.models import FailureRule
from unipay.partners import known_reasons
from unipay.partners.models import ResultCode
from unipay.partners.reference import FIXTURES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart", "english")]


def test_every_code_that_ships_has_a_reason_that_fits() -> None:
    with (FIXTURES / "result_codes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    for row in rows:
        known_reasons.require(row["reason_code"], operation=row["operation"])
    assert len(rows) > 30


def test_the_reasons_of_debits_are_those_of_the_rules() -> None:
    FailureRule.objects.create(
        reason_code="card_lost", title="卡挂失", title_en="Card lost", follow_up="CASE"
    )

    assert set(known_reasons.fitting("debit")) == set(
        FailureRule.objects.values_list("reason_code", flat=True)
    )
    known_reasons.require("card_lost", operation="debit")


@pytest.mark.parametrize(
    ("reason", "operation", "said"),
    [
        ("insuficient_funds", "debit", "is no reason for this operation"),
        ("number_not_normal", "debit", "is no reason for this operation"),
        ("insufficient_funds", "check_eligibility", "is no reason for this operation"),
        ("insuficient_funds", "", "There is no reason insuficient_funds."),
    ],
)
def test_a_reason_that_does_not_fit_is_refused_with_those_that_do(
    reason: str, operation: str, said: str
) -> None:
    with pytest.raises(ValidationError, match=said) as refused:
        known_reasons.require(reason, operation=operation)

    assert all(known in str(refused.value) for known in known_reasons.fitting(operation))


def test_what_a_row_has_said_before_may_stay_in_it_alone() -> None:
    row = ResultCode.objects.create(
        kind="BANK", operation="debit", code="1", reason_code="old_word", finality="FINAL_FAILURE"
    )

    known_reasons.require("old_word", operation="debit", row_id=row.pk)
    with pytest.raises(ValidationError):
        known_reasons.require("old_word", operation="", row_id=row.pk)
    with pytest.raises(ValidationError):
        known_reasons.require("old_word", operation="debit")
