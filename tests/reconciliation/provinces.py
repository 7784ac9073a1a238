"""A province, its files and its answers: what the tests of the province's side play with."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from reconciliation.kinds import CORRECTION_RESULT, PROVINCE_CORRECTION, PROVINCE_FULL, PROVINCE_INCREMENT
from reconciliation.models import Discrepancy, Guard, Run
from signing.models import Contract, SigningTransaction
from tests.reconciliation.world import DAY, NOW, run_of
from tests.signing.factories import make_contract, the_province
from unipay import check_digit, clock
from unipay.exchange import queries
from unipay.exchange.flows import check, receive
from unipay.exchange.models import FileOrigin, ReceivedFile, SentFile, SentState

MORNING = datetime.combine(DAY, time(9), clock.BUSINESS_ZONE)
LONG_BEFORE = MORNING - timedelta(days=30)
_numbers = count(1)
_files = count(1)


def ours(*, day: date | None = None, kind: str = "SIGNED", **fields: Any) -> Contract:
    """A contract of ours at home in the province; with a day, journalled as signed (or changed) on it."""
    given = {"msisdn": f"1380571{next(_numbers):04d}", "opened_at": LONG_BEFORE, **fields}
    contract = make_contract(given.pop("state", "ACTIVE"), **given)
    if day is not None:
        journal(contract, kind=kind, at=datetime.combine(day, time(9), clock.BUSINESS_ZONE))
    return contract


def may_end_everything() -> None:
    """The guard lets a file end as much as it says."""
    Guard.objects.create(shrink_permille=1000, remark="a small book")


def journal(contract: Contract, *, kind: str, at: datetime) -> SigningTransaction:
    """Write down that something happened to the contract."""
    return SigningTransaction.objects.create(
        transaction_no=check_digit.new_number("T"),
        kind=kind,
        contract=contract,
        version=contract.transactions.count() + 2,
        bank=contract.bank,
        province=contract.province,
        msisdn=contract.msisdn,
        auto_pay=contract.auto_pay,
        source="BANK",
        business_date=clock.business_date(at),
        occurred_at=at,
    )


def line(contract: Contract, **changed: object) -> dict[str, object]:
    """The contract as the province's file has it."""
    return {
        "contract_no": contract.contract_no,
        "msisdn": contract.msisdn,
        "secondary_msisdns": ",".join(contract.secondary_msisdns),
        "bank_code": contract.bank.code,
        "account_mask": contract.account_mask,
        "recharge_threshold_fen": contract.recharge_threshold_fen,
        "recharge_amount_fen": contract.recharge_amount_fen,
        "auto_pay": "Y" if contract.auto_pay else "N",
        **changed,
    }


def bring_full(lines: Iterable[dict[str, object]], *, day: date = DAY) -> Run:
    """Hand in the province's monthly list, and return its run."""
    return run_of(_bring(PROVINCE_FULL, [list(each.values()) for each in lines], day=day))


def bring_increment(lines: Iterable[tuple[str, dict[str, object]]], *, day: date = DAY) -> Run:
    """Hand in the province's increment of (what happened, line), a second apart, and return its run."""
    first = datetime.combine(day, time(9), clock.BUSINESS_ZONE)
    rows = [
        [change, *each.values(), clock.rfc3339(first + timedelta(seconds=place))]
        for place, (change, each) in enumerate(lines)
    ]
    return run_of(_bring(PROVINCE_INCREMENT, rows, day=day))


def answer(*answers: tuple[object, ...], day: date = DAY) -> ReceivedFile:
    """Hand in a result file of (run number, order number, result, code, words)."""
    return _bring(CORRECTION_RESULT, [list(each) for each in answers], day=day)


def correction_of(run: Run) -> list[list[str]]:
    """The lines of the run's newest correction file, without its mark."""
    file = files_of(run)[-1]
    return [
        each.split("|")[1:]
        for each in b"".join(queries.content(file.file_no)).decode().splitlines()
        if each[0] == "D"
    ]


def files_of(run: Run) -> list[SentFile]:
    """The run's correction files, the oldest first."""
    return list(SentFile.objects.filter(subject=run.subject, kind=PROVINCE_CORRECTION).order_by("id"))


def fetched(file: SentFile) -> None:
    """The province has fetched the file."""
    SentFile.objects.filter(pk=file.pk).update(state=SentState.DELIVERED, delivered_at=NOW)


def found(run: Run) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """What a run found: difference, treatment, what became of it, what differs."""
    rows = Discrepancy.objects.filter(run=run, round=run.round).order_by("difference", "id")
    return [(row.difference, row.treatment, row.state, tuple(row.attributes)) for row in rows]


def current(run: Run) -> Run:
    """The run as it stands now."""
    return Run.objects.get(pk=run.pk)


def _bring(kind: str, lines: list[list[object]], *, day: date) -> ReceivedFile:
    cut_off = clock.rfc3339(clock.business_day_start(day + timedelta(days=1)))
    head = ["H", the_province().code, day.isoformat(), cut_off, f"PROVINCE{next(_files)}"]
    rows = [head, *(["D", *each] for each in lines), ["T", len(lines)]]
    text = "".join("|".join("" if value is None else str(value) for value in row) + "\n" for row in rows)
    file = receive.keep(
        partner=the_province(),
        kind=kind,
        name=f"{kind}-{next(_files)}.txt",
        chunks=[text.encode()],
        origin=FileOrigin.COMMAND,
        business_date=day,
        now=NOW,
    )
    return check.check(file.pk, now=lambda: NOW)
