"""Banks that name failures only (domain.md C4): silence is success, as long as every failure could be read."""

from datetime import timedelta

import pytest

from billing.models import DebitItem
from signing.models import ManualCase
from tests.billing.debits import (
    DAY,
    arranged,
    bring,
    bring_return,
    failed,
    fresh,
    items,
    open_shares,
    owing,
    return_content,
    run_of,
    states,
)
from tests.signing.factories import the_province
from unipay.partners.reference import load_result_codes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home() -> None:
    """A province, and banks whose codes we know."""
    the_province()
    load_result_codes(kind="BANK")


def test_a_bank_that_names_failures_only_confirms_the_rest_by_silence() -> None:
    for _ in range(3):
        owing(1000)
    run = run_of(arranged(answers_failures_only=True))
    one, *others = items(run)

    returned = bring_return(failed(one))

    assert [item.state for item in items(run)] == ["FAILED", "SETTLED", "SETTLED"]
    assert (returned.failed_count, returned.settled_count, returned.settled_fen) == (1, 2, 2000)
    assert (fresh(run).state, len(others), open_shares()) == ("CLOSED", 2, 0)


def test_an_empty_file_of_such_a_bank_confirms_everything() -> None:
    owing(1000)
    run = run_of(arranged(answers_failures_only=True))

    bring_return([])

    assert (states(DebitItem), fresh(run).state) == (["SETTLED"], "CLOSED")


@pytest.mark.parametrize("said", ["", "99999999999999999"], ids=["unreadable", "nobody's"])
def test_silence_means_nothing_while_a_failure_can_not_be_placed(said: str) -> None:
    owing(1000)
    owing(2000)
    one, two = items(run_of(arranged(answers_failures_only=True)))
    content = return_content(failed(one, two)).replace(two.item_no.encode(), said.encode())

    bring(content)

    assert states(DebitItem) == ["FAILED", "SENT"]
    assert list(ManualCase.objects.values_list("reason", flat=True)) == ["DEBIT_CONTRADICTION"]
    bring_return(failed(one))
    assert states(DebitItem) == ["FAILED", "SETTLED"]


def test_an_empty_file_of_a_day_gone_by_says_nothing_of_later_ones() -> None:
    arrangement = arranged(answers_failures_only=True)
    owing(1000)
    run_of(arrangement)
    bring_return([])
    owing(2000)
    run_of(arrangement, day=DAY + timedelta(days=10))

    again = bring_return([])

    assert states(DebitItem) == ["SETTLED", "SENT"]
    assert again.state == "UNMATCHED"
