"""Who stands in a province's way."""

import pytest

from reconciliation import queries
from tests.reconciliation.factories import make_run
from tests.signing.factories import the_bank, the_province

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("is_current", "in_the_way"), [(True, ["ICBC"]), (False, [])])
def test_a_bank_whose_file_was_refused_is_not_even_until_it_sends_another(
    is_current: bool, in_the_way: list[str]
) -> None:
    make_run("REFUSED", partner=the_bank(), is_current=is_current)
    waiting = make_run("OPENED", partner=the_province(), side="PROVINCE")

    assert [each.partner_code for each in queries.uneven_banks(waiting)] == in_the_way
