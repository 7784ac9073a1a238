"""What happens when staff enter, suspend, resume or end a mandate for collection or one-card (domain.md C3 to C5).

The wish to bring about what is so already changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from billing.debit_errors import (
    MANDATE_IN_THE_WAY,
    MANDATE_INCOMPLETE,
    MANDATE_NOT_FOUND,
    MANDATE_STATE,
)
from billing.models import Mandate
from billing.states import MandateState
from unipay import bank_card, encryption, identity
from unipay.errors import Refusal
from unipay.partners.models import Partner


@dataclass(frozen=True)
class Particulars:
    """What a mandate says; either `agreement_no` or `msisdn` is ""."""

    bank: Partner
    province: Partner
    way: str
    mandate_no: str
    account_number: str
    holder_name: str
    signed_at: datetime
    agreement_no: str = ""
    msisdn: str = ""


@transaction.atomic
def add(said: Particulars, *, now: datetime) -> Mandate:
    """Enter a mandate; raises Refusal where another one that has not ended is in the way."""
    named = (said.mandate_no, said.account_number, said.holder_name)
    if not all(named) or bool(said.agreement_no) == bool(said.msisdn):
        raise Refusal(MANDATE_INCOMPLETE)
    try:
        with transaction.atomic():
            return Mandate.objects.create(
                bank=said.bank,
                province=said.province,
                way=said.way,
                mandate_no=said.mandate_no,
                agreement_no=said.agreement_no,
                msisdn=said.msisdn,
                signed_at=said.signed_at,
                account_number=said.account_number,
                account_index=encryption.default().blind_index(
                    said.account_number, context="mandate.account"
                ),
                account_mask=bank_card.mask(said.account_number),
                holder_name=said.holder_name,
                holder_mask=identity.mask_name(said.holder_name),
            )
    except IntegrityError as error:
        raise Refusal(MANDATE_IN_THE_WAY) from error


@transaction.atomic
def suspend(mandate_id: int, *, remark: str) -> bool:
    """Debit nothing by it until people resume it; tells whether it was active."""
    mandate = _locked(mandate_id)
    if mandate.state != MandateState.ACTIVE:
        return False
    mandate.suspend(remark=remark)
    mandate.save()
    return True


@transaction.atomic
def resume(mandate_id: int) -> bool:
    """Debit by it again; tells whether it was suspended. Raises Refusal for one that has ended."""
    mandate = _locked(mandate_id)
    if mandate.state == MandateState.ENDED:
        raise Refusal(MANDATE_STATE)
    if mandate.state == MandateState.ACTIVE:
        return False
    mandate.resume()
    mandate.save()
    return True


@transaction.atomic
def end(mandate_id: int, *, remark: str, now: datetime) -> bool:
    """End it; what waits to be written into a request file is withdrawn there. Tells whether it stood."""
    mandate = _locked(mandate_id)
    if mandate.state == MandateState.ENDED:
        return False
    mandate.end(now=now)
    mandate.remark = remark[:200]
    mandate.save()
    return True


def _locked(mandate_id: int) -> Mandate:
    mandate = Mandate.objects.select_for_update(no_key=True).filter(pk=mandate_id).first()
    if mandate is None:
        raise Refusal(MANDATE_NOT_FOUND)
    return mandate
