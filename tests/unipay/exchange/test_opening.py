"""Sealed columns on their way into a file."""

import csv
import io

import pytest

from unipay import encryption
from unipay.exchange.opening import OpeningLines


def opened(*rows: tuple[str, str, str]) -> list[list[str]]:
    """What is written of rows with a plain value, an account and a name, each sealed unless empty."""
    keys = encryption.default()
    target = io.BytesIO()
    lines = OpeningLines(target, ["contract.account", "contract.holder"])
    for plain, account, name in rows:
        sealed = [keys.seal(account, context="contract.account") if account else ""]
        sealed.append(keys.seal(name, context="contract.holder") if name else "")
        lines.write(f"{plain},{sealed[0]},{sealed[1]}\n".encode())
    lines.flush()
    return list(csv.reader(io.StringIO(target.getvalue().decode())))


def test_values_come_out_as_they_were_sealed_whatever_they_hold() -> None:
    rows = [("1", "6222021234567890128", '张"三", 丰'), ('"a,b"', "", "李四"), ("", "1", "")]

    assert opened(*rows) == [
        ["1", "6222021234567890128", '张"三", 丰'],
        ["a,b", "", "李四"],
        ["", "1", ""],
    ]


def test_more_lines_than_are_kept_at_once_come_out_in_order() -> None:
    assert [row[0] for row in opened(*((str(n), "1", "x") for n in range(2500)))] == [
        str(n) for n in range(2500)
    ]


def test_what_is_sealed_for_another_column_is_not_opened() -> None:
    token = encryption.default().seal("1", context="mandate.account")
    lines = OpeningLines(io.BytesIO(), ["contract.account"])
    lines.write(f"1,{token}\n".encode())

    with pytest.raises(encryption.Unsealable):
        lines.flush()


def test_a_value_of_several_lines_stays_one_row() -> None:
    assert opened(('"one\ntwo"', "1", "x"), ("3", "2", "y")) == [["one\ntwo", "1", "x"], ["3", "2", "y"]]
