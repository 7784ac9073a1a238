"""Domain.md C4 with real files: settled at export, brought by hand in the bank's own format, failed lines reversed."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from billing.flows.debit_proposal import Way
from billing.models import DebitBatch, DebitItem, DebitReturn, DebitRun
from signing.models import ManualCase
from tests.money_town import MoneyTown
from unipay import clock
from unipay.exchange import queries as files
from unipay.exchange.models import SentFile
from unipay.sandbox import bank_debits, bank_mandates, bank_money, province_bills, province_money
from unipay.sandbox.models import SandboxCredit

pytestmark = pytest.mark.django_db(transaction=True)

SEGMENT = "1380571"
BEFORE, DEBIT_DAY = datetime(2026, 11, 2, 1, tzinfo=UTC), datetime(2026, 11, 5, 1, tzinfo=UTC)
FEN = 5000


@pytest.fixture
def early(money_town: MoneyTown) -> Iterator[MoneyTown]:
    """The town three days before the first debit date of the month."""
    with time_machine.travel(BEFORE):
        yield money_town


def agreement(ending: str) -> str:
    return f"57100000{ending}"


def mandated(town: MoneyTown, code: str, *endings: str) -> None:
    """Companies are billed 50.00 yuan each, and sign mandates that staff bring as a file."""
    now = clock.now()
    for place, ending in enumerate(endings):
        user = f"{SEGMENT}{30 + place:04d}"
        province_bills.bill("ZJ", msisdn=user, agreement_no=agreement(ending), amount_fen=FEN, now=now)
        town.mandate(code, agreement_no=agreement(ending))
    content = bank_mandates.written(code, now=now)
    assert content is not None
    town.upload(code, "bank_mandates", content)


def outstanding(town: MoneyTown) -> tuple[int, int, int]:
    """What is exported and not answered, confirmed at the bank, and credited at the province, in fen."""
    roles = ("OFFLINE_OUTSTANDING", "BANK_CLEARING", "PROVINCE_PAYABLE")
    exported, confirmed, payable = (town.balance(role) for role in roles)
    return exported, confirmed, -payable


def items() -> dict[str, str]:
    return {item.agreement_no[-4:]: str(item.state) for item in DebitItem.objects.order_by("id")}


def even(town: MoneyTown, code: str) -> None:
    assert town.balance("BANK_CLEARING", code) == bank_money.taken_fen(code)
    assert town.balance("PROVINCE_PAYABLE", "ZJ") == -province_money.credited_fen("ZJ")
    assert town.balance("IN_TRANSIT") == 0


@pytest.mark.parametrize("code", ["SXRCB", "WZRCB"])
def test_bills_are_settled_at_export_and_failed_lines_reversed(early: MoneyTown, code: str) -> None:
    mandated(early, code, "0010", "9100", "0012")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        assert outstanding(early) == (3 * FEN, 0, 3 * FEN)
        assert {early.bill(f"{SEGMENT}00{n}").state for n in (30, 31, 32)} == {"SETTLED"}

        assert early.bring_by_hand(code, "OFFLINE") == 1
        early.tick()

    assert items() == {"0010": "SETTLED", "9100": "FAILED", "0012": "SETTLED"}
    assert outstanding(early) == (0, 2 * FEN, 2 * FEN)
    assert [early.bill(f"{SEGMENT}00{n}").state for n in (30, 31, 32)] == ["SETTLED", "DUE", "SETTLED"]
    assert sorted(SandboxCredit.objects.values_list("state", flat=True)) == [
        "CREDITED",
        "CREDITED",
        "TAKEN_BACK",
    ]
    assert (DebitBatch.objects.get().state, DebitRun.objects.get(item_count=3).state) == ("CLOSED", "CLOSED")
    even(early, code)


def test_the_request_is_in_the_bank_s_own_format_with_chinese_names(early: MoneyTown) -> None:
    mandated(early, "SXRCB", "0010")

    with time_machine.travel(DEBIT_DAY):
        early.tick()

    file = SentFile.objects.get(partner__code="SXRCB", kind="offline_request")
    lines = b"".join(files.content(file.file_no)).split(b"\r\n")
    item = DebitItem.objects.get()
    assert file.route == "HAND"
    assert lines[1].startswith(item.item_no.encode())
    assert lines[1].decode("gb18030")[36:46].strip().endswith("公司")
    assert lines[1][56:68] == b"000000005000"


def test_staff_get_a_file_of_what_failed(early: MoneyTown) -> None:
    mandated(early, "WZRCB", "0010", "9100")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        early.bring_by_hand("WZRCB", "OFFLINE")
        early.tick()

    written = DebitReturn.objects.get().failure_file
    assert written is not None
    lines = b"".join(files.content(written.file_no)).decode().splitlines()
    assert [line.split("|")[7:9] for line in lines if line.startswith("D|")] == [
        ["51", lines[1].split("|")[8]],
    ]
    assert agreement("9100") in lines[1]


def test_a_second_return_that_also_names_the_successes_changes_nothing(early: MoneyTown) -> None:
    mandated(early, "SXRCB", "0010", "9100")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        early.bring_by_hand("SXRCB", "OFFLINE")
        early.tick()
        before = outstanding(early)
        batch_no = DebitBatch.objects.get().batch_no
        again = bank_debits.return_again("SXRCB", "OFFLINE", batch_no, now=clock.now())
        early.upload("SXRCB", "offline_return", again)
        early.tick()

    assert outstanding(early) == before == (0, FEN, FEN)
    assert DebitReturn.objects.latest("id").repeated_count == 2
    even(early, "SXRCB")


def test_a_bank_that_names_successes_too_is_understood(early: MoneyTown) -> None:
    mandated(early, "TZRCB", "0010", "9100")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        early.bring_by_hand("TZRCB", "OFFLINE")
        early.tick()

    assert items() == {"0010": "SETTLED", "9100": "FAILED"}
    even(early, "TZRCB")


def test_a_partial_amount_where_none_is_allowed_is_left_to_people(early: MoneyTown) -> None:
    mandated(early, "TZRCB", "9111")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        early.bring_by_hand("TZRCB", "OFFLINE")
        early.tick()

    assert ManualCase.objects.get().reason == "DEBIT_CONTRADICTION"
    assert outstanding(early) == (FEN, 0, FEN)
    assert items() == {"9111": "SENT"}


def test_a_run_cancelled_before_anybody_took_its_file_is_undone(early: MoneyTown) -> None:
    mandated(early, "SXRCB", "0010")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        early.submit(DebitRun.objects.get(item_count=1), Way.CANCEL)
        early.tick()

    assert (items(), outstanding(early)) == ({"0010": "WITHDRAWN"}, (0, 0, 0))
    assert early.bill(f"{SEGMENT}0030").state == "DUE"
    assert SandboxCredit.objects.get().state == "TAKEN_BACK"


def test_a_return_for_a_cancelled_batch_is_a_case(early: MoneyTown) -> None:
    mandated(early, "TZRCB", "0010")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        file = SentFile.objects.get(partner__code="TZRCB", kind="offline_request")
        content = b"".join(files.content(file.file_no))
        early.submit(DebitRun.objects.get(item_count=1), Way.CANCEL)
        returned = bank_debits.answer_by_hand(
            "TZRCB", "OFFLINE", content, business_date=file.business_date, now=clock.now()
        )
        early.upload("TZRCB", "offline_return", returned)
        early.tick()

    assert DebitReturn.objects.get().state == "UNMATCHED"
    assert ManualCase.objects.get().reason == "DEBIT_RETURN"
    assert outstanding(early) == (0, 0, 0)
