"""A simulated bank's contract files, out of its own book: the day's increment and the whole list (domain.md B)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from reconciliation.kinds import BANK_FULL, BANK_INCREMENT
from unipay import clock
from unipay.sandbox import client, file_lines, file_wire
from unipay.sandbox.bank import new_account
from unipay.sandbox.bank_signing import default_terms, new_bank_contract_no
from unipay.sandbox.models import SandboxContract
from unipay.sandbox.province import misread, offer_for
from unipay.sandbox.scenarios import CONTRACT_FILE, Effect, Side, scenario_in
from unipay.sandbox.states import BookState, Role

KINDS = {"increment": BANK_INCREMENT, "full": BANK_FULL}
_ENDED = (BookState.TERMINATED, BookState.CANCELLED)
_STANDING = (BookState.SIGNED, BookState.PENDING, BookState.SUSPENDED)

_A_SECOND = timedelta(seconds=1)

Line = dict[str, Any]


def send(code: str, period: str, *, business_date: date, now: datetime) -> client.Reply:
    """Write the bank's file of the day, "increment" or "full", and hand it over."""
    kind = KINDS[period]
    content = file_lines.written(
        code, kind, lines(code, period, business_date=business_date), business_date=business_date, now=now
    )
    name = f"{kind}_{code}_{business_date:%Y%m%d}_{now:%H%M%S%f}.txt"
    return file_wire.send(
        code, kind=kind, name=name, business_date=business_date.isoformat(), content=content
    )


def sign_unasked(code: str, msisdn: str, *, now: datetime) -> SandboxContract:
    """The bank signs a number and tells nobody: its book knows a contract that Unipay does not."""
    offer = offer_for(msisdn)
    return SandboxContract.objects.create(
        partner_code=code,
        role=Role.BANK,
        state=BookState.SIGNED,
        msisdn=msisdn,
        bank_code=code,
        channel="COUNTER",
        offer=offer,
        terms=default_terms(offer),
        bank_contract_no=new_bank_contract_no(code),
        signed_at=now,
        **new_account(code, msisdn),
    )


def lines(code: str, period: str, *, business_date: date) -> list[Line]:
    """Return the lines of the file as the bank's book has them, or as the number's scenario distorts them."""
    rows = SandboxContract.objects.filter(partner_code=code, role=Role.BANK).exclude(bank_contract_no="")
    ordered = rows.order_by("id").iterator()
    if period == "full":
        return [line for row in ordered if row.state in _STANDING for line in _told(row, {})]
    return [line for row in ordered for line in _of_day(row, business_date)]


def _of_day(row: SandboxContract, day: date) -> Iterator[Line]:
    """What happened to a contract that day."""
    signed = row.signed_at is not None and clock.business_date(row.signed_at) == day
    changed = clock.business_date(row.updated_at) == day
    if signed and row.state in (*_STANDING, *_ENDED):
        yield from _told(row, {"change": "SIGNED", "occurred_at": row.signed_at})
    if changed and row.state in _ENDED:
        yield _line(row) | {"change": "TERMINATED", "occurred_at": row.updated_at}
    elif changed and not signed and row.state in _STANDING:
        yield from _told(row, {"change": "AMENDED", "occurred_at": row.updated_at})


def _told(row: SandboxContract, more: Line) -> Iterator[Line]:
    scenario = scenario_in(CONTRACT_FILE, msisdn=row.msisdn, side=Side.BANK)
    effect = scenario.effect if scenario else None
    if effect is Effect.LEFT_OUT or (effect is Effect.ENDED_UNTOLD and not more):
        return
    line = {**_line(row), **more}
    if effect is Effect.OTHER_TERMS:
        line |= misread(row.terms)
    yield line
    if effect is Effect.ENDED_UNTOLD:
        yield {**line, "change": "TERMINATED", "occurred_at": line["occurred_at"] + _A_SECOND}


def _line(row: SandboxContract) -> Line:
    return {
        "bank_contract_no": row.bank_contract_no,
        "msisdn": row.msisdn,
        "secondary_msisdns": sorted(row.secondary_msisdns),
        "account_number": row.account_number,
        "account_mask": row.account_mask,
        "account_type": row.account_type,
        "holder_name": row.holder_name,
        "identity_no": row.identity_no,
        "recharge_threshold_fen": row.terms.get("recharge_threshold_fen"),
        "recharge_amount_fen": row.terms.get("recharge_amount_fen"),
        "auto_pay": bool(row.terms.get("auto_pay")),
        "signed_at": row.signed_at,
    }
