"""A code of a bank gets its meaning (domain.md C3): the returns that wait for it go on at once."""

from typing import Any

import pytest

from billing import debit_wake
from billing.flows import mapped_code
from tests.billing.debits import arranged, bring_return, failed, items, owing, run_of
from tests.signing.factories import the_bank, the_province
from unipay.partners.models import ResultCode
from unipay.partners.reference import load_result_codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting() -> str:
    """The number of a return with a code of ICBC that nobody has mapped."""
    the_province()
    load_result_codes(kind="BANK")
    owing(1000)
    return bring_return(failed(*items(run_of(arranged())), code="ZZ9")).return_no


def meaning(**fields: Any) -> ResultCode:
    """The row that gives ZZ9 its meaning for every bank."""
    asked = {"kind": "BANK", "direction": "ANSWER", "operation": "debit", "code": "ZZ9"}
    meant = {"finality": "FINAL_FAILURE", "reason_code": "account_frozen"}
    return ResultCode(**{**asked, **meant, **fields})


@pytest.mark.parametrize(
    "fields",
    [{}, {"operation": ""}, {"reason_code": ""}],
    ids=["of debits", "of anything", "without a reason"],
)
def test_a_return_that_waits_for_the_code_is_woken_on_commit(
    waiting: str, fields: dict[str, str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as woken:
        assert mapped_code.wake_returns(meaning(**fields)) == [waiting]

    assert [each.args for each in woken] == [(debit_wake.RETURN, waiting)]


def test_the_code_of_the_bank_itself_wakes_its_returns(waiting: str) -> None:
    assert mapped_code.wake_returns(meaning(partner=the_bank())) == [waiting]


@pytest.mark.parametrize(
    "fields",
    [{"code": "ZZ8"}, {"operation": "query_signing"}, {"direction": "NOTICE"}, {"kind": "PROVINCE"}],
    ids=["another code", "another operation", "a notice", "another kind of partner"],
)
def test_what_says_nothing_of_the_code_wakes_nobody(waiting: str, fields: dict[str, str]) -> None:
    assert mapped_code.wake_returns(meaning(**fields)) == []


def test_the_code_of_another_bank_wakes_nobody(waiting: str) -> None:
    assert mapped_code.wake_returns(meaning(partner=the_bank("CCB"))) == []
