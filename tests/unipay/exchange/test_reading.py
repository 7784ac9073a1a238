"""Reading files: every line accounted for, every fault named with line, column and reason."""

from pathlib import Path
from typing import Any

import pytest

from tests.unipay.exchange.files import DAY, faults, make_layout, neutral, reading_of, received, rows
from unipay import identity
from unipay.exchange import vault
from unipay.exchange.reading import ReadingRefused, open_reading

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

HEADER = "H|ICBC|2026-11-20|2026-11-21T00:00:00+08:00|20261120-1\n"
LINE = (
    "D|B1|13805710001|13805710002,13805710003|6222021234567890128||DEBIT|张三||5000|10000|Y"
    "|2026-11-01T08:00:00+08:00\n"
)
OTHER = "D|B2|13805710009||||||||||\n"


def full(*lines: str, header: str = HEADER, trailer: str | None = None) -> bytes:
    return (header + "".join(lines) + (trailer if trailer is not None else f"T|{len(lines)}\n")).encode()


def test_a_good_file_is_read_into_typed_columns() -> None:
    with reading_of(full(LINE, OTHER), neutral("bank_contract_full")) as reading:
        assert rows(reading) == [
            (2, False, "B1", "13805710001", "13805710002,13805710003", "6222021234567890128", None)
            + ("DEBIT", "张三", None, 5000, 10000, True, "2026-11-01 00:00:00+00"),
            (3, False, "B2", "13805710009", "", *[None] * 9),
        ]
        assert faults(reading) == []
        assert (reading.line_count, reading.accepted_count, reading.faulty_count) == (2, 2, 0)
        assert reading.header == {
            "partner_code": "ICBC",
            "business_date": "2026-11-20",
            "cut_off_at": "2026-11-20T16:00:00+00:00",
            "file_no": "20261120-1",
        }
        assert reading.trailer == {"row_count": 2}
        assert reading.business_date == DAY


def test_each_fault_is_told_with_line_column_and_reason() -> None:
    broken = [
        "D|B1|1380571000||62220212345678A||GOLD||330102199001011235|12.5|x|maybe|2026-13-01T00:00:00+08:00\n",
        "D||13805710001||||||||||\n",
        "D|B3|13805710001|13805710002,13805710002|||||||||\n",
        "D|B4|13805710001|13805710001|||||||||\n",
        "D|B5|13805710001\n",
        "D|B6|13805710001||||||||||||\n",
        "X|B7|13805710001||||||||||\n",
    ]

    with reading_of(full(*broken), neutral("bank_contract_full")) as reading:
        assert faults(reading) == [
            (2, "account_number", "bad_account", "622************"),
            (2, "account_type", "unknown_code", "GOLD"),
            (2, "auto_pay", "bad_flag", "maybe"),
            (2, "identity_no", "bad_identity_no", "330***************"),
            (2, "msisdn", "bad_msisdn", "138*******"),
            (2, "recharge_amount_fen", "bad_amount", "x"),
            (2, "recharge_threshold_fen", "bad_amount", "12.5"),
            (2, "signed_at", "bad_time", "2026-13-01T00:00:00+08:00"),
            (3, "bank_contract_no", "empty", ""),
            (4, "secondary_msisdns", "repeated_number", "138********************"),
            (5, "secondary_msisdns", "repeated_number", "138********"),
            (6, "", "too_few_columns", ""),
            (7, "", "too_many_columns", ""),
            (8, "", "wrong_mark", ""),
        ]
        assert (reading.line_count, reading.accepted_count, reading.faulty_count) == (7, 0, 7)
        assert reading.unreadable_count == 4


def test_lines_of_one_key_are_all_faulty() -> None:
    with reading_of(
        full(LINE, OTHER, LINE.replace("5000", "6000")), neutral("bank_contract_full")
    ) as reading:
        assert faults(reading) == [
            (2, "bank_contract_no", "duplicate_key", ""),
            (4, "bank_contract_no", "duplicate_key", ""),
        ]
        assert [line[:2] for line in rows(reading)] == [(2, True), (3, False), (4, True)]
        assert reading.unreadable_count == 0


def test_blank_and_broken_lines_keep_the_numbers_of_the_others() -> None:
    content = (
        HEADER.encode()
        + b"\n"
        + OTHER.encode()
        + b"D|\xff\xfe|1||||||||||\nD|"
        + b"x" * 100_000
        + b"\nD|\0|||||||||||\n"
    )
    content += LINE.encode() + b"T|6\n\n\n"

    with reading_of(content, neutral("bank_contract_full")) as reading:
        assert faults(reading) == [
            (2, "", "empty_line", ""),
            (4, "", "bad_encoding", ""),
            (5, "", "line_too_long", ""),
            (6, "", "bad_character", ""),
        ]
        assert [line[:3] for line in rows(reading, "bank_contract_no") if not line[1]] == [
            (3, False, "B2"),
            (7, False, "B1"),
        ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n\n", "empty_file"),
        (full(OTHER, header=""), "no_header"),
        (full(OTHER, trailer=""), "no_trailer"),
        (full(OTHER, trailer="T|2\n"), "wrong_row_count"),
        (full(OTHER, trailer="T|x\n"), "bad_trailer"),
        (full(OTHER, trailer="T\n"), "bad_trailer"),
        (full(OTHER, header="H|ICBC|2026-11-31|2026-11-21T00:00:00+08:00|1\n"), "bad_header"),
        (full(OTHER, header="H|BOC|2026-11-20|2026-11-21T00:00:00+08:00|1\n"), "wrong_partner"),
        (full(OTHER, header="H|ICBC|2026-11-19|2026-11-21T00:00:00+08:00|1\n"), "wrong_date"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused(content: bytes, code: str) -> None:
    with (
        pytest.raises(ReadingRefused) as refused,
        reading_of(content, neutral("bank_contract_full"), business_date=DAY),
    ):
        pass

    assert refused.value.code == code


@pytest.mark.parametrize(
    "header",
    ["H|6222020200011234567|2026-11-20|x|1\n", "H|ICBC|6222020200011234567|2026-11-21T00:00:00+08:00|1\n"],
)
def test_why_a_file_is_refused_shows_no_account_number(header: str) -> None:
    with (
        pytest.raises(ReadingRefused) as refused,
        reading_of(full(OTHER, header=header), neutral("bank_contract_full")),
    ):
        pass

    assert "0200011234" not in str(refused.value.text)


@pytest.mark.parametrize("cipher", ["NONE", "SM4-GCM"])
def test_a_file_of_no_bytes_that_is_declared_empty_has_no_lines(cipher: str) -> None:
    layout = neutral("bank_contract_full")
    layout.cipher = cipher

    with reading_of(b"", layout, is_declared_empty=True) as reading:
        assert (reading.line_count, reading.header, reading.trailer) == (0, {}, {})
        assert rows(reading) == faults(reading) == []


def test_more_lines_than_the_layout_allows_are_refused() -> None:
    layout = make_layout("bank_contract_full", ["bank_contract_no", "msisdn"], max_rows=2)

    with pytest.raises(ReadingRefused) as refused, reading_of(b"B1|13805710001\n" * 3, layout):
        pass

    assert refused.value.code == "too_many_lines"


@pytest.mark.parametrize(
    "content",
    [
        b"B1|13805710001\r\nB2|13805710002\r\n",
        b"\xef\xbb\xbfB1|13805710001\nB2|13805710002",
        b" B1 |\t13805710001\nB2|13805710002\n",
    ],
    ids=["crlf", "bom", "blanks"],
)
def test_line_ends_marks_and_blanks_do_not_matter(content: bytes) -> None:
    layout = make_layout("bank_contract_full", ["bank_contract_no", "msisdn"])

    with reading_of(content, layout) as reading:
        assert rows(reading) == [(1, False, "B1", "13805710001"), (2, False, "B2", "13805710002")]


def test_a_file_altered_in_its_middle_is_refused(settings: Any, tmp_path: Path) -> None:
    settings.UNIPAY_FILES_DIR = tmp_path
    layout = make_layout("bank_contract_full", ["bank_contract_no", "msisdn"])
    file = received(b"B1|13805710001\n" * 300_000, layout)
    (path,) = (each for each in (tmp_path / "vault").rglob("F-*") if each.is_file())
    sealed = bytearray(path.read_bytes())

    sealed[2_500_000] ^= 1
    path.write_bytes(sealed)

    with pytest.raises(ReadingRefused) as refused, open_reading(file):
        pass
    assert refused.value.code == "altered"


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_blank_lines_without_end_are_refused_while_they_are_read(encoding: str) -> None:
    layout = make_layout(
        "bank_contract_full", ["bank_contract_no", "msisdn"], max_rows=1000, encoding=encoding
    )

    with pytest.raises(ReadingRefused) as refused, reading_of(b"\n" * 3_000_000 + b"x", layout):
        pass

    assert refused.value.code == "too_many_lines"


def test_a_line_of_100_megabytes_is_one_fault() -> None:
    layout = make_layout("bank_contract_full", ["bank_contract_no", "msisdn"])
    file = received(b"B1|13805710001\n", layout)
    vault.remove(file.file_no)
    vault.store(file.file_no, [b"B1|13805710001\n", *[b"x" * 2**20] * 100, b"\nB2|13805710002\n"])

    with open_reading(file) as reading:
        assert faults(reading) == [(2, "", "line_too_long", "")]
        assert [line[2] for line in rows(reading, "bank_contract_no")] == ["B1", None, "B2"]


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("12", 1200),
        ("12.3", 1230),
        ("12.34", 1234),
        ("1,200.00", 120_000),
        ("0.00", 0),
        ("", None),
        ("0012.30", 1230),
    ],
)
def test_amounts_in_yuan_are_exact(text: str, fen: int | None) -> None:
    columns = ["bank_contract_no", "msisdn", {"field": "recharge_amount_fen", "unit": "YUAN"}]
    layout = make_layout("bank_contract_full", columns)

    with reading_of(f"B1|13805710001|{text}\n".encode(), layout) as reading:
        assert rows(reading, "recharge_amount_fen") == [(1, False, fen)]


@pytest.mark.parametrize("text", ["12.345", "1,20.00", "1.", ".5", "-5", "1e3", "5元", "１２", "0x10", "1_0"])
@pytest.mark.parametrize("unit", ["FEN", "YUAN"])
def test_what_is_no_amount_is_never_zero(text: str, unit: str) -> None:
    columns = ["bank_contract_no", "msisdn", {"field": "recharge_amount_fen", "unit": unit}]
    layout = make_layout("bank_contract_full", columns)

    with reading_of(f"B1|13805710001|{text}\n".encode(), layout) as reading:
        assert faults(reading) == [(1, "recharge_amount_fen", "bad_amount", text)]
        assert rows(reading, "recharge_amount_fen") == [(1, True, None)]


@pytest.mark.parametrize(
    ("form", "text", "moment"),
    [
        ("%Y%m%d%H%M%S", "20261101080000", "2026-11-01 00:00:00+00"),
        ("%Y-%m-%d %H:%M", "2026-11-01 08:00", "2026-11-01 00:00:00+00"),
        ("", "2026-11-01T00:00:00Z", "2026-11-01 00:00:00+00"),
        ("%Y%m%d%H%M%S", "2026111080000", None),
        ("%Y%m%d%H%M%S", "20261301080000", None),
        ("%Y%m%d%H%M%S", "00000000000000", None),
        ("", "2026-11-01 08:00:00", None),
    ],
)
def test_moments_are_read_by_their_format_in_our_zone(form: str, text: str, moment: str | None) -> None:
    columns = ["bank_contract_no", "msisdn", {"field": "signed_at", "date_format": form}]
    layout = make_layout("bank_contract_full", columns)

    with reading_of(f"B1|13805710001|{text}\n".encode(), layout) as reading:
        assert rows(reading, "signed_at") == [(1, moment is None, moment)]


@pytest.mark.parametrize(
    "number", ["330102199001011234", "33010219900101123X", "0" * 18, "11010519491231002x"]
)
def test_identity_numbers_are_judged_as_everywhere_else(number: str) -> None:
    layout = make_layout("bank_contract_full", ["bank_contract_no", "msisdn", "identity_no"])
    try:
        expected: str | None = identity.validate(number)
    except ValueError:
        expected = None

    with reading_of(f"B1|13805710001|{number}\n".encode(), layout) as reading:
        assert rows(reading, "identity_no") == [(1, expected is None, expected)]
