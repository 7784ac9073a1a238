"""A simulated province's bills: it bills its numbers month by month, over the API or as a file, amends and cancels them
(domain.md C3)."""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from billing.kinds import PROVINCE_BILLS
from unipay import clock
from unipay.partners import queries as partners
from unipay.sandbox import client, file_lines, file_roads, file_wire
from unipay.sandbox.bank import new_request_no, refusal_text
from unipay.sandbox.models import SandboxBill, SandboxContract, SandboxMandate, SandboxNumber
from unipay.sandbox.states import BilledState, BookState, Role

DUE_AFTER = timedelta(days=3)
_LEAST_FEN, _SPREAD_FEN = 18_00, 120_00
_HELD = (BookState.SIGNED, BookState.SUSPENDED)

Line = dict[str, Any]


def bill(
    code: str,
    *,
    msisdn: str,
    amount_fen: int,
    agreement_no: str = "",
    month: date | None = None,
    now: datetime,
) -> tuple[SandboxBill, client.Reply]:
    """Bill one number for a month (the last one) and tell Unipay."""
    row = write_down(
        code, msisdn=msisdn, agreement_no=agreement_no, amount_fen=amount_fen, month=month, now=now
    )
    order = {"request_no": new_request_no(code), "bills": [_told(row)]}
    reply = client.post_until_answered(code, "/bills", order)
    told: Line = next(iter(reply.body.get("results") or ()), {})
    why_not = told.get("why_not") or {}
    return row, _noted(row, reply, refusal=str(why_not.get("text") or ""))


def amend(row: SandboxBill, *, amount_fen: int) -> client.Reply:
    """The province reckoned wrongly: the bill comes to another amount."""
    order = {"request_no": new_request_no(row.partner_code), "amount_fen": amount_fen}
    path = f"/bills/{number_at_unipay(row)}/amendment"
    reply = client.post_until_answered(row.partner_code, path, order)
    if reply.is_ok:
        row.amount_fen = amount_fen
        row.save(update_fields=["amount_fen"])
    return _noted(row, reply)


def cancel(row: SandboxBill) -> client.Reply:
    """The province takes a bill back."""
    order = {"request_no": new_request_no(row.partner_code)}
    path = f"/bills/{number_at_unipay(row)}/cancellation"
    reply = client.post_until_answered(row.partner_code, path, order)
    if reply.is_ok:
        row.state = BilledState.CANCELLED
        row.save(update_fields=["state"])
    return _noted(row, reply)


def at_unipay(row: SandboxBill) -> dict[str, Any]:
    """Ask Unipay how a bill stands there; nothing where it does not know it."""
    query = {"msisdn": row.msisdn, "billing_month": f"{row.billing_month:%Y-%m}"}
    found: list[dict[str, Any]] = client.get(row.partner_code, "/bills", query).body.get("results") or []
    return next((each for each in found if each["province_bill_no"] == row.province_bill_no), {})


def number_at_unipay(row: SandboxBill) -> str:
    """Return Unipay's number of a bill, "-" where it does not know it."""
    return str(at_unipay(row).get("bill_no") or "-")


def bill_everybody(
    code: str, *, month: date | None = None, at_most: int | None = None, now: datetime
) -> list[client.Reply]:
    """Bill every number of the province that has a contract or a mandate and no bill of the month, as one file."""
    billed = _month(month, now)
    for msisdn, agreement_no in list(islice(billed_numbers(code, without_bill_of=billed), at_most)):
        fen = usual_fen(msisdn, billed)
        write_down(code, msisdn=msisdn, agreement_no=agreement_no, amount_fen=fen, month=month, now=now)
    return send(code, now=now)


def send(code: str, *, now: datetime) -> list[client.Reply]:
    """Send a file of the bills Unipay was not told of yet; nothing where there are none."""
    rows = list(
        SandboxBill.objects.filter(partner_code=code, is_told=False, state=BilledState.BILLED).order_by("id")
    )
    if not rows:
        return []
    day = clock.business_date(now)
    lines = [{**_line(row), "change": "ADD"} for row in rows]
    content = file_lines.written(
        code,
        PROVINCE_BILLS,
        lines,
        business_date=day,
        now=now,
        total_fen=sum(row.amount_fen for row in rows),
    )
    name = f"{PROVINCE_BILLS}_{code}_{day:%Y%m%d}_{now:%H%M%S%f}.txt"
    reply = file_wire.send(
        code, kind=PROVINCE_BILLS, name=name, business_date=day.isoformat(), content=content
    )
    if reply.is_ok or file_roads.is_known(reply):
        SandboxBill.objects.filter(pk__in=[row.pk for row in rows]).update(is_told=True)
    return [reply]


def write_down(
    code: str, *, msisdn: str, agreement_no: str, amount_fen: int, month: date | None, now: datetime
) -> SandboxBill:
    """Keep a bill that Unipay does not know yet."""
    return SandboxBill.objects.create(
        partner_code=code,
        province_bill_no=f"{code}{_month(month, now):%Y%m}{secrets.token_hex(6).upper()}",
        msisdn=msisdn,
        agreement_no=agreement_no,
        billing_month=_month(month, now),
        amount_fen=amount_fen,
        due_date=clock.business_date(now) + DUE_AFTER,
    )


def billed_numbers(code: str, *, without_bill_of: date | None = None) -> Iterator[tuple[str, str]]:
    """Yield who is billed: numbers with a contract in the province's book, and those of its people with a mandate, then
    companies' users; only those without a bill of a month, where one is given."""
    contracts = SandboxContract.objects.filter(partner_code=code, role=Role.PROVINCE, state__in=_HELD)
    mandates = SandboxMandate.objects.filter(state=BookState.SIGNED).exclude(msisdn="")
    users = SandboxBill.objects.filter(partner_code=code).exclude(agreement_no="")
    of_month = SandboxBill.objects.filter(billing_month=without_bill_of or date.min)
    billed = of_month.values("msisdn")
    signed = contracts.exclude(msisdn__in=billed).values_list("msisdn", flat=True)
    mandated = mandates.exclude(msisdn__in=billed).values_list("msisdn", flat=True)
    for msisdn in sorted({*signed, *mandated}):
        if getattr(partners.home_province(msisdn), "code", "") == code:
            yield msisdn, ""
    yield from sorted(set(users.exclude(msisdn__in=billed).values_list("msisdn", "agreement_no")))


def usual_fen(msisdn: str, month: date) -> int:
    """Return what a number uses in a month: always the same, so that books can be reckoned again."""
    seed = hashlib.sha256(f"{msisdn}{month:%Y%m}".encode()).digest()
    return _LEAST_FEN + int.from_bytes(seed[:4], "big") % _SPREAD_FEN


def _told(row: SandboxBill) -> Line:
    line = _line(row)
    dated = {name: line[name].isoformat() for name in ("billing_month", "due_date")}
    joined = line.pop("joined_network_at")
    if not row.agreement_no:
        del line["agreement_no"]
    return {
        **line,
        **dated,
        "billing_month": f"{row.billing_month:%Y-%m}",
        **({"joined_network_at": clock.rfc3339(joined)} if joined else {}),
    }


def _line(row: SandboxBill) -> Line:
    number = SandboxNumber.objects.filter(msisdn=row.msisdn).first()
    return {
        "province_bill_no": row.province_bill_no,
        "msisdn": row.msisdn,
        "agreement_no": row.agreement_no,
        "billing_month": row.billing_month,
        "amount_fen": row.amount_fen,
        "due_date": row.due_date,
        "joined_network_at": number.joined_network_at if number else None,
    }


def _noted(row: SandboxBill, reply: client.Reply, *, refusal: str = "") -> client.Reply:
    row.is_told = row.is_told or (reply.is_ok and not refusal)
    row.remark = refusal[:300] if reply.is_ok else refusal_text(reply)
    row.save(update_fields=["is_told", "remark"])
    return reply


def _month(month: date | None, now: datetime) -> date:
    """The last month, unless another one is meant."""
    return month or (clock.business_date(now).replace(day=1) - timedelta(days=1)).replace(day=1)
