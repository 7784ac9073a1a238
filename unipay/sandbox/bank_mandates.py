"""A simulated bank's mandates: signed at its counter, told to Unipay as a file (domain.md C3, C5)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from billing.kinds import BANK_MANDATES
from unipay import bank_card, clock
from unipay.sandbox import client, file_lines, file_roads
from unipay.sandbox.models import SandboxBill, SandboxMandate
from unipay.sandbox.people import card_of, subscriber_of
from unipay.sandbox.roster import bank
from unipay.sandbox.states import BookState

COMPANY = "公司"


def sign(code: str, *, msisdn: str = "", agreement_no: str = "", now: datetime) -> SandboxMandate:
    """A customer lets the bank debit an account for a number, or a company for an agreement number; Unipay hears of it
    with the next file."""
    subject = agreement_no or msisdn
    card, person = card_of(subject, prefix=bank(code).card_prefix), subscriber_of(subject)
    return SandboxMandate.objects.create(
        partner_code=code,
        mandate_no=f"{code}M{subject}",
        agreement_no=agreement_no,
        msisdn="" if agreement_no else msisdn,
        account_number=card,
        account_mask=bank_card.mask(card),
        holder_name=person.name + COMPANY if agreement_no else person.name,
        signed_at=now,
    )


def end(row: SandboxMandate) -> None:
    """The customer ends it; Unipay hears of it with the next file."""
    row.state, row.is_told = BookState.TERMINATED, False
    row.save(update_fields=["state", "is_told"])


def send(code: str, *, now: datetime, with_home_only: bool = False) -> client.Reply | None:
    """Send what Unipay was not told of yet, which counts as told once Unipay has the file; None when there is nothing.

    `with_home_only`: a company's mandate waits for the first bill under its agreement, which tells where it is at home.
    """
    untold = _untold(code)
    rows = list(untold.filter(_has_home()) if with_home_only else untold)
    if not rows:
        return None
    day = clock.business_date(now)
    reply = file_roads.hand_over(code, BANK_MANDATES, _file(code, rows, now), business_date=day, now=now)
    if reply.is_ok or file_roads.is_known(reply):
        _note_told(rows)
    return reply


@transaction.atomic
def written(code: str, *, now: datetime) -> bytes | None:
    """Return the file of what Unipay was not told of yet, which counts as told from now on; None for nothing."""
    rows = list(_untold(code))
    if not rows:
        return None
    _note_told(rows)
    return _file(code, rows, now)


def _untold(code: str) -> QuerySet[SandboxMandate]:
    return SandboxMandate.objects.filter(partner_code=code, is_told=False).order_by("id")


def _has_home() -> Q:
    billed = SandboxBill.objects.filter(is_told=True).exclude(agreement_no="")
    return Q(agreement_no="") | Q(agreement_no__in=billed.values("agreement_no"))


def _note_told(rows: Sequence[SandboxMandate]) -> None:
    for row in rows:
        # Not where the customer ended it meanwhile: that is news again.
        SandboxMandate.objects.filter(pk=row.pk, state=row.state).update(is_told=True)


def _file(code: str, rows: Sequence[SandboxMandate], now: datetime) -> bytes:
    day = clock.business_date(now)
    return file_lines.written(code, BANK_MANDATES, [_line(row) for row in rows], business_date=day, now=now)


def _line(row: SandboxMandate) -> dict[str, Any]:
    return {
        "change": "END" if row.state == BookState.TERMINATED else "ADD",
        "mandate_no": row.mandate_no,
        "agreement_no": row.agreement_no,
        "msisdn": row.msisdn,
        "account_number": row.account_number,
        "account_mask": row.account_mask,
        "holder_name": row.holder_name,
        "signed_at": row.signed_at,
    }
