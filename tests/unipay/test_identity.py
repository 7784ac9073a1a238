"""Resident identity numbers and names."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from unipay import identity


def with_check_digit(first_seventeen: str) -> str:
    return first_seventeen + ric.calc_check_digit(first_seventeen + "0")


@pytest.mark.parametrize("number", ["360426199101010071", "11010519491231002X", "440308199901101512"])
def test_a_right_number_is_returned(number: str) -> None:
    assert identity.validate(number) == number


def test_a_small_x_is_written_large() -> None:
    assert identity.validate("11010519491231002x") == "11010519491231002X"


@pytest.mark.parametrize("place", ["810000", "820000", "830000", "911110"])
def test_a_residence_permit_is_as_good_as_an_identity_card(place: str) -> None:
    number = with_check_digit(f"{place}19900101001")

    assert identity.validate(number) == number


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("", "seventeen digits"),
        ("36042619910101007", "seventeen digits"),
        ("3604261991010100711", "seventeen digits"),
        ("36042619910101007Y", "seventeen digits"),
        ("060426199101010071", "seventeen digits"),
        ("360426 199101010071", "seventeen digits"),
        ("360426199101010071\n", "seventeen digits"),
        ("360426910101007", "seventeen digits"),
        (None, "seventeen digits"),
        (360426199101010071, "seventeen digits"),
        ("360426199101010072", "check digit"),
        (with_check_digit("36042619910229007"), "birth date"),
        (with_check_digit("36042619911301007"), "birth date"),
    ],
)
def test_a_wrong_number_is_refused_with_what_is_wrong(number: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        identity.validate(number)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("330106199001011234", "3301**********1234"),
        ("330106900101123", "3301*******1123"),
        ("E12345678", "*********"),
        ("", ""),
    ],
)
def test_a_mask_keeps_both_ends_of_a_long_number(number: str, masked: str) -> None:
    assert identity.mask(number) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三丰", "张**"),
        ("张三", "张*"),
        ("张", "*"),
        (" 张三 ", "张*"),
        ("John Smith", "J*********"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_first_character(name: str, masked: str) -> None:
    assert identity.mask_name(name) == masked


@given(st.integers(110000, 659999), st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 999))
def test_every_number_with_its_check_digit_is_right_and_any_other_wrong(
    place: int, birth: date, order: int
) -> None:
    number = with_check_digit(f"{place}{birth:%Y%m%d}{order:03}")

    assert identity.validate(number) == number
    for wrong in set("0123456789X") - {number[-1]}:
        with pytest.raises(ValueError, match="check digit"):
            identity.validate(number[:-1] + wrong)


@given(st.text(max_size=30))
def test_a_mask_has_the_length_of_what_it_hides(number: str) -> None:
    assert len(identity.mask(number)) == len(number)
