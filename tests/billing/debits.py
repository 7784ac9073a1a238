"""A bank that is asked to debit bills, and what it answers: what the tests of debits play with."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from itertools import count
from typing import Any

from django.db import connection
from django.db.models import Sum

from billing.flows import debit_proposal, debit_run
from billing.flows.debit_proposal import Way
from billing.kinds import REQUESTS, RETURNS
from billing.models import (
    Arrangement,
    Bill,
    DebitBatch,
    DebitExclusion,
    DebitItem,
    DebitReturn,
    DebitRun,
    DebitShare,
    JournalEntry,
    Mandate,
)
from billing.states import EntryKind, ItemState
from signing.models import Contract
from tests.billing.factories import make_arrangement, make_bill
from tests.signing.factories import make_contract, the_bank
from unipay import clock
from unipay.exchange import vault
from unipay.exchange.flows import check, receive
from unipay.exchange.models import FileOrigin, ReceivedFile, SentFile
from unipay.partners.models import Partner

DAY = date(2026, 11, 5)
NOW = datetime.combine(DAY, time(10), clock.BUSINESS_ZONE)
_files = count(1)
_numbers = count(1)

Answer = tuple[DebitItem, str, int | None]
"""An item, the bank's result code, and the amount it says it debited."""


def now() -> datetime:
    """The moment at which everything happens."""
    return NOW


def number() -> str:
    """A fresh number of the province."""
    return f"1380571{next(_numbers):04d}"


def subscriber(msisdn: str | None = None, **fields: Any) -> Contract:
    """Somebody with an active contract at the bank, signed long ago."""
    signed = datetime(2026, 1, 5, 2, 0, tzinfo=clock.BUSINESS_ZONE)
    return make_contract(**{"msisdn": msisdn or number(), "opened_at": signed, **fields})


def owing(*amounts: int, contract: Contract | None = None, **fields: Any) -> Contract:
    """A subscriber with a bill of each amount, the oldest first, a month apart."""
    contract = contract or subscriber()
    for place, amount_fen in enumerate(amounts):
        month = date(2026, 1 + place, 1)
        make_bill(msisdn=contract.msisdn, amount_fen=amount_fen, billing_month=month, **fields)
    return contract


def arranged(way: str = "BATCH_DEBIT", **fields: Any) -> Arrangement:
    """An arrangement whose runs need no approval."""
    return make_arrangement(way, **{"approve_above_fen": 10**12, **fields})


def run_of(arrangement: Arrangement, *, day: date = DAY) -> DebitRun:
    """Open a run of the arrangement and take it as far as it goes."""
    run = debit_run.open_run(arrangement, day, by_id=None, now=NOW)
    return debit_run.advance(run.run_no, now=now)


def send(run: DebitRun, *, maker: Any) -> DebitRun:
    """Have a run sent by somebody for whom a rule says that one person is enough."""
    debit_proposal.submit(run.run_no, way=Way.SEND, remark="looks right", by_id=maker.pk, now=NOW)
    return debit_run.advance(run.run_no, now=now)


def fresh(run: DebitRun) -> DebitRun:
    """The run as the database has it now."""
    return DebitRun.objects.select_related("arrangement__bank").get(pk=run.pk)


def items(run: DebitRun) -> list[DebitItem]:
    """The run's items, in order."""
    return list(DebitItem.objects.filter(run=run).select_related("batch").order_by("id"))


def excluded(run: DebitRun) -> dict[str, int]:
    """How much the run left out, by reason."""
    sums = DebitExclusion.objects.filter(run=run).values_list("reason").annotate(fen=Sum("open_fen"))
    return dict(sums.order_by("reason"))


def content_of(file: SentFile) -> str:
    """What the bank reads in a file of ours."""
    with vault.open_(file.file_no) as opened:
        return str(opened.read().decode("gb18030" if file.layout.encoding == "GBK" else "utf-8"))


def request_lines(run: DebitRun) -> list[list[str]]:
    """The lines of the run's request files in our neutral layout, without their marks."""
    files = SentFile.objects.filter(kind=REQUESTS[run.arrangement.way]).order_by("id")
    lines = [line.split("|") for file in files for line in content_of(file).splitlines()]
    return [line[1:] for line in lines if line[0] == "D"]


def paid(*asked: DebitItem) -> list[Answer]:
    """The bank debited each in full."""
    return [(item, "0000", item.asked_fen) for item in asked]


def failed(*asked: DebitItem, code: str = "1001") -> list[Answer]:
    """The bank debited none of them."""
    return [(item, code, 0) for item in asked]


def return_content(
    answers: Sequence[Answer], *, bank: Partner | None = None, total: int | None = None
) -> bytes:
    """A return file in our neutral layout."""
    rows: list[list[object]] = [["H", (bank or the_bank()).code, DAY, "", f"RET{next(_files):06d}"]]
    for item, code, fen in answers:
        batch_no = item.batch.batch_no if item.batch else ""
        rows.append(
            ["D", batch_no, item.item_no, code, "" if fen is None else fen, f"BT{item.item_no[-9:]}", ""]
        )
    summed = sum(fen or 0 for _item, _code, fen in answers)
    rows.append(["T", len(answers), summed if total is None else total])
    return "".join("|".join(map(str, row)) + "\n" for row in rows).encode()


def bring(content: bytes, *, way: str = "BATCH_DEBIT", bank: Partner | None = None) -> ReceivedFile:
    """Hand in a return file and have it read, with all that follows."""
    file = receive.keep(
        partner=bank or the_bank(),
        kind=RETURNS[way],
        name=f"return-{next(_files)}.txt",
        chunks=[content],
        origin=FileOrigin.COMMAND,
        business_date=DAY,
        is_declared_empty=not content,
        now=NOW,
    )
    return check.check(file.pk, now=now)


def bring_return(answers: Sequence[Answer], *, way: str = "BATCH_DEBIT", **given: Any) -> DebitReturn:
    """Hand in what the bank answers, and return what became of it."""
    file = bring(return_content(answers, **given), way=way)
    assert (file.state, file.refusal, file.last_error) == ("ACCEPTED", "", "")
    returned = DebitReturn.objects.get(file=file)
    assert returned.last_error == ""
    return returned


def effects(returned: DebitReturn) -> list[str]:
    """What each line did."""
    return list(returned.lines.order_by("line_no").values_list("effect", flat=True))


def states(model: type[DebitItem] | type[Bill] | type[DebitBatch] | type[Mandate]) -> list[str]:
    """The states of all rows, in order."""
    return list(model._default_manager.order_by("id").values_list("state", flat=True))


def open_shares() -> int:
    """How many bills are in flight."""
    return DebitShare.objects.filter(is_open=True).count()


def posted(*kinds: EntryKind) -> dict[str, int]:
    """What entries of these kinds come to."""
    entries = JournalEntry.objects.filter(kind__in=kinds).values_list("kind")
    return dict(entries.annotate(fen=Sum("amount_fen")).order_by("kind"))


def require_exported_is_accounted_for() -> None:
    """Exported = confirmed + reversed + outstanding, as items say and as the ledger does."""
    sums = posted(EntryKind.EXPORTED, EntryKind.CONFIRMED)
    asked = DebitItem.objects.filter(run__arrangement__settles_at_export=True)
    outstanding = sum(asked.filter(state=ItemState.SENT).values_list("asked_fen", flat=True))
    gone_back = asked.filter(state__in=[ItemState.FAILED, ItemState.WITHDRAWN], recharge__isnull=False)
    reversed_fen = sum(gone_back.values_list("asked_fen", flat=True))
    assert sums.get("EXPORTED", 0) == sums.get("CONFIRMED", 0) + reversed_fen + outstanding


def require_bills_add_up(bills: Iterable[Bill] | None = None) -> None:
    """What a bill says it was paid is what settlements that stand say."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bill.id FROM billing_bill bill WHERE bill.settled_fen <> (SELECT coalesce(sum(amount_fen), 0)"
            " FROM billing_billsettlement WHERE bill_id = bill.id AND reversed_at IS NULL)"
        )
        assert cursor.fetchall() == []
