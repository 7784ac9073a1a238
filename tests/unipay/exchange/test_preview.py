"""Trying a layout on a sample: first lines masked, faults with their place, and the way back."""

from typing import Any

import pytest

from tests.unipay.exchange.files import DAY
from unipay.exchange.models import FileLayout, LayoutColumn, Section
from unipay.exchange.preview import (
    MOST_FAULTS,
    MOST_ROWS,
    Preview,
    PreviewFault,
    PreviewRow,
    RoundTrip,
    preview,
)

pytestmark = pytest.mark.usefixtures("english")

FIELDS = ["bank_contract_no", "msisdn", "secondary_msisdns", "account_number", "holder_name", "signed_at"]
GOOD = "B1|13805710001|13805710002|6222021234567890128|张三丰|20261101080000\n"


def tried(sample: str, **fields: Any) -> Preview:
    plain = {"kind": "bank_contract_full", "effective_from": DAY, "has_header": False, "has_trailer": False}
    layout = FileLayout(**{**plain, **fields})
    columns = [
        LayoutColumn(position=position, field=field, section=Section.DETAIL, date_format=form)
        for position, field in enumerate(FIELDS, start=1)
        for form in ["%Y%m%d%H%M%S" if field == "signed_at" else ""]
    ]
    return preview(layout, columns, sample=sample.encode(), name="sample.txt")


def test_a_good_sample_is_shown_masked_and_comes_back() -> None:
    shown = tried(GOOD)

    values = ("B1", "138 **** 0001", "138 **** 0002", "622202*********0128", "张**", "2026-11-01 08:00:00")
    assert shown == Preview(
        fields=tuple(FIELDS),
        rows=(PreviewRow(1, False, values),),
        line_count=1,
        accepted=1,
        faulty=0,
        round_trip=RoundTrip(True),
    )


def test_faults_are_shown_with_line_column_and_reason() -> None:
    shown = tried(GOOD + "B2|1380571|||\nB3|1380571||||\n")

    assert shown.faults == (
        PreviewFault(2, "", "too_few_columns", ""),
        PreviewFault(3, "msisdn", "bad_msisdn", "138****"),
    )
    assert (shown.line_count, shown.accepted, shown.faulty) == (3, 1, 2)
    assert shown.round_trip == RoundTrip(True)


def test_a_long_sample_is_shown_in_part_and_counted_whole() -> None:
    shown = tried("".join(f"B{number}|x||||\n" for number in range(300)))

    assert (len(shown.rows), len(shown.faults)) == (MOST_ROWS, MOST_FAULTS)
    assert shown.line_count == shown.faulty == 300


@pytest.mark.parametrize("sample", ["B1|x||||\n", ""])
def test_without_a_good_line_nothing_is_written_again(sample: str) -> None:
    shown = tried(sample)

    assert (shown.accepted, shown.round_trip) == (0, None)


def test_a_refused_sample_says_why() -> None:
    shown = tried(GOOD * 3, max_rows=2)

    assert (shown.refusal_code, shown.refusal) == (
        "too_many_lines",
        "The file has more lines than its layout allows.",
    )


def test_a_layout_that_is_wrong_reads_nothing() -> None:
    shown = tried(GOOD, delimiter="")

    assert shown.refusal_code == "bad_layout"
    assert str(shown.refusal) == "Something must stand between the columns."


def test_quoted_columns_come_back() -> None:
    names = ["run_no", "bank_contract_no", "difference"]
    layout = FileLayout(
        kind="bank_discrepancies", effective_from=DAY, has_header=False, has_trailer=False, quote='"'
    )
    columns = [
        LayoutColumn(position=place, field=name, section=Section.DETAIL)
        for place, name in enumerate(names, start=1)
    ]

    shown = preview(layout, columns, sample=b'R-1|B1|"a|b"\n', name="sample.txt")

    assert shown.rows == (PreviewRow(1, False, ("R-1", "B1", "a|b")),)
    assert shown.round_trip == RoundTrip(True)


def test_a_sealed_sample_needs_the_partners_key() -> None:
    shown = tried(GOOD, cipher="AES-256-GCM")

    assert shown.refusal_code == "undecryptable"


def test_the_first_lines_of_a_file_are_shown_without_its_trailer() -> None:
    shown = tried(f"{GOOD}B2{GOOD[2:]}", has_trailer=True, trailer_mark="T", detail_mark="")

    assert (shown.is_beginning, shown.refusal, shown.accepted) == (True, "", 2)


def test_what_no_trailer_explains_is_refused_as_it_is() -> None:
    shown = tried("nonsense\n", has_trailer=True, trailer_mark="T", detail_mark="")

    assert (shown.is_beginning, shown.refusal_code) == (False, "no_trailer")
