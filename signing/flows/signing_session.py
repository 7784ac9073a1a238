"""What happens when a hall sends a subscriber to sign (domain.md A1): the session is opened, the subscriber consents
on our page and is handed over to the bank's signing page, with a form the bank can check.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from signing import messages, numbers
from signing.errors import (
    BANK_CLOSED,
    BANK_UNKNOWN,
    BANK_WITHOUT_PAGE,
    NUMBER_HAS_CONTRACT,
    NUMBER_NOT_YOURS,
    NUMBERS_INVALID,
    RETURN_URL_NOT_ALLOWED,
    SESSION_OVER,
    UNKNOWN_NUMBER,
)
from signing.locks import lock_numbers
from signing.models import SigningSession
from signing.particulars import SessionOrder
from signing.queries import standing_contract_on
from signing.representation import standing_particulars
from unipay import check_digit, signatures
from unipay.errors import Refusal
from unipay.partners import queries as partners
from unipay.partners.keys import own_key_for
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner


@dataclass(frozen=True)
class HandOver:
    """The form that takes the subscriber's browser to the bank: its address and its signed fields."""

    url: str
    fields: dict[str, str]


@transaction.atomic
def open_session(*, hall: Partner, order: SessionOrder, now: datetime) -> SigningSession:
    """Open a session for a number without a standing contract; raises Refusal naming what is in the way."""
    _check_numbers(order)
    province = _province_for(hall, order.msisdn)
    _check_return_url(hall, order.return_url)
    bank = _bank_to_sign_with(order.bank_code, now) if order.bank_code else None
    msisdns = [order.msisdn, *order.secondary_msisdns]
    lock_numbers(msisdns)
    standing = standing_contract_on(msisdns)
    if standing is not None:
        raise Refusal(NUMBER_HAS_CONTRACT, conflict=standing_particulars(standing))
    return SigningSession.objects.create(
        session_no=check_digit.new_number("S"),
        link_token=secrets.token_urlsafe(32),
        hall=hall,
        bank=bank,
        province=province,
        msisdn=order.msisdn,
        secondary_msisdns=list(order.secondary_msisdns),
        offer=order.terms_offer,
        return_url=order.return_url,
        language=order.language,
        opened_at=now,
        expires_at=now + timedelta(minutes=settings.UNIPAY_SESSION_MINUTES),
    )


@transaction.atomic
def consent(link_token: str, *, bank_code: str, return_url: str, now: datetime) -> HandOver:
    """The subscriber consents and goes to the bank; doing so again while the session lives is harmless.

    `return_url` is our own page for the way back. Raises Refusal when the session is over, the bank can't be signed
    with now, or the number was signed meanwhile (which ends the session).
    """
    session = (
        SigningSession.objects.select_for_update(of=["self"])
        .select_related("hall")
        .get(link_token=link_token)
    )
    if not session.is_live or session.expires_at <= now:
        raise Refusal(SESSION_OVER)
    if session.consented_at and session.bank and session.bank.code != bank_code:
        raise Refusal(SESSION_OVER)
    bank = _bank_to_sign_with(bank_code, now)
    session.hand_over(bank_id=bank.pk, now=now)
    session.save()
    return HandOver(bank.signing_page_url, _signed_fields(session, bank, return_url, now))


@transaction.atomic
def give_up_if_signed_meanwhile(link_token: str, *, now: datetime) -> bool:
    """End a session whose number got a standing contract elsewhere; true when it did."""
    session = (
        SigningSession.objects.select_for_update(of=["self"])
        .select_related("hall")
        .get(link_token=link_token)
    )
    if not session.is_live:
        return False
    if standing_contract_on([session.msisdn, *session.secondary_msisdns]) is None:
        return False
    session.fail(failure_code=NUMBER_HAS_CONTRACT.code, now=now)
    session.save()
    messages.tell_hall(session, now=now)
    return True


def _check_numbers(order: SessionOrder) -> None:
    found = numbers.faults(order.msisdn, order.secondary_msisdns, most=settings.UNIPAY_MAX_SECONDARY_NUMBERS)
    if found:
        raise Refusal(NUMBERS_INVALID, faults=found)


def _province_for(hall: Partner, msisdn: str) -> Partner:
    province = partners.home_province(msisdn)
    if province is None:
        raise Refusal(UNKNOWN_NUMBER)
    if hall.serves_id is not None and hall.serves_id != province.pk:
        raise Refusal(NUMBER_NOT_YOURS)
    return province


def _check_return_url(hall: Partner, return_url: str) -> None:
    """Our page must not become a way to send people anywhere: only the hall's own host is returned to."""
    wanted, own = urlsplit(return_url), urlsplit(hall.base_url)
    if (wanted.scheme, wanted.netloc) != (own.scheme, own.netloc):
        raise Refusal(RETURN_URL_NOT_ALLOWED)


def _bank_to_sign_with(code: str, now: datetime) -> Partner:
    bank = partners.partner_by_code(code)
    if bank is None or bank.kind != PartnerKind.BANK or bank.is_virtual:
        raise Refusal(BANK_UNKNOWN)
    if not partners.takes_new_business(bank, now):
        raise Refusal(BANK_CLOSED)
    if not bank.signing_page_url:
        raise Refusal(BANK_WITHOUT_PAGE)
    return bank


def _signed_fields(session: SigningSession, bank: Partner, return_url: str, now: datetime) -> dict[str, str]:
    """The form's fields; the signature is over the others as JSON with sorted keys and no spaces (design.md 5)."""
    key = own_key_for(bank, now)
    fields = {
        "session_no": session.session_no,
        "msisdn": session.msisdn,
        "bank_code": bank.code,
        "return_url": return_url,
    }
    timestamp, nonce = str(int(now.timestamp())), secrets.token_urlsafe(18)
    body = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    text = signatures.answer_text(timestamp, nonce, body)
    signature = signatures.sign(key.private_key, key.algorithm, text)
    return {**fields, "timestamp": timestamp, "nonce": nonce, "key": key.key_id, "signature": signature}
