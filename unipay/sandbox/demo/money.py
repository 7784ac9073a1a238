"""Money moves: recharges at the counter, a run of batch debits, and an offline collection that staff carry by hand
(domain.md C2 to C4)."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from billing.flows import debit_run
from billing.models import Arrangement, DebitItem, DebitRun, Mandate
from billing.states import DebitWay
from unipay import clock
from unipay.exchange import queries as files
from unipay.exchange.flows import acknowledge, receive
from unipay.exchange.models import FileOrigin, SentFile
from unipay.money import format_yuan
from unipay.partners.models import Partner
from unipay.sandbox import bank, bank_debits, bank_mandates, bank_money, bank_signing, client, province_bills
from unipay.sandbox.demo import looks
from unipay.sandbox.demo.findings import POLL_SECONDS, Chapter, Findings
from unipay.sandbox.demo.fresh_numbers import fresh
from unipay.sandbox.models import SandboxBill, SandboxCredit, SandboxPayment

PATIENCE_SECONDS = 60
PROVINCE, DEBITING, COLLECTING = "ZJ", "ICBC", "SXRCB"
FEN = 5000
_FIRST_DATE = timedelta(days=3)

# fmt: off
DEBITS = (
    ("", "Debit: taken in full", "SETTLED 50.00", "50.00"),
    ("9100", "Debit: not enough money", "FAILED 0.00 RETRY", "0.00"),
    ("9103", "Debit: account closed", "FAILED 0.00 SUSPEND", "0.00"),
    ("9106", "Debit: stopped by the customer", "FAILED 0.00 GIVE_UP", "0.00"),
    ("9111", "Debit: half of it taken", "PARTLY_SETTLED 25.00", "25.00"),
    ("9112", "Debit: more than asked", "SETTLED 50.00", "50.00"),
)
OFFLINE = (
    ("0000", "Offline: settled at export, confirmed", "SETTLED 50.00", "CREDITED"),
    ("9100", "Offline: failed line reversed", "FAILED 0.00 RETRY", "TAKEN_BACK"),
)
# fmt: on

Work = Callable[[], None]


@dataclass(frozen=True)
class Asked:
    """Whom a run asks: the number or agreement, what is expected of its item, and what of the province's book."""

    subject: str
    step: str
    item: str
    in_province: str


def recharged(findings: Findings) -> None:
    """Money is paid at the counter and credited at once; the same request again is the same recharge; then undone."""
    row, reply = _pay(fresh(province=PROVINCE))
    again = bank_money.tell(row)
    seen = f"{looks.answer(reply)}, {looks.answer(again)}"
    findings.note("Recharge", msisdn=row.msisdn, expected="201 LANDED, 201 LANDED replay", seen=seen)
    seen = f"{looks.answer(bank_money.reverse(row))}, province {_credit(row.recharge_no)}"
    findings.note(
        "Recharge undone", msisdn=row.msisdn, expected="200 REVERSED, province TAKEN_BACK", seen=seen
    )


def refused(findings: Findings) -> None:
    """The province does not credit the number: nothing was taken."""
    row, reply = _pay(fresh("9080", province=PROVINCE))
    row.refresh_from_db()
    seen = f"{looks.answer(reply)}, bank {row.state}"
    expected = "422 landing_refused, bank REVERSED"
    findings.note("Recharge: province refuses", msisdn=row.msisdn, expected=expected, seen=seen)


def spent(findings: Findings) -> None:
    """A credit that is spent already stays."""
    row, _reply = _pay(fresh("9091", province=PROVINCE))
    seen = f"{looks.answer(bank_money.reverse(row))}, province {_credit(row.recharge_no)}"
    expected = "422 credit_spent, province CREDITED"
    findings.note("Recharge: already spent", msisdn=row.msisdn, expected=expected, seen=seen)


def credited_in_the_end(findings: Findings) -> None:
    """The province is down twice: the bank is told that the money is taken, and it is credited a little later."""
    row, reply = _pay(fresh("9087", province=PROVINCE))
    step = "Recharge: province fails twice"
    findings.note(step, msisdn=row.msisdn, expected="201 PAID", seen=looks.answer(reply))
    findings.expect(
        f"{step}, then credits",
        msisdn=row.msisdn,
        expected="200 LANDED",
        look=lambda: looks.answer(bank_money.look(row)),
    )


def batch_debit(*, work: Work = lambda: None) -> Chapter:
    """Numbers are signed, billed, and debited in one run; `work` is done between looks, where no worker does it."""

    def chapter(findings: Findings) -> None:
        asked = [_signed_and_billed(row) for row in DEBITS]
        run = _opened(DEBITING, DebitWay.BATCH_DEBIT)
        _await(lambda: _state(run) == "SENT", work)
        findings.note("Debit run: request file out", msisdn="", expected="SENT", seen=_state(run))
        answered = bank_debits.answer_waiting(DEBITING, DebitWay.BATCH_DEBIT, now=clock.now())
        # The file of another run, opened by the calendar, may have waited beside ours.
        seen = ", ".join(dict.fromkeys(looks.answer(each.reply) for each in answered))
        findings.note("Debit run: bank answers", msisdn="", expected="201 RECEIVED", seen=seen)
        _await(lambda: _state(run) == "CLOSED", work)
        findings.note("Debit run: return settled", msisdn="", expected="CLOSED", seen=_state(run))
        for each in asked:
            findings.note(each.step, msisdn=each.subject, expected=each.item, seen=_item(run, each.subject))
            _expect_paid(findings, each)

    return chapter


def offline_collection(*, work: Work = lambda: None) -> Chapter:
    """Companies of a small bank are settled at export; staff carry the files, and the failed line is reversed."""

    def chapter(findings: Findings) -> None:
        asked = [_company(row) for row in OFFLINE]
        _upload(COLLECTING, "bank_mandates", bank_mandates.written(COLLECTING, now=clock.now()) or b"")
        _await(lambda: all(_is_mandated(each.subject) for each in asked), work)
        run = _opened(COLLECTING, DebitWay.OFFLINE)
        _await(lambda: _state(run) == "SENT", work)
        findings.note("Offline run: exported", msisdn="", expected="SENT", seen=_state(run))
        _carry(run)
        _await(lambda: _state(run) == "CLOSED", work)
        findings.note("Offline run: return settled", msisdn="", expected="CLOSED", seen=_state(run))
        for each in asked:
            findings.note(each.step, msisdn=each.subject, expected=each.item, seen=_item(run, each.subject))
            findings.expect(
                f"{each.step}: province",
                msisdn=each.subject,
                expected=each.in_province,
                look=lambda subject=each.subject: _credit_of(subject),  # type: ignore[misc]
            )

    return chapter


def _pay(msisdn: str) -> tuple[SandboxPayment, client.Reply]:
    return bank_money.recharge(DEBITING, msisdn, amount_fen=FEN)


def _signed_and_billed(row: tuple[str, str, str, str]) -> Asked:
    ending, step, item, paid = row
    msisdn = fresh(ending, province=PROVINCE)
    contract, reply = bank.ask_to_sign(DEBITING, msisdn)
    if reply.is_ok:
        bank_signing.sign(contract)
    province_bills.bill(PROVINCE, msisdn=msisdn, amount_fen=FEN, now=clock.now())
    return Asked(msisdn, step, item, paid)


def _company(row: tuple[str, str, str, str]) -> Asked:
    ending, step, item, in_province = row
    agreement_no = f"5710{random.randrange(10_000):04d}{ending}"
    msisdn = fresh(province=PROVINCE)
    province_bills.bill(PROVINCE, msisdn=msisdn, agreement_no=agreement_no, amount_fen=FEN, now=clock.now())
    bank_mandates.sign(COLLECTING, agreement_no=agreement_no, now=clock.now())
    return Asked(agreement_no, step, item, in_province)


def _opened(code: str, way: DebitWay) -> DebitRun:
    """Finance opens a run for the first date that has none, late enough for the bills to be due."""
    arrangement = Arrangement.objects.get(bank__code=code, way=way)
    taken = set(DebitRun.objects.filter(arrangement=arrangement).values_list("debit_date", flat=True))
    day: date = clock.business_date(clock.now()) + _FIRST_DATE
    while day in taken:
        day += timedelta(days=1)
    return debit_run.open_run(arrangement, day, by_id=None, now=clock.now())


def _carry(run: DebitRun) -> None:
    """Staff download the request file, bring it to the bank, and upload what it returns."""
    code, way = run.arrangement.bank.code, run.arrangement.way
    for file in SentFile.objects.filter(pk__in=run.batches.values("sent_file_id")).select_related("partner"):
        content = b"".join(files.content(file.file_no))
        returned = bank_debits.answer_by_hand(
            code, way, content, business_date=file.business_date, now=clock.now()
        )
        acknowledge.accepted(file, now=clock.now())
        _upload(code, f"{way.lower()}_return", returned)


def _upload(code: str, kind: str, content: bytes) -> None:
    now = clock.now()
    receive.keep(
        partner=Partner.objects.get(code=code),
        kind=kind,
        name=f"{kind}_{code}_{now:%Y%m%d}_{now:%H%M%S%f}.txt",
        chunks=[content],
        origin=FileOrigin.COMMAND,
        business_date=clock.business_date(now),
        now=now,
    )


def _item(run: DebitRun, subject: str) -> str:
    column = "agreement_no" if run.arrangement.way == DebitWay.OFFLINE else "msisdn"
    item = DebitItem.objects.filter(run=run, **{column: subject}).first()
    if item is None:
        return "not asked for"
    return f"{item.state} {format_yuan(item.debited_fen)} {item.follow_up}".strip()


def _expect_paid(findings: Findings, asked: Asked) -> None:
    bill = SandboxBill.objects.filter(msisdn=asked.subject).latest("id")

    def look() -> str:
        bill.refresh_from_db()
        return format_yuan(bill.paid_fen)

    findings.expect(
        "Province's bill: paid (yuan)", msisdn=asked.subject, expected=asked.in_province, look=look
    )


def _is_mandated(agreement_no: str) -> bool:
    return Mandate.objects.filter(bank__code=COLLECTING, agreement_no=agreement_no, state="ACTIVE").exists()


def _credit(recharge_no: str) -> str:
    return str(SandboxCredit.objects.get(recharge_no=recharge_no).state)


def _credit_of(agreement_no: str) -> str:
    credit = SandboxCredit.objects.filter(agreement_no=agreement_no).order_by("-id").first()
    return str(credit.state) if credit else "nothing"


def _state(run: DebitRun) -> str:
    return str(DebitRun.objects.values_list("state", flat=True).get(pk=run.pk))


def _await(is_true: Callable[[], bool], work: Work) -> None:
    """Look until it is true or patience ends; what is seen then is noted anyhow."""
    ends_at = time.monotonic() + PATIENCE_SECONDS
    work()
    while not is_true() and time.monotonic() < ends_at:
        time.sleep(POLL_SECONDS)
        work()
