"""What happens when a province sends its bills as a file (domain.md C3): also twice, and with senseless lines."""

from datetime import timedelta
from itertools import count

import pytest

from billing.models import Bill
from tests.billing.factories import DAY, MSISDN, NOW, make_bill, make_debit_run, make_item
from tests.factories import make_province
from tests.signing.factories import the_province
from unipay import clock
from unipay.exchange.flows import check, receive
from unipay.exchange.models import FileFault, FileOrigin, ReceivedFile

pytestmark = pytest.mark.django_db

_files = count(1)


def bring(*lines: str) -> ReceivedFile:
    """Hand in the province's bills in our neutral layout, and have the file read; each call is another file."""
    province, number = the_province(), next(_files)
    cut_off = clock.rfc3339(clock.business_day_start(DAY + timedelta(days=1)))
    total = sum(int(line.split("|")[5] or 0) for line in lines)
    text = [
        f"H|{province.code}|{DAY.isoformat()}|{cut_off}|BILLS{number}",
        *(f"D|{line}" for line in lines),
        f"T|{len(lines)}|{total}",
    ]
    file = receive.keep(
        partner=province,
        kind="province_bills",
        name=f"bills-{number}.txt",
        chunks=["".join(f"{line}\n" for line in text).encode()],
        origin=FileOrigin.COMMAND,
        business_date=DAY,
        now=NOW,
    )
    return check.check(file.pk, now=lambda: NOW)


def line(
    change: str, number: str, amount_fen: int | str = 5800, *, msisdn: str = MSISDN, month: str = ""
) -> str:
    return f"{change}|{number}|{msisdn}||{month or '2026-10-01'}|{amount_fen}|2026-11-05|"


def cancelled(number: str) -> str:
    return f"CANCEL|{number}||||||"


def faults(file: ReceivedFile) -> list[tuple[int, str]]:
    return list(FileFault.objects.filter(file=file).order_by("line_no").values_list("line_no", "code"))


def bills() -> dict[str, tuple[str, int, int]]:
    return {bill.province_bill_no: (bill.state, bill.amount_fen, bill.version) for bill in Bill.objects.all()}


def test_a_file_adds_amends_and_cancels_bills() -> None:
    for number in ("PB-A", "PB-C"):
        make_bill(province_bill_no=number)

    file = bring(line("ADD", "PB-N"), line("AMEND", "PB-A", 4000), cancelled("PB-C"))

    assert (file.state, faults(file)) == ("ACCEPTED", [])
    assert bills() == {
        "PB-A": ("DUE", 4000, 2),
        "PB-C": ("CANCELLED", 5000, 2),
        "PB-N": ("DUE", 5800, 1),
    }
    added = Bill.objects.get(province_bill_no="PB-N")
    assert (added.msisdn, added.billing_month.isoformat(), added.kind) == (MSISDN, "2026-10-01", "PERSONAL")
    assert added.bill_no.startswith("B-")


def test_the_same_lines_in_another_file_change_nothing() -> None:
    make_bill(province_bill_no="PB-A")
    make_bill(province_bill_no="PB-C")
    lines = (line("ADD", "PB-N"), line("AMEND", "PB-A", 4000), cancelled("PB-C"))
    bring(*lines)
    before = bills()

    file = bring(*lines)

    assert faults(file) == []
    assert bills() == before


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (line("ADD", "PB-1", 1), "bill_contradicts"),
        (line("ADD", "PB-9", msisdn="19900000000"), "number_not_at_home"),
        (line("ADD", "PB-9", 0), "bill_incomplete"),
        (line("ADD", "PB-9", ""), "bill_incomplete"),
        (line("ADD", "PB-9", 10**11 + 1), "bill_too_large"),
        (line("AMEND", "PB-1", 10**17), "bill_too_large"),
        (f"{line('ADD', 'PB-9')}2099-01-01T00:00:00+08:00", "bill_of_a_future_owner"),
        (f"{line('AMEND', 'PB-1')}2099-01-01T00:00:00+08:00", "bill_of_a_future_owner"),
        (line("AMEND", "PB-9", 100), "bill_not_found"),
        (line("AMEND", "PB-1", 100, month="2026-09-01"), "bill_contradicts"),
        (line("AMEND", "PB-PART", 1999), "bill_below_settled"),
        (line("AMEND", "PB-ASKED", 4999), "bill_in_flight"),
        (line("AMEND", "PB-OVER", 100), "bill_cancelled"),
        (cancelled("PB-9"), "bill_not_found"),
        (cancelled("PB-PART"), "bill_partly_settled"),
        (cancelled("PB-PAID"), "bill_not_due"),
        (cancelled("PB-ASKED"), "bill_in_flight"),
    ],
)
def test_a_line_that_makes_no_sense_is_a_fault_and_the_others_count(said: str, code: str) -> None:
    for number, state, settled_fen in (
        ("PB-1", "DUE", 0),
        ("PB-PART", "DUE", 2000),
        ("PB-OVER", "CANCELLED", 0),
        ("PB-PAID", "SETTLED", 5000),
    ):
        make_bill(state, province_bill_no=number, settled_fen=settled_fen)
    make_item(make_debit_run(), bill=make_bill(province_bill_no="PB-ASKED"))
    before = bills()

    file = bring(said, line("ADD", "PB-GOOD"))

    assert faults(file) == [(2, code)]
    assert bills() == {**before, "PB-GOOD": ("DUE", 5800, 1)}


def test_a_bill_named_twice_in_one_file_is_nobodys_word() -> None:
    file = bring(line("ADD", "PB-1"), line("AMEND", "PB-1", 4000), line("ADD", "PB-2"))

    assert {code for _line, code in faults(file)} == {"duplicate_key"}
    assert not Bill.objects.filter(province_bill_no="PB-1").exists()


def test_another_provinces_bill_of_the_same_number_is_left_alone() -> None:
    theirs = make_bill(province=make_province("GD", prefix="1350000"), province_bill_no="PB-1")

    bring(line("ADD", "PB-1", 100))

    assert Bill.objects.get(pk=theirs.pk).amount_fen == 5000
    assert Bill.objects.count() == 2
