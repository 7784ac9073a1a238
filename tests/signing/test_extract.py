"""Tests of our side of a comparison, as it is written out."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from signing import extract
from signing.models import Contract
from tests.signing.factories import (
    MSISDN,
    NOW,
    make_contract,
    make_transaction,
    the_bank,
    the_province,
)

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)


def test_a_banks_formal_contracts_are_written_line_by_line() -> None:
    contract = make_contract(bank_contract_no="B1", secondary_msisdns=["13805710009", "13805710002"])

    lines = written(lambda sink: extract.copy_formal_contracts_of_bank(the_bank().pk, sink))

    assert lines == [
        dict(
            zip(
                extract.COLUMNS_OF_BANK,
                [
                    str(contract.pk),
                    "1",
                    contract.contract_no,
                    "B1",
                    MSISDN,
                    "13805710002,13805710009",
                    contract.account_index,
                    "622202*********0128",
                    "DEBIT",
                    "2000",
                    "5000",
                    "f",
                    "ACTIVE",
                    str(the_province().pk),
                ],
                strict=True,
            )
        )
    ]


@pytest.mark.parametrize(
    ("state", "is_written"),
    [
        ("PROVISIONAL", False),
        ("CONTESTED", False),
        ("ACTIVE", True),
        ("SUSPENDED", True),
        ("TERMINATED", False),
    ],
)
def test_only_what_is_formal_is_written(state: str, is_written: bool) -> None:
    contract = make_contract(state)

    of_bank = written(lambda sink: extract.copy_formal_contracts_of_bank(contract.bank_id, sink))
    of_province = written(lambda sink: extract.copy_formal_contracts_of_province(contract.province_id, sink))

    assert (len(of_bank), len(of_province)) == (is_written, is_written)


def test_what_is_another_partners_is_not_written() -> None:
    make_contract(bank=the_bank("CCB"), province=the_province("JS", prefix="1390250"))

    of_bank = written(lambda sink: extract.copy_formal_contracts_of_bank(the_bank().pk, sink))
    of_province = written(lambda sink: extract.copy_formal_contracts_of_province(the_province().pk, sink))

    assert (of_bank, of_province) == ([], [])


def test_a_province_reads_the_banks_code_and_nothing_where_nothing_is_known() -> None:
    make_contract(
        bank=the_bank("CCB"),
        user_type="",
        recharge_threshold_fen=None,
        recharge_amount_fen=None,
        auto_pay=True,
        account_type="",
    )

    [line] = written(lambda sink: extract.copy_formal_contracts_of_province(the_province().pk, sink))

    assert (line["bank_code"], line["account_type"], line["auto_pay"]) == ("CCB", "", "t")
    assert (line["recharge_threshold_fen"], line["recharge_amount_fen"]) == ("", "")


def test_the_live_contract_counts_of_those_that_share_a_banks_number() -> None:
    make_contract("TERMINATED", bank_contract_no="B1")
    live = make_contract("ACTIVE", bank_contract_no="B1")
    make_contract("TERMINATED", bank_contract_no="B1", msisdn="13805710002")

    lines = named(("B1", ""))

    assert [line["contract_id"] for line in lines] == [str(live.pk)]


def test_the_newest_contract_counts_where_none_lives() -> None:
    make_contract("TERMINATED", bank_contract_no="B1")
    newest = make_contract("TERMINATED", bank_contract_no="B1", ended_at=NOW + timedelta(milliseconds=5))

    [line] = named(("B1", ""))

    assert (line["contract_id"], line["ended_at"]) == (str(newest.pk), "2026-03-02T04:00:00.005000Z")


def test_what_was_journalled_that_day_is_written_with_its_last_change() -> None:
    signed, amended, suspended = (make_contract(msisdn=f"1380571000{last}") for last in (1, 2, 3))
    other_day = make_contract(msisdn="13805710004")
    make_transaction(signed, "SIGNED", version=1)
    make_transaction(signed, "AMENDED", version=2)
    make_transaction(amended, "AMENDED", version=2)
    make_transaction(amended, "SIGNED", version=1, business_date=DAY - timedelta(days=1))
    make_transaction(suspended, "SUSPENDED", version=2)
    make_transaction(other_day, "SIGNED", business_date=DAY - timedelta(days=1))

    lines = {line["contract_id"]: (line["last_change"], line["signed_that_day"]) for line in named()}

    assert lines == {
        str(signed.pk): ("AMENDED", "t"),
        str(amended.pk): ("AMENDED", "f"),
        str(suspended.pk): ("", "f"),
    }


def test_what_is_formal_at_the_bank_on_a_number_of_the_file_is_written_once() -> None:
    contract = make_contract(bank_contract_no="OLD")
    make_contract(msisdn="13805710002", bank=the_bank("CCB"))

    lines = named(("NEW", MSISDN), ("OLD", MSISDN), ("", "13805710002"))

    assert [line["contract_id"] for line in lines] == [str(contract.pk)]


def test_a_provinces_increment_finds_contracts_by_number_journal_and_mobile_number() -> None:
    by_number = make_contract("TERMINATED")
    journalled = make_contract("TERMINATED")
    make_transaction(journalled, "TERMINATED")
    held = make_contract()
    left = make_contract("TERMINATED", province=the_province("JS", prefix="1390250"))
    make_transaction(left, "AMENDED", province=the_province())

    lines = named((by_number.contract_no, ""), ("", MSISDN), of_province=True)

    found = {line["contract_id"]: (line["bank_code"], line["last_change"]) for line in lines}
    assert found == {
        str(by_number.pk): ("ICBC", ""),
        str(journalled.pk): ("ICBC", "TERMINATED"),
        str(held.pk): ("ICBC", ""),
    }


def test_a_number_that_looks_like_a_separator_is_quoted() -> None:
    make_contract(bank_contract_no='A|B"C')
    sink = io.BytesIO()

    extract.copy_formal_contracts_of_bank(the_bank().pk, sink)

    assert b'|"A|B""C"|' in sink.getvalue()


def test_nobody_is_formal_and_nothing_is_written() -> None:
    assert Contract.objects.count() == 0
    assert written(lambda sink: extract.copy_formal_contracts_of_bank(the_bank().pk, sink)) == []


def named(*keys: tuple[str, str], of_province: bool = False) -> list[dict[str, str]]:
    """What an increment with these keys (a contract's number, a mobile number) is compared with."""
    with connection.cursor() as cursor:
        number = "contract_no" if of_province else "bank_contract_no"
        cursor.execute(f"CREATE TEMP TABLE named ({number} text, msisdn text) ON COMMIT DROP")
        for key in keys:
            cursor.execute("INSERT INTO named VALUES (%s, %s)", key)
    if of_province:
        return written(
            lambda sink: extract.copy_contracts_named_by_province(the_province().pk, "named", DAY, sink),
            extract.COLUMNS_OF_PROVINCE + extract.COLUMNS_OF_DAY,
        )
    return written(
        lambda sink: extract.copy_contracts_named(the_bank().pk, "named", DAY, sink),
        extract.COLUMNS_OF_BANK + extract.COLUMNS_OF_DAY,
    )


def written(copy: Callable[[Any], None], columns: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """The lines as dictionaries, in the order of their contracts."""
    sink = io.BytesIO()
    copy(sink)
    rows = [line.split("|") for line in sink.getvalue().decode().splitlines()]
    rows.sort(key=lambda row: int(row[0]))
    names = columns or (
        extract.COLUMNS_OF_BANK if rows and rows[0][-1].isdigit() else extract.COLUMNS_OF_PROVINCE
    )
    return [dict(zip(names, row, strict=True)) for row in rows]
