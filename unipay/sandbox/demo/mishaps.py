"""What goes wrong between Unipay and its partners, by the numbers reserved for it (unipay/sandbox/scenarios.py)."""

import random

from unipay.sandbox import bank, bank_signing, client, province
from unipay.sandbox.demo import looks
from unipay.sandbox.demo.carrier_channel import walk
from unipay.sandbox.demo.findings import Chapter, Findings
from unipay.sandbox.demo.fresh_numbers import fresh, province_of
from unipay.sandbox.demo.signings import SILENT_BANKS, TELLING_BANKS
from unipay.sandbox.models import SandboxContract
from unipay.sandbox.scenarios import CONTRACT_CHANGED, SIGNING_OUTCOME


def asked_of_province(ending: str, *, step: str, expected: str) -> Chapter:
    """A bank asks to sign a reserved number and gets the answer this scenario must have."""

    def chapter(findings: Findings) -> None:
        msisdn = fresh(ending)
        _row, reply = bank.ask_to_sign(random.choice(TELLING_BANKS), msisdn)
        findings.note(step, msisdn=msisdn, expected=expected, seen=looks.answer(reply))

    return chapter


def announced(ending: str, *, step: str, expected: str, then: str) -> Chapter:
    """A bank signs a reserved number and announces it as the scenario has it; `then` is the state at Unipay."""

    def chapter(findings: Findings) -> None:
        row = provisional(findings, ending)
        seen = f"{looks.answers(bank_signing.sign(row))} → {looks.contract_at_unipay(row)}"
        findings.note(step, msisdn=row.msisdn, expected=f"{expected} → {then}", seen=seen)

    return chapter


def announced_late_but_in_time(findings: Findings) -> None:
    """The bank takes its time, but the provisional contract still stands."""
    row = provisional(findings, "9032")
    bank_signing.sign(row)
    seen = f"{looks.contract_at_unipay(row)} → {looks.answers(bank_signing.announce_now(row))}"
    findings.note("Late, in time", msisdn=row.msisdn, expected="PROVISIONAL → 200 ACTIVE", seen=seen)


def announced_too_late(findings: Findings) -> None:
    """The number is closed before the bank announces: the result is kept as contested, and a case is opened."""
    row = provisional(findings, "9032")
    bank_signing.sign(row)
    province.announce_number_event(province_of(row.msisdn), "NUMBER_CLOSED", msisdn=row.msisdn)
    seen = f"{looks.contract_at_unipay(row)} → {looks.answers(bank_signing.announce_now(row))}"
    findings.note(
        "Too late: number closed meanwhile",
        msisdn=row.msisdn,
        expected="TERMINATED → 200 CONTESTED case",
        seen=seen,
    )


def told_to_province(ending: str, *, step: str, expected: str) -> Chapter:
    """A formal contract is told to a province that answers the notice as the scenario has it."""

    def chapter(findings: Findings) -> None:
        msisdn = fresh(ending)
        row, _reply = bank.ask_to_sign(random.choice(TELLING_BANKS), msisdn)
        seen = looks.answers(bank_signing.sign(row))
        findings.note(step, msisdn=msisdn, expected="200 ACTIVE", seen=seen)

        def look() -> str:
            return looks.received(province_of(msisdn), CONTRACT_CHANGED, msisdn=msisdn)[: len(expected)]

        findings.expect(f"{step}: notices", msisdn=msisdn, expected=expected, look=look)

    return chapter


def hall_is_down(findings: Findings) -> None:
    """Unipay must tell the hall, which is down: the signing stands all the same, and the message is repeated."""
    msisdn = fresh("9041")
    at_bank = walk(msisdn, bank_code=random.choice(SILENT_BANKS))
    seen = looks.session_at_unipay(at_bank.session)
    findings.note("Hall is down", msisdn=msisdn, expected="COMPLETED ACTIVE", seen=seen)
    findings.expect(
        "Hall is down: notices",
        msisdn=msisdn,
        expected="503",
        look=lambda: looks.received("HALL", SIGNING_OUTCOME, msisdn=msisdn)[:3],
    )


def request_number_reused(findings: Findings) -> None:
    """The same announcement is answered the same way, another one under its number is refused."""
    row = provisional(findings, "")
    bank_signing.sign(row)
    order = bank_signing.signed_order(row)
    other = {**order, "business_date": "2026-01-01"}
    replies = [client.post(row.partner_code, bank_signing.RESULTS, sent) for sent in (order, order, other)]
    expected = "200 ACTIVE, 200 ACTIVE replay, 422 request_no_reused"
    findings.note("Request number reused", msisdn=row.msisdn, expected=expected, seen=looks.answers(replies))


def provisional(findings: Findings, ending: str) -> SandboxContract:
    """A bank may sign a number reserved for a scenario, or an ordinary one where `ending` is empty."""
    msisdn = fresh(ending)
    row, reply = bank.ask_to_sign(random.choice(TELLING_BANKS), msisdn)
    findings.note("Bank may sign", msisdn=msisdn, expected="201 PROVISIONAL", seen=looks.answer(reply))
    return row
