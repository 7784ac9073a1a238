"""Our numbers can be read aloud, not guessed, and not mistyped."""

import re
import string
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from unipay import check_digit

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ISO_7064 = string.digits + string.ascii_uppercase
PREFIXES = st.from_regex(r"[A-Z]{1,8}", fullmatch=True)


def test_a_number_is_readable_and_fits_where_partners_keep_numbers() -> None:
    number = check_digit.new_number("C")

    assert re.fullmatch(rf"C(-[{ALPHABET}]{{4}}){{4}}-[{ALPHABET}]", number)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", check_digit.new_number("ABCDEFGH"))


def test_ten_thousand_numbers_are_all_different_and_right() -> None:
    numbers = {check_digit.new_number("C") for _ in range(10_000)}

    assert len(numbers) == 10_000
    assert all(check_digit.validate(number, "C") == number for number in numbers)


@given(PREFIXES)
def test_numbers_made_by_the_hundred_are_as_good_as_one(prefix: str) -> None:
    numbers = check_digit.new_numbers(prefix, 100)

    assert len(set(numbers)) == 100
    assert all(check_digit.validate(number, prefix) == number for number in numbers)


def test_no_numbers_are_none() -> None:
    assert check_digit.new_numbers("C", 0) == []


@given(PREFIXES)
def test_a_number_is_recognised_however_it_is_typed(prefix: str) -> None:
    number = check_digit.new_number(prefix)
    misread = prefix + number.removeprefix(prefix).replace("0", "o").replace("1", "l")

    for typed in (number, number.lower(), number.replace("-", ""), number.replace("-", " "), misread):
        assert check_digit.validate(typed, prefix) == number


@given(st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(position: int, character: str) -> None:
    compact = check_digit.new_number("C").replace("-", "")
    at = position + 1
    assume(compact[at] != character)

    with pytest.raises(ValueError, match="check character"):
        check_digit.validate(compact[:at] + character + compact[at + 1 :], "C")


@given(st.integers(1, 16))
def test_two_neighbours_swapped_are_noticed(at: int) -> None:
    compact = check_digit.new_number("C").replace("-", "")
    # MOD 37,36 can miss a swap only of two characters that also stand beside each other in its alphabet.
    assume(abs(ISO_7064.index(compact[at]) - ISO_7064.index(compact[at + 1])) not in {0, 1, 35})

    with pytest.raises(ValueError, match="check character"):
        check_digit.validate(compact[:at] + compact[at + 1] + compact[at] + compact[at + 2 :], "C")


@pytest.mark.parametrize(
    "number", ["", "C", "C-7K3M", "X-7K3M-9QXD-2T5W-8RNA-H", "C-UUUU-UUUU-UUUU-UUUU-U", None, 7]
)
def test_what_is_no_such_number_is_refused(number: Any) -> None:
    with pytest.raises(ValueError, match="form C-XXXX"):
        check_digit.validate(number, "C")


def test_a_number_of_another_kind_is_refused_even_under_this_prefix() -> None:
    case_no = check_digit.new_number("K")

    with pytest.raises(ValueError, match="form C-XXXX"):
        check_digit.validate(case_no, "C")
    with pytest.raises(ValueError, match="check character"):
        check_digit.validate("C" + case_no.removeprefix("K"), "C")


@pytest.mark.parametrize("prefix", ["", "c", "C1", "C-", "ABCDEFGHI", "合"])
def test_a_prefix_is_letters(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        check_digit.new_number(prefix)
    with pytest.raises(ValueError, match="prefix"):
        check_digit.validate("C-7K3M-9QXD-2T5W-8RNA-H", prefix)
