"""Codes are typed as lines "01 = SIGNED"."""

import re

import pytest

from unipay.exchange.admin.columns import read_codes, writing_of
from unipay.exchange.admin.fields import field_named
from unipay.exchange.models import LayoutColumn

pytestmark = pytest.mark.usefixtures("english")

CHANGE = field_named("bank_contract_increment", "DETAIL", "change")
AUTO_PAY = field_named("bank_contract_increment", "DETAIL", "auto_pay")
MSISDN = field_named("bank_contract_increment", "DETAIL", "msisdn")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", {}),
        ("01 = SIGNED\n02 = TERMINATED", {"01": "SIGNED", "02": "TERMINATED"}),
        ("  01=signed  \n\n", {"01": "SIGNED"}),
        ("A = B = AMENDED", {"A = B": "AMENDED"}),
    ],
)
def test_lines_become_a_map_of_codes(text: str, codes: dict[str, str]) -> None:
    assert read_codes(text, CHANGE) == codes


def test_a_word_may_be_given_as_people_call_it() -> None:
    assert CHANGE is not None
    title = str(dict(CHANGE.choices)["SIGNED"])

    assert read_codes(f"01 = {title}", CHANGE) == {"01": "SIGNED"}


def test_yes_and_no_have_codes_too() -> None:
    assert read_codes("J = yes\nN = no", AUTO_PAY) == {"J": "TRUE", "N": "FALSE"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("01 SIGNED", "one a line: 01 SIGNED"),
        ("= SIGNED", "one a line: = SIGNED"),
        ("01 =", "one a line: 01 ="),
        ("01 = BOUGHT", "BOUGHT is not a word of this field. It knows: SIGNED (signed), AMENDED (amended), "),
        ("01 = SIGNED\n01 = AMENDED", "The code 01 stands there twice."),
    ],
)
def test_a_line_that_makes_no_sense_is_quoted(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        read_codes(text, CHANGE)


def test_a_field_without_words_has_no_codes() -> None:
    with pytest.raises(ValueError, match="It knows: —"):
        read_codes("01 = SIGNED", MSISDN)


@pytest.mark.parametrize(
    ("name", "column", "said"),
    [
        ("recharge_amount_fen", {"unit": "YUAN"}, "yuan"),
        ("occurred_at", {"date_format": "%Y%m%d"}, "%Y%m%d"),
        ("secondary_msisdns", {"list_separator": ";"}, ";"),
        ("change", {"code_map": {"01": "SIGNED"}}, "01 = signed"),
        ("msisdn", {}, ""),
    ],
)
def test_a_published_column_says_in_words_how_it_is_written(
    name: str, column: dict[str, object], said: str
) -> None:
    field = field_named("bank_contract_increment", "DETAIL", name)

    assert writing_of(LayoutColumn(field=name, **column), field) == said
