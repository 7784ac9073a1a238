"""People read words and yuan where the wire says codes and fen."""

from typing import Any

import pytest
from django.utils.translation import override

from unipay.sandbox import wording
from unipay.sandbox.bank import CHANNELS, TERMINATION_REASONS
from unipay.sandbox.province import NUMBER_EVENTS
from unipay.sandbox.roster import BANKS


@pytest.mark.parametrize("word", [*CHANNELS, *TERMINATION_REASONS, *NUMBER_EVENTS])
def test_every_choice_of_a_form_has_a_name(word: str) -> None:
    assert wording.spoken(word) != word


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "银行柜台"), ("en", "bank counter")])
def test_a_word_is_spoken_in_the_language_of_the_moment(language: str, name: str) -> None:
    with override(language):
        assert wording.spoken("COUNTER") == name


def test_a_word_nobody_listed_stands_for_itself() -> None:
    assert wording.spoken("M-1") == "M-1"


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("amount_max_fen", 50000, ("highest amount (yuan)", "500.00")),
        ("auto_pay", False, ("auto-pay", "no")),
        ("user_type", "PREPAID", ("user type", "prepaid")),
        ("secondary_msisdns", [], ("secondary numbers", "–")),
        ("failure_code", None, ("failure code", "–")),
        ("detail", "so it is", ("detail", "so it is")),
    ],
)
def test_a_field_is_told_with_its_label(name: str, value: Any, line: tuple[str, str]) -> None:
    with override("en"):
        assert list(wording.lines({name: value})) == [line]


def test_a_bank_is_named_in_the_language_of_the_moment() -> None:
    with override("en"):
        english = wording.name_of(BANKS[0])
    with override("zh-hans"):
        chinese = wording.name_of(BANKS[0])

    assert (english, chinese) == ("Industrial and Commercial Bank of China", "中国工商银行")
