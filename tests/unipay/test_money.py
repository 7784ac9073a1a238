"""Amounts are exact or refused."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipay import money

AMOUNTS = st.integers(min_value=0, max_value=money.MAX_FEN)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("50.00", 5000),
        ("50", 5000),
        ("0", 0),
        ("0.01", 1),
        ("0.1", 10),
        ("1,234.5", 123450),
        ("1234.5", 123450),
        ("0000050.00", 5000),
        ("92,233,720,368,547,758.07", money.MAX_FEN),
    ],
)
def test_an_amount_in_yuan_is_read_exactly(text: str, fen: int) -> None:
    assert money.parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        *["", " ", "50 ", " 50", "5 0", "50\n", ".5", "5.", "1.234", "NaN", "Infinity", "1e3", "+5", "-5"],
        *["1,23", "12,34.00", ",123", "1,2345", "1.2.3", "¥5", "５０", "0x10", "1_000", "--5", "-"],
        "92233720368547758.08",
        "9" * 5000,
    ],
)
def test_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount|too large|negative"):
        money.parse_yuan(text)


@pytest.mark.parametrize("value", [50, 50.0, Decimal("50"), None, b"50", True])
def test_what_is_not_text_is_refused_as_yuan(value: Any) -> None:
    with pytest.raises(ValueError, match="must be text"):
        money.parse_yuan(value)


def test_a_negative_amount_is_read_only_where_it_is_allowed() -> None:
    assert money.parse_yuan("-1,234.56", allow_negative=True) == -123456
    with pytest.raises(ValueError, match="negative"):
        money.parse_yuan("-1,234.56")


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00"), (5, "0.05"), (123450, "1,234.50"), (-1, "-0.01"), (-123450, "-1,234.50"), (100, "1.00")],
)
def test_fen_are_written_as_yuan(fen: int, text: str) -> None:
    assert money.format_yuan(fen) == text


@pytest.mark.parametrize("value", [True, False, 1.0, float("nan"), "1", Decimal(1), None, [1]])
def test_only_an_integer_is_fen(value: Any) -> None:
    with pytest.raises(ValueError, match="integer"):
        money.require_fen(value)


@pytest.mark.parametrize("value", [-1, money.MAX_FEN + 1, -money.MAX_FEN - 1])
def test_fen_out_of_range_are_refused(value: int) -> None:
    with pytest.raises(ValueError, match="negative|too large"):
        money.require_fen(value)


def test_fen_within_range_are_returned_as_they_are() -> None:
    assert money.require_fen(0) == 0
    assert money.require_fen(money.MAX_FEN) == money.MAX_FEN
    assert money.require_fen(-1, allow_negative=True) == -1


@given(AMOUNTS)
def test_every_amount_survives_writing_and_reading(fen: int) -> None:
    assert money.parse_yuan(money.format_yuan(fen)) == fen
    assert money.parse_yuan(money.format_yuan(-fen), allow_negative=True) == -fen


@given(st.text() | st.text("0123456789,.-", max_size=12))
def test_any_text_is_read_exactly_or_refused(text: str) -> None:
    try:
        fen = money.parse_yuan(text)
    except ValueError:
        return

    assert Decimal(text.replace(",", "")) * 100 == fen


@pytest.mark.parametrize(
    ("fen", "shown"),
    [(0, "¥0.00"), (5, "¥0.05"), (123450, "¥1,234.50"), (-50, "-¥0.50"), (10**9, "¥10,000,000.00")],
)
def test_an_amount_bears_its_sign_and_separators(fen: int, shown: str) -> None:
    assert money.format_money(fen) == shown
