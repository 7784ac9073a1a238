"""A simulated bank's mandates: signed at its counter, told to Unipay as a file (domain.md C3, C5)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from billing.kinds import BANK_MANDATES
from unipay import bank_card, clock
from unipay.sandbox import client, file_lines, file_roads
from unipay.sandbox.models import SandboxMandate
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


def send(code: str, *, now: datetime) -> client.Reply | None:
    """Send what Unipay was not told of yet; None when there is nothing."""
    content = written(code, now=now)
    if content is None:
        return None
    day = clock.business_date(now)
    return file_roads.hand_over(code, BANK_MANDATES, content, business_date=day, now=now)


@transaction.atomic
def written(code: str, *, now: datetime) -> bytes | None:
    """Return the file of what Unipay was not told of yet, which counts as told from now on; None for nothing."""
    rows = list(SandboxMandate.objects.filter(partner_code=code, is_told=False).order_by("id"))
    if not rows:
        return None
    SandboxMandate.objects.filter(pk__in=[row.pk for row in rows]).update(is_told=True)
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
