"""A bank, its book, and its files: what the tests of reconciliation play with."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from reconciliation.kinds import BANK_FULL, BANK_INCREMENT
from reconciliation.models import Discrepancy, Run
from signing.models import Contract, SigningTransaction
from signing.particulars import Account
from tests.reconciliation.matching.oracle import Entry
from tests.signing.factories import make_contract, the_bank
from unipay import check_digit, clock, encryption
from unipay.exchange.flows import check, receive
from unipay.exchange.models import ExpectedFile, FileOrigin, ReceivedFile
from unipay.partners.models import Partner

DAY = date(2026, 11, 20)
NEXT_DAY = DAY + timedelta(days=1)
NOW = datetime.combine(DAY + timedelta(days=2), time(2), clock.BUSINESS_ZONE)
MORNING = datetime.combine(DAY, time(9), clock.BUSINESS_ZONE)
HOLDER, IDENTITY_NO = "张三丰", "330102199003071003"
_files = count(1)


def now() -> datetime:
    """The moment at which files are read."""
    return NOW


def hold(entry: Entry, *, bank: Partner | None = None, **fields: Any) -> Contract:
    """Put an entry into our book, as signed before the day."""
    given: dict[str, Any] = {
        "msisdn": entry.msisdn,
        "secondary_msisdns": list(entry.secondary_msisdns),
        "bank_contract_no": entry.no,
        "account": Account(entry.account, entry.account_type),
        "recharge_threshold_fen": entry.recharge_threshold_fen,
        "recharge_amount_fen": entry.recharge_amount_fen,
        "auto_pay": entry.auto_pay,
        "user_type": _user_type(entry),
        "offer": None,
        "opened_at": MORNING - timedelta(days=30),
        "bank": bank or the_bank(),
    }
    return make_contract(entry.state, **{**given, **fields})


def journal(contract: Contract, kind: str, *, at: datetime, day: date = DAY, source: str = "BANK") -> None:
    """Write a line about a contract, as the flows do."""
    contract.version += 1
    contract.save(update_fields=["version"])
    SigningTransaction.objects.create(
        transaction_no=check_digit.new_number("T"),
        kind=kind,
        contract=contract,
        version=contract.version,
        bank_id=contract.bank_id,
        province_id=contract.province_id,
        msisdn=contract.msisdn,
        bank_contract_no=contract.bank_contract_no,
        account_index=contract.account_index,
        account_mask=contract.account_mask,
        auto_pay=contract.auto_pay,
        source=source,
        business_date=day,
        occurred_at=at,
    )


def _user_type(entry: Entry) -> str:
    if entry.recharge_threshold_fen is not None or entry.recharge_amount_fen is not None:
        return "PREPAID"
    return "POSTPAID" if entry.auto_pay else ""


def full_list(entries: Iterable[Entry], *, bank: Partner | None = None, day: date = DAY) -> bytes:
    """The bank's monthly list in our neutral layout."""
    return _file(bank or the_bank(), day, [_columns(entry) + [_moment(MORNING)] for entry in entries])


def increment(entries: Iterable[Entry], *, bank: Partner | None = None, day: date = DAY) -> bytes:
    """The bank's daily increment in our neutral layout, its lines a second apart."""
    first = datetime.combine(day, time(9), clock.BUSINESS_ZONE)
    lines = [
        [entry.change, *_columns(entry), _moment(first + timedelta(seconds=place))]
        for place, entry in enumerate(entries)
    ]
    return _file(bank or the_bank(), day, lines)


def _file(bank: Partner, day: date, lines: list[list[object]]) -> bytes:
    cut_off = _moment(clock.business_day_start(day + timedelta(days=1)))
    head = ["H", bank.code, day.isoformat(), cut_off, f"FILE{next(_files)}"]
    rows = [head, *(["D", *line] for line in lines), ["T", len(lines)]]
    return "".join("|".join(map(str, row)) + "\n" for row in rows).encode()


def _columns(entry: Entry) -> list[object]:
    fen = [
        ("" if value is None else value)
        for value in (entry.recharge_threshold_fen, entry.recharge_amount_fen)
    ]
    return [
        entry.no,
        entry.msisdn,
        ",".join(entry.secondary_msisdns),
        entry.account,
        "",
        entry.account_type,
        HOLDER,
        IDENTITY_NO,
        *fen,
        "Y" if entry.auto_pay else "N",
    ]


def _moment(moment: datetime) -> str:
    return clock.rfc3339(moment)


def bring(
    content: bytes, *, bank: Partner | None = None, kind: str = BANK_FULL, day: date = DAY
) -> ReceivedFile:
    """Hand in a file and have it read, with all that follows."""
    file = receive.keep(
        partner=bank or the_bank(),
        kind=kind,
        name=f"file-{next(_files)}.txt",
        chunks=[content],
        origin=FileOrigin.COMMAND,
        business_date=day,
        now=NOW,
    )
    return check.check(file.pk, now=now)


def bring_full(entries: Iterable[Entry], *, bank: Partner | None = None, day: date = DAY) -> Run:
    """Hand in a full list and return its run."""
    return run_of(bring(full_list(entries, bank=bank, day=day), bank=bank, day=day))


def bring_increment(entries: Iterable[Entry], *, bank: Partner | None = None, day: date = DAY) -> Run:
    """Hand in an increment and return its run."""
    content = increment(entries, bank=bank, day=day)
    return run_of(bring(content, bank=bank, kind=BANK_INCREMENT, day=day))


def run_of(file: ReceivedFile) -> Run:
    """The run of a file, which must have been accepted."""
    assert (file.state, file.refusal, file.last_error) == ("ACCEPTED", "", "")
    return Run.objects.get(file=file)


def expect_increment(day: date = DAY - timedelta(days=1)) -> None:
    """An increment of the bank is still to come for this day."""
    ExpectedFile.objects.create(partner=the_bank(), kind=BANK_INCREMENT, business_date=day, due_at=NOW)


def found(run: Run) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """What a run found: difference, the bank's contract number, what became of it, what differs."""
    rows = Discrepancy.objects.filter(run=run, round=run.round).order_by("bank_contract_no", "id")
    return [(row.difference, row.bank_contract_no, row.state, tuple(row.attributes)) for row in rows]


def our_book(bank: Partner | None = None) -> dict[str, Entry]:
    """Our formal contracts with a bank, as entries."""
    rows = Contract.objects.filter(bank=bank or the_bank(), state__in=["ACTIVE", "SUSPENDED"])
    return {row.bank_contract_no: _entry(row) for row in rows}


def _entry(row: Contract) -> Entry:
    expected = encryption.default().blind_index(row.account_number, context="contract.account")
    assert row.account_index == expected
    return Entry(
        row.bank_contract_no,
        row.msisdn,
        tuple(sorted(row.secondary_msisdns)),
        row.account_number,
        row.account_type,
        row.recharge_threshold_fen,
        row.recharge_amount_fen,
        row.auto_pay,
    )
