"""Domain.md C5: Ningbo's encrypted files through a directory, both ways and with the mandates; Jiaxing's by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from billing.flows import debit_run
from billing.models import DebitItem, Mandate
from tests.money_town import MoneyTown
from unipay import clock
from unipay.exchange.models import ReceivedFile
from unipay.sandbox import bank_debits, bank_mandates, bank_money, file_roads, province_bills, province_money

pytestmark = pytest.mark.django_db(transaction=True)

SEGMENT = "1380571"
BEFORE, DEBIT_DAY = datetime(2026, 11, 2, 1, tzinfo=UTC), datetime(2026, 11, 5, 1, tzinfo=UTC)
WAY = "ONE_CARD"
FEN = 5000


@pytest.fixture
def early(money_town: MoneyTown) -> Iterator[MoneyTown]:
    """The town three days before the first debit date of the month."""
    with time_machine.travel(BEFORE):
        yield money_town


def billed(code: str, *endings: str) -> None:
    for ending in endings:
        bank_mandates.sign(code, msisdn=SEGMENT + ending, now=clock.now())
        province_bills.bill("ZJ", msisdn=SEGMENT + ending, amount_fen=FEN, now=clock.now())


def states() -> dict[str, str]:
    return {item.msisdn[-4:]: str(item.state) for item in DebitItem.objects.order_by("id")}


def even(town: MoneyTown, code: str) -> None:
    assert town.balance("BANK_CLEARING", code) == bank_money.taken_fen(code)
    assert town.balance("PROVINCE_PAYABLE", "ZJ") == -province_money.credited_fen("ZJ")
    assert town.balance("IN_TRANSIT") == 0


def test_ningbo_s_mandates_requests_and_returns_travel_sealed_through_its_directory(early: MoneyTown) -> None:
    billed("NBCARD", "0010", "9100")
    bank_mandates.send("NBCARD", now=clock.now())
    (laid,) = [path for path in file_roads.folder("NBCARD", "to-unipay").iterdir() if path.suffix == ".txt"]
    assert laid.read_bytes().startswith(b"UNIPAYE1")
    early.tick()
    assert set(Mandate.objects.values_list("way", "state")) == {("ONE_CARD", "ACTIVE")}

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        (request,) = [
            path for path in file_roads.folder("NBCARD", "from-unipay").iterdir() if path.suffix == ".txt"
        ]
        assert request.read_bytes().startswith(b"UNIPAYE1")
        (answered,) = bank_debits.answer_waiting("NBCARD", WAY, now=clock.now())
    with time_machine.travel(DEBIT_DAY.replace(hour=2)):
        early.tick()

    assert (answered.lines, answered.answers) == (2, 2)
    assert states() == {"0010": "SETTLED", "9100": "FAILED"}
    assert set(ReceivedFile.objects.values_list("origin", "state")) == {("DIRECTORY", "ACCEPTED")}
    even(early, "NBCARD")


def test_a_mandate_ended_at_the_bank_ends_here(early: MoneyTown) -> None:
    billed("NBCARD", "0010")
    bank_mandates.send("NBCARD", now=clock.now())
    early.tick()
    mandate = bank_mandates.SandboxMandate.objects.get()
    bank_mandates.end(mandate)

    with time_machine.travel(BEFORE.replace(hour=3)):
        bank_mandates.send("NBCARD", now=clock.now())
        early.tick()

    assert Mandate.objects.get().state == "ENDED"


def test_jiaxing_s_run_is_opened_by_people_and_its_files_are_carried(early: MoneyTown) -> None:
    billed("JXCARD", "0010", "9111")
    content = bank_mandates.written("JXCARD", now=clock.now())
    assert content is not None
    early.upload("JXCARD", "bank_mandates", content)

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        assert states() == {}
        debit_run.open_run(
            early.arrangement("JXCARD", WAY),
            clock.business_date(clock.now()),
            by_id=None,
            now=clock.now(),
        )
        early.tick()
        assert early.balance("BANK_CLEARING") == 0
        assert early.bring_by_hand("JXCARD", WAY) == 1
        early.tick()

    assert states() == {"0010": "SETTLED", "9111": "PARTLY_SETTLED"}
    even(early, "JXCARD")
