import pytest

from signing.admin import stakes
from tests.signing.factories import make_contract, the_bank, the_hall, the_province

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_provisional_contracts_are_told_of_their_bank_and_their_province() -> None:
    make_contract("PROVISIONAL")

    told = [list(map(str, stakes.signings_under_way(each))) for each in (the_bank(), the_province())]

    assert told == [["1 provisional contracts wait for their result."]] * 2


def test_what_stands_or_has_ended_is_nothing_under_way() -> None:
    make_contract("ACTIVE")

    assert list(stakes.signings_under_way(the_bank())) == []


def test_a_hall_has_nothing_under_way() -> None:
    assert list(stakes.signings_under_way(the_hall())) == []
