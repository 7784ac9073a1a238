"""What is wrong with a layout, told all at once."""

from typing import Any

import pytest

from tests.unipay.exchange.files import DAY, neutral
from unipay.exchange import layout_rules
from unipay.exchange.kinds import all_kinds
from unipay.exchange.models import FileLayout, LayoutColumn, Section

pytestmark = pytest.mark.usefixtures("english")


def layout(**fields: Any) -> FileLayout:
    plain = {"kind": "bank_contract_full", "effective_from": DAY, "has_header": False, "has_trailer": False}
    return FileLayout(**{**plain, **fields})


def columns(*more: dict[str, Any], width: int | None = None) -> list[LayoutColumn]:
    given = [{"field": "bank_contract_no"}, {"field": "msisdn"}, *more]
    return [
        LayoutColumn(**{"position": position, "section": Section.DETAIL, "width": width, **each})
        for position, each in enumerate(given, start=1)
    ]


def codes(made: FileLayout, own: list[LayoutColumn]) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in layout_rules.faults(made, own)]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [kind.name for kind in all_kinds() if not kind.name.startswith("test")])
def test_our_own_layouts_are_sound(kind: str) -> None:
    ours = neutral(kind)

    assert layout_rules.faults(ours, list(ours.columns.all())) == []


def test_a_sound_layout_has_no_faults() -> None:
    assert codes(layout(), columns()) == []
    assert codes(layout(shape="FIXED"), columns(width=20)) == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"kind": "nonsense"}, ("kind", "unknown_kind")),
        ({"delimiter": ""}, ("delimiter", "missing")),
        ({"delimiter": "a1"}, ("delimiter", "ambiguous")),
        ({"delimiter": " "}, ("delimiter", "ambiguous")),
        ({"delimiter": "\n"}, ("delimiter", "forbidden")),
        ({"quote": "|"}, ("quote", "ambiguous")),
        ({"max_rows": 0}, ("max_rows", "too_few")),
        ({"has_header": True}, ("columns", "missing_columns")),
        ({"detail_mark": "D|"}, ("detail_mark", "ambiguous")),
        ({"file_name_pattern": "{nonsense}"}, ("file_name_pattern", "bad_pattern")),
        ({"file_name_pattern": "a/b"}, ("file_name_pattern", "no_name")),
    ],
)
def test_what_is_wrong_with_the_layout_is_told(given: dict[str, Any], found: tuple[str, str]) -> None:
    assert codes(layout(**given), columns()) == [found]


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ({"field": "nonsense"}, "unknown_field"),
        ({"field": "signed_at", "date_format": "%Y%m%d"}, "bad_date_format"),
        ({"field": "signed_at", "date_format": "%Y%m%d%H%M%S%j"}, "bad_date_format"),
        ({"field": "account_type", "code_map": {"01": "GOLD"}}, "unknown_words"),
        ({"field": "account_type", "code_map": {" ": "DEBIT"}}, "blank_code"),
        ({"field": "account_type", "code_map": ["01"]}, "bad_codes"),
        ({"field": "auto_pay", "code_map": {"01": "perhaps"}}, "unknown_words"),
        ({"field": "holder_name", "code_map": {"01": "x"}}, "needless_codes"),
        ({"field": "secondary_msisdns", "list_separator": "|"}, "ambiguous"),
        ({"field": "holder_name", "constant": "x"}, "needless_constant"),
        ({"constant": "a|b"}, "ambiguous"),
    ],
)
def test_what_is_wrong_with_a_column_is_told_with_its_place(column: dict[str, Any], code: str) -> None:
    assert codes(layout(), columns(column)) == [("columns.DETAIL.3", code)]


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ({"field": "holder_name", "width": None}, "missing_width"),
        ({"field": "holder_name", "pad": "0"}, "bad_padding"),
        ({"field": "holder_name", "pad": "x"}, "bad_padding"),
        ({"field": "account_mask", "pad": "*"}, "bad_padding"),
        ({"field": "recharge_amount_fen", "pad": "0", "align": "LEFT"}, "bad_padding"),
        ({"constant": "123456", "width": 5}, "too_long"),
    ],
)
def test_fixed_width_has_rules_of_its_own(column: dict[str, Any], code: str) -> None:
    assert codes(layout(shape="FIXED"), columns(column, width=20)) == [("columns.DETAIL.3", code)]


def test_everything_is_told_at_once() -> None:
    own = [LayoutColumn(position=1, section=Section.DETAIL, field="msisdn") for _time in range(2)]

    found = codes(layout(header_mark="D", detail_mark="D"), own)

    assert found == [
        ("header_mark", "repeated"),
        ("detail_mark", "repeated"),
        ("columns", "repeated_field"),
        ("columns", "repeated_position"),
        ("columns", "missing_field"),
    ]


def test_names_of_our_files_must_differ() -> None:
    own = [
        LayoutColumn(position=place, section=Section.DETAIL, field=field)
        for place, field in enumerate(["run_no", "bank_contract_no", "difference"], start=1)
    ]

    found = codes(layout(kind="bank_discrepancies", file_name_pattern="{business_date}.txt"), own)

    assert found == [("file_name_pattern", "ambiguous")]
