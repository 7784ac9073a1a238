"""Every operation has a name that staff read."""

import pytest
from django.utils.translation import override

from unipay.messaging.kinds import kind_names
from unipay.partners.gateways import bank, book, hall, province
from unipay.partners.operations import DEFAULT_OPERATIONS, TITLES, operation_title

OURS = {
    book.QUERY_CONTRACTS,
    bank.QUERY_SIGNING,
    bank.CONTRACT_CONFIRMED,
    bank.CONTRACT_CANCELLED,
    province.CHECK_ELIGIBILITY,
    province.NUMBER_STATUS,
    province.CONTRACT_CHANGED,
    hall.SIGNING_OUTCOME,
}


def test_nothing_partners_ask_of_us_is_without_a_name() -> None:
    asked = {operation for operations in DEFAULT_OPERATIONS.values() for operation in operations}

    assert asked - set(TITLES) == set()


def test_nothing_we_ask_or_tell_is_without_a_name() -> None:
    assert (OURS | set(kind_names())) - set(TITLES) == set()


@pytest.mark.parametrize(("language", "title"), [("zh-hans", "签约申请"), ("en", "signing request")])
def test_an_operation_is_named_in_the_language_of_the_moment(language: str, title: str) -> None:
    with override(language):
        assert operation_title("signings.create") == title


def test_an_operation_nobody_named_stands_for_itself() -> None:
    assert operation_title("coffee.make") == "coffee.make"
