"""Numbers are signed over both channels, and twice (domain.md A1, A2, A4)."""

import random

from unipay.sandbox import bank, bank_signing
from unipay.sandbox.demo import looks
from unipay.sandbox.demo.carrier_channel import go_to_bank, open_at_hall, walk
from unipay.sandbox.demo.findings import Chapter, Findings
from unipay.sandbox.demo.fresh_numbers import fresh, province_of
from unipay.sandbox.models import SandboxContract
from unipay.sandbox.roster import SIGNING_BANKS

TELLING_BANKS = [b.code for b in SIGNING_BANKS if not b.is_virtual and b.notifies_hall]
SILENT_BANKS = [b.code for b in SIGNING_BANKS if not b.is_virtual and not b.notifies_hall]
CONFIRMED_BANKS = {b.code for b in SIGNING_BANKS if b.confirms_by_notice}


def sign_at_counter(findings: Findings) -> SandboxContract:
    """A customer signs at a bank's counter."""
    msisdn, code = fresh(), random.choice([*TELLING_BANKS, *SILENT_BANKS])
    row, reply = bank.ask_to_sign(code, msisdn)
    seen = looks.answers([reply, *(bank_signing.sign(row) if reply.is_ok else [])])
    findings.note("Bank channel: signed", msisdn=msisdn, expected="201 PROVISIONAL, 200 ACTIVE", seen=seen)
    return row


def signed_at_counter(findings: Findings) -> None:
    """A customer signs at a bank's counter; the province hears of it, and the bank where it wants a notice."""
    row = sign_at_counter(findings)
    expect_in_province(findings, row.msisdn, "SIGNED, 1 SMS")
    expected = "SIGNED, confirmed" if row.partner_code in CONFIRMED_BANKS else "SIGNED"
    findings.expect("Bank's book", msisdn=row.msisdn, expected=expected, look=lambda: looks.bank_book(row))


def signed_over_hall(findings: Findings) -> None:
    """A subscriber signs from the hall at a bank that tells the hall itself."""
    _walk_to_the_end(
        findings, random.choice(TELLING_BANKS), step="Carrier channel: signed", told="COMPLETED by bank"
    )


def signed_over_hall_told_by_us(findings: Findings) -> None:
    """A subscriber signs from the hall at a bank that leaves it to Unipay to tell the hall."""
    step = "Carrier channel: signed, Unipay tells the hall"
    _walk_to_the_end(findings, random.choice(SILENT_BANKS), step=step, told="COMPLETED by Unipay")


def account_check_failed(findings: Findings) -> None:
    """The bank's account check fails: the hall is told, nothing is signed."""
    msisdn, code = fresh(), random.choice(TELLING_BANKS)
    at_bank = walk(msisdn, bank_code=code, button="fail")
    expected, seen = "FAILED account_invalid", looks.session_at_unipay(at_bank.session)
    findings.note("Carrier channel: account check fails", msisdn=msisdn, expected=expected, seen=seen)
    findings.note(
        "Hall is told", msisdn=msisdn, expected="FAILED by bank", seen=looks.hall_was_told(at_bank.session)
    )


def two_banks_at_once(findings: Findings) -> None:
    """One number is at two banks' pages at the same time and signed at both: one stands, the other is contested."""
    msisdn, codes = fresh(), random.sample([*TELLING_BANKS, *SILENT_BANKS], 2)
    visits = [go_to_bank(open_at_hall(msisdn, bank_code=code)[0]) for code in codes]
    for visit, expected in zip(visits, ("COMPLETED ACTIVE", "COMPLETED CONTESTED"), strict=True):
        visit.press("sign")
        seen = looks.session_at_unipay(visit.session)
        findings.note("Duplicate: two sessions", msisdn=msisdn, expected=expected, seen=seen)
    expect_in_province(findings, msisdn, "SIGNED, 1 SMS")


def overtaken_by_another_bank(findings: Findings) -> None:
    """While the subscriber is on the bank's page another bank signs the number at its counter."""
    _overtaken(findings, fresh())


def overtaken_where_books_differ(ending: str) -> Chapter:
    """The same for a number whose parties answer oddly when staff ask what their books say."""

    def chapter(findings: Findings) -> None:
        _overtaken(findings, fresh(ending))

    return chapter


def _overtaken(findings: Findings, msisdn: str) -> None:
    at_bank = walk(msisdn, bank_code=random.choice(TELLING_BANKS), button="overtaken")
    seen = looks.session_at_unipay(at_bank.session)
    findings.note("Duplicate: counter was faster", msisdn=msisdn, expected="COMPLETED CONTESTED", seen=seen)
    case = "a case" if at_bank.row().case_no else "no case"
    findings.note("Duplicate: case opened", msisdn=msisdn, expected="a case", seen=case)


def overtaken_by_its_number(findings: Findings) -> None:
    """The same, shown by the number reserved for it."""
    msisdn = fresh("9040")
    at_bank = walk(msisdn, bank_code=random.choice(TELLING_BANKS))
    seen = looks.session_at_unipay(at_bank.session)
    findings.note("Duplicate: counter was faster", msisdn=msisdn, expected="COMPLETED CONTESTED", seen=seen)


def second_bank_refused(findings: Findings) -> None:
    """A number with a standing contract is refused at another bank's counter and at the hall."""
    row = sign_at_counter(findings)
    other = next(code for code in TELLING_BANKS if code != row.partner_code)
    expected = "409 number_has_contract"
    _row, reply = bank.ask_to_sign(other, row.msisdn)
    findings.note("Second bank refused", msisdn=row.msisdn, expected=expected, seen=looks.answer(reply))
    _session, reply = open_at_hall(row.msisdn, bank_code=other)
    findings.note("Hall refused", msisdn=row.msisdn, expected=expected, seen=looks.answer(reply))


def expect_in_province(findings: Findings, msisdn: str, expected: str) -> None:
    """Await the number's entry in its province's book, with so many SMS."""
    code = province_of(msisdn)
    findings.expect(
        "Province's book", msisdn=msisdn, expected=expected, look=lambda: looks.province_book(code, msisdn)
    )


def _walk_to_the_end(findings: Findings, code: str, *, step: str, told: str) -> None:
    msisdn = fresh()
    session = walk(msisdn, bank_code=code).session
    seen = looks.session_at_unipay(session)
    findings.note(step, msisdn=msisdn, expected="COMPLETED ACTIVE", seen=seen)
    findings.expect("Hall is told", msisdn=msisdn, expected=told, look=lambda: looks.hall_was_told(session))
    expect_in_province(findings, msisdn, "SIGNED, 1 SMS")
