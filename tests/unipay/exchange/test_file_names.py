"""The names of files: written by a pattern and read by it."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipay.exchange import file_names

NEUTRAL = "{kind}_{partner}_{business_date:%Y%m%d}_{sequence}.txt"
FACTS: dict[str, Any] = {
    "partner": "ICBC",
    "kind": "bank_contract_full",
    "business_date": date(2026, 11, 20),
    "file_no": "F-7K3M-9QXD",
    "sequence": 3,
}


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (NEUTRAL, "bank_contract_full_ICBC_20261120_3.txt"),
        ("{business_date:%y-%m-%d}.{sequence:03d}", "26-11-20.003"),
        ("{file_no}.dat", "F-7K3M-9QXD.dat"),
        ("QY.txt", "QY.txt"),
    ],
)
def test_a_name_is_written_and_read(pattern: str, name: str) -> None:
    assert file_names.write(pattern, **FACTS) == name
    said = file_names.read(pattern, name)
    assert said is not None
    assert said == {key: FACTS[key] for key in said}


@given(
    partner=st.from_regex(r"[A-Z]{2,8}", fullmatch=True),
    day=st.dates(date(2000, 1, 1)),
    number=st.integers(1),
)
def test_whatever_is_written_is_read(partner: str, day: date, number: int) -> None:
    facts = {"partner": partner, "kind": "bank_contract_full", "business_date": day, "sequence": number}

    assert file_names.read(NEUTRAL, file_names.write(NEUTRAL, **facts)) == facts


def test_the_ending_of_a_packed_file_does_not_matter() -> None:
    assert file_names.read("{business_date}.txt", "20261120.txt.gz") == {"business_date": date(2026, 11, 20)}
    assert file_names.read("{sequence}.zip", "1.zip") == {"sequence": 1}


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("", "a.txt"),
        (NEUTRAL, "other.txt"),
        ("{business_date}.txt", "20261131.txt"),
        ("{business_date}.txt", "2026-11-20.txt"),
        ("{nonsense}.txt", "a.txt"),
        ("{", "{"),
    ],
)
def test_a_name_that_does_not_fit_says_nothing(pattern: str, name: str) -> None:
    assert file_names.read(pattern, name) is None


@pytest.mark.parametrize("pattern", ["{nonsense}", "{partner!r}", "{business_date:%H}", "{"])
def test_a_wrong_pattern_writes_nothing(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        file_names.write(pattern, **FACTS)


@pytest.mark.parametrize(
    ("text", "may_be"),
    [("a.txt", True), ("工行.txt", True), ("../a", False), ("a\\b", False), ("..", False), ("", False)],
)
def test_a_name_is_no_path(text: str, may_be: bool) -> None:
    assert file_names.is_name(text) == may_be
