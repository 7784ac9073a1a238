"""Three books are made to agree: the bank's file, our corrections, the province's file, its correction file and its
answer (domain.md B)."""

import random
import time
from collections.abc import Callable

from reconciliation.models import Discrepancy, Run
from unipay import clock
from unipay.sandbox import bank, bank_files, bank_signing, client, province_files
from unipay.sandbox.demo import looks
from unipay.sandbox.demo.findings import POLL_SECONDS, Findings
from unipay.sandbox.demo.fresh_numbers import fresh, province_of
from unipay.sandbox.demo.signings import TELLING_BANKS
from unipay.sandbox.models import SandboxContract
from unipay.sandbox.states import Role

PATIENCE_SECONDS = 60
PROVINCE = "ZJ"
EVEN = "even"

# fmt: off
AT_BANK = (
    ("", "Bank's file: as we have it", EVEN),
    ("9061", "Bank's file: lost the contract", "MISSING_AT_BANK CORRECTED"),
    ("9062", "Bank's file: other terms", "DIFFERS CORRECTED"),
    ("9063", "Bank's file: terminated untold", "TERMINATED_AT_BANK CORRECTED"),
)
AT_PROVINCE = (
    ("", "Province's file: as we have it", EVEN, EVEN),
    ("9065", "Province's file: not noted", "MISSING_THERE EXPORTED", "MISSING_THERE CORRECTED"),
    ("9066", "Province's file: noted wrong", "DIFFERS_THERE EXPORTED", "DIFFERS_THERE CORRECTED"),
    ("9071", "Province refuses a correction", "MISSING_THERE EXPORTED", "MISSING_THERE CASE"),
    ("9073", "Province answers twice", "MISSING_THERE EXPORTED", "MISSING_THERE CORRECTED"),
)
# fmt: on
UNASKED = ("Bank's file: signed unasked", "MISSING_HERE CORRECTED")

Work = Callable[[], None]


def three_books(findings: Findings, *, work: Work = lambda: None) -> None:
    """Tell the whole of it for one bank and one province; `work` is done between looks, where no worker does it."""
    code = random.choice(TELLING_BANKS)
    numbers = {ending: _signed(findings, code, ending) for ending in _endings()}
    unasked = bank_files.sign_unasked(code, fresh(province=PROVINCE), now=clock.now()).msisdn
    _await(lambda: all(map(_is_told, numbers.values())), work)
    banks = _compared(findings, "Bank's file", code, bank_files.send, work)
    for ending, step, expected in AT_BANK:
        _note(findings, banks, step, numbers[ending], expected)
    _note(findings, banks, UNASKED[0], unasked, UNASKED[1])
    _await(lambda: _is_told(unasked) and all(map(_is_settled, (numbers["9061"], numbers["9063"]))), work)
    provinces = _compared(findings, "Province's file", PROVINCE, province_files.send, work)
    for ending, step, found, _settled in AT_PROVINCE:
        _note(findings, provinces, step, numbers[ending], found)
    _answer(findings, provinces, work)
    for ending, step, _found, settled in AT_PROVINCE:
        _note(findings, provinces, f"{step}: settled", numbers[ending], settled)


def _endings() -> list[str]:
    return sorted({row[0] for row in (*AT_BANK, *AT_PROVINCE)})


def _signed(findings: Findings, code: str, ending: str) -> str:
    msisdn = fresh(ending, province=PROVINCE)
    row, reply = bank.ask_to_sign(code, msisdn)
    seen = looks.answers([reply, *(bank_signing.sign(row) if reply.is_ok else [])])
    findings.note("To reconcile: signed", msisdn=msisdn, expected="201 PROVISIONAL, 200 ACTIVE", seen=seen)
    return msisdn


def _compared(
    findings: Findings, step: str, code: str, send: Callable[..., client.Reply], work: Work
) -> Run | None:
    """The partner sends its increment of today; return the run it led to, once that has gone as far as it can."""
    now = clock.now()
    reply = send(code, "increment", business_date=clock.business_date(now), now=now)
    findings.note(f"{step}: sent", msisdn="", expected="201 RECEIVED", seen=looks.answer(reply))
    file_no = str(reply.body.get("file_no", ""))
    _await(lambda: _state(file_no) in ("CLOSED", "EXPORTED", "ANSWERED"), work)
    expected = "CLOSED" if code != PROVINCE else "EXPORTED"
    findings.note(f"{step}: run", msisdn="", expected=expected, seen=_state(file_no))
    return Run.objects.filter(file__file_no=file_no).first()


def _answer(findings: Findings, run: Run | None, work: Work) -> None:
    """The province fetches its correction file, applies it and answers."""
    answered = province_files.answer_corrections(PROVINCE, now=clock.now())
    seen = ", ".join(looks.answer(each.reply) for each in answered)
    findings.note("Correction file: answered", msisdn="", expected="201 RECEIVED", seen=seen)
    file_no = run.file.file_no if run else ""
    _await(lambda: _state(file_no) == "CLOSED", work)
    findings.note("Correction file: run", msisdn="", expected="CLOSED", seen=_state(file_no))


def _note(findings: Findings, run: Run | None, step: str, msisdn: str, expected: str) -> None:
    row = Discrepancy.objects.filter(run=run, msisdn=msisdn).order_by("-id").first()
    seen = f"{row.difference} {row.state}" if row else EVEN
    findings.note(step, msisdn=msisdn, expected=expected, seen=seen)


def _state(file_no: str) -> str:
    state = Run.objects.filter(file__file_no=file_no).values_list("state", flat=True).first()
    return str(state or "no run")


def _is_told(msisdn: str) -> bool:
    """Whether the province heard of the number, whatever it noted."""
    told = SandboxContract.objects.filter(
        partner_code=province_of(msisdn), role=Role.PROVINCE, msisdn=msisdn, last_version__gt=0
    )
    return told.exists()


def _is_settled(msisdn: str) -> bool:
    """Whether the province heard that the number's contract ended."""
    return looks.province_book(province_of(msisdn), msisdn).startswith("TERMINATED")


def _await(is_true: Callable[[], bool], work: Work) -> None:
    """Look until it is true or patience ends; what is seen then is noted anyhow."""
    ends_at = time.monotonic() + PATIENCE_SECONDS
    work()
    while not is_true() and time.monotonic() < ends_at:
        time.sleep(POLL_SECONDS)
        work()
