"""Mobile numbers, and the segments from which their home province is known."""

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unipay
from unipay import msisdn

FIXTURES = Path(unipay.__file__).parent / "partners" / "fixtures"
NUMBERS = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


def rows_of(name: str) -> list[dict[str, str]]:
    with (FIXTURES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("number", ["13805710001", "19999999999", "15000000000"])
def test_eleven_digits_from_13_to_19_are_a_number(number: str) -> None:
    assert msisdn.validate(number) == number


@pytest.mark.parametrize(
    "number",
    [
        *["", "1380571000", "138057100011", "12805710001", "23805710001", "1380571000a", " 13805710001"],
        *["13805710001\n", "+8613805710001", "138 0571 0001", "１３８０５７１０００１", None, 13805710001],
    ],
)
def test_anything_else_is_refused(number: Any) -> None:
    with pytest.raises(ValueError, match="eleven digits"):
        msisdn.validate(number)


@pytest.mark.parametrize(
    "text",
    [
        *["13805710001", "+8613805710001", "008613805710001", "8613805710001", "+86 138-0571-0001"],
        *[" 138 0571 0001 ", "(86)13805710001", "１３８０５７１０００１", "138\t05710001"],
    ],
)
def test_a_number_as_people_write_it_is_understood(text: str) -> None:
    assert msisdn.normalise(text) == "13805710001"


@pytest.mark.parametrize("text", ["", "abc", "8613805710", "+1 13805710001", "8686 13805710001"])
def test_text_without_a_number_in_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="eleven digits"):
        msisdn.normalise(text)


@pytest.mark.parametrize(
    ("number", "masked"), [("13800571234", "138 **** 1234"), ("", ""), ("12345", "*****"), ("张三", "**")]
)
def test_a_mask_keeps_three_and_four_digits(number: str, masked: str) -> None:
    assert msisdn.mask(number) == masked


def test_segments_are_tried_longest_first() -> None:
    assert msisdn.home_prefixes("13805710001") == ("1380571", "138057", "13805", "1380", "138")


def test_an_invalid_number_has_no_segments() -> None:
    with pytest.raises(ValueError, match="eleven digits"):
        msisdn.home_prefixes("0571")


@given(NUMBERS)
def test_normalising_changes_no_valid_number(number: str) -> None:
    assert msisdn.normalise(number) == msisdn.validate(number) == msisdn.normalise(f"+86{number}")


def test_all_31_provinces_are_listed_once() -> None:
    provinces = rows_of("provinces.csv")

    assert len(provinces) == 31
    for column in ("code", "name_zh", "name_en"):
        assert len({province[column] for province in provinces}) == 31


def test_every_province_has_segments_and_no_segment_two_provinces() -> None:
    segments = rows_of("number_segments.csv")

    assert {row["province_code"] for row in segments} == {row["code"] for row in rows_of("provinces.csv")}
    assert len({row["prefix"] for row in segments}) == len(segments)
    assert all(len(row["prefix"]) == 7 and row["prefix"].isdigit() and row["city"] for row in segments)


@pytest.mark.parametrize(
    ("number", "province_code", "city"),
    [
        ("13800100001", "BJ", "北京"),
        ("13800200001", "GD", "广州"),
        ("13800210001", "SH", "上海"),
        ("13805710001", "ZJ", "杭州"),
        ("13805740001", "ZJ", "宁波"),
        ("13805730001", "ZJ", "嘉兴"),
        ("13805720001", "ZJ", "湖州"),
        ("13805120001", "JS", "苏州"),
        ("13807550001", "GD", "深圳"),
        ("13808980001", "HI", "海口"),
        ("13809910001", "XJ", "乌鲁木齐"),
    ],
)
def test_a_number_is_at_home_where_its_segment_says(number: str, province_code: str, city: str) -> None:
    segments = {row["prefix"]: row for row in rows_of("number_segments.csv")}

    home = next(segments[prefix] for prefix in msisdn.home_prefixes(number) if prefix in segments)

    assert (home["province_code"], home["city"]) == (province_code, city)


@pytest.mark.parametrize(
    ("number", "shown"), [("13800571234", "138 0057 1234"), ("", ""), ("12345", "12345")]
)
def test_a_number_is_written_in_groups_as_people_read_it_out(number: str, shown: str) -> None:
    assert msisdn.spaced(number) == shown
