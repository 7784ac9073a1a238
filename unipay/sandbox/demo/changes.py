"""Signed contracts are amended and ended by the bank, the province, and what happens to numbers (domain.md A3, A5)."""

from unipay.sandbox import bank, client, province
from unipay.sandbox.demo import looks
from unipay.sandbox.demo.findings import Chapter, Findings
from unipay.sandbox.demo.fresh_numbers import province_of
from unipay.sandbox.demo.signings import expect_in_province, sign_at_counter
from unipay.sandbox.models import SandboxContract


def amended(findings: Findings) -> None:
    """The bank changes the terms; the province hears of it."""
    row = sign_at_counter(findings)
    is_prepaid = "recharge_amount_fen" in row.terms
    reply = bank.amend(row, {"recharge_amount_fen": 10000} if is_prepaid else {"auto_pay": False})
    findings.note("Amended by the bank", msisdn=row.msisdn, expected="200 ACTIVE", seen=looks.answer(reply))
    expect_in_province(findings, row.msisdn, "SIGNED, 2 SMS")


def terminated_by_bank(findings: Findings) -> None:
    """The bank ends the contract, says so twice, and the province hears of it once."""
    row = sign_at_counter(findings)
    for _ in range(2):
        seen = looks.answer(bank.terminate(row))
        findings.note(
            "Terminated by the bank, twice", msisdn=row.msisdn, expected="200 TERMINATED", seen=seen
        )
    expect_in_province(findings, row.msisdn, "TERMINATED, 2 SMS")


def terminated_by_province(findings: Findings) -> None:
    """The subscriber ends the contract at the province; the bank is told to cancel."""
    row = sign_at_counter(findings)
    code = province_of(row.msisdn)
    order = {
        "request_no": bank.new_request_no(code),
        "reason": "PROVINCE_REQUEST",
        "business_date": bank.today(),
    }
    reply = client.post_until_answered(code, f"/contracts/{row.contract_no}/termination", order)
    seen = looks.answer(reply)
    findings.note("Terminated by the province", msisdn=row.msisdn, expected="200 TERMINATED", seen=seen)
    expect_cancelled(findings, row)


def number_event(event: str) -> Chapter:
    """Something happens to a signed number: its contract ends and the bank is told."""

    def chapter(findings: Findings) -> None:
        row = sign_at_counter(findings)
        msisdn = row.msisdn
        reply = province.announce_number_event(province_of(msisdn), event, msisdn=msisdn)
        ended = "ended" if reply.body.get("terminated") == [row.contract_no] else looks.answer(reply)
        findings.note(event.replace("_", " ").capitalize(), msisdn=msisdn, expected="ended", seen=ended)
        expect_cancelled(findings, row)

    return chapter


def expect_cancelled(findings: Findings, row: SandboxContract) -> None:
    """Await that the bank is told to cancel, and the province that the contract ended."""
    findings.expect(
        "Bank cancels",
        msisdn=row.msisdn,
        expected="CANCELLED",
        look=lambda: looks.bank_book(row).partition(",")[0],
    )
    expect_in_province(findings, row.msisdn, "TERMINATED, 2 SMS")
