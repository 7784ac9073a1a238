"""Cards have a Luhn digit, accounts need not; masks always hide something."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from unipay import bank_card

CARDS = st.from_regex(r"[1-9][0-9]{10,17}", fullmatch=True).map(
    lambda digits: digits + luhn.calc_check_digit(digits)
)


@pytest.mark.parametrize("number", ["6222021234567890128", "4111111111111111", "378282246310005"])
def test_a_card_with_its_luhn_digit_is_accepted(number: str) -> None:
    assert bank_card.validate_card(number) == number


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("6222021234567890123", "check digit"),
        ("4111111111111112", "check digit"),
        ("41111111111", "12 to 19"),
        ("41111111111111111111", "12 to 19"),
        ("4111 1111 1111 1111", "12 to 19"),
        ("4111111111111111\n", "12 to 19"),
        ("４１１１１１１１１１１１１１１１", "12 to 19"),
        ("", "12 to 19"),
        (None, "12 to 19"),
        (4111111111111111, "12 to 19"),
    ],
)
def test_a_wrong_card_number_is_refused(number: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        bank_card.validate_card(number)


@pytest.mark.parametrize("number", ["123456", "6222021234567890123", "1" * 32])
def test_an_account_needs_no_check_digit(number: str) -> None:
    assert bank_card.validate_account(number) == number


@pytest.mark.parametrize("number", ["", "12345", "1" * 33, "12345a", "12-3456", "123456 ", None, 123456])
def test_a_wrong_account_number_is_refused(number: Any) -> None:
    with pytest.raises(ValueError, match="6 to 32"):
        bank_card.validate_account(number)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("6222021234567890123", "622202*********0123"),
        ("4111111111111111", "411111******1111"),
        ("12345678901234", "123456****1234"),
        ("1234567890123", "*********0123"),
        ("12345678", "****5678"),
        ("1234567", "*******"),
        ("", ""),
    ],
)
def test_a_mask_keeps_six_and_four_digits_and_hides_at_least_four(number: str, masked: str) -> None:
    assert bank_card.mask(number) == masked


@pytest.mark.parametrize(
    ("number", "digits"), [("6222021234567890123", "0123"), ("12345678", "5678"), ("1234567", "")]
)
def test_the_last_four_are_told_only_of_a_long_enough_number(number: str, digits: str) -> None:
    assert bank_card.last_four(number) == digits


@given(CARDS, st.integers(0, 18), st.integers(1, 9))
def test_one_mistyped_digit_is_always_noticed(card: str, position: int, shift: int) -> None:
    at = position % len(card)
    mistyped = card[:at] + str((int(card[at]) + shift) % 10) + card[at + 1 :]

    assert bank_card.validate_card(card) == card
    with pytest.raises(ValueError, match="check digit"):
        bank_card.validate_card(mistyped)
