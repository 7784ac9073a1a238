"""What is refused in a bank's notice, whatever signing it is about: nothing of it was taken in, it may be corrected."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from signing import terms
from signing.errors import (
    BANK_CONTRACT_NO_IN_USE,
    NOTICE_CONTRADICTS,
    SIGNED_IN_THE_FUTURE,
    TERMS_NOT_ALLOWED,
)
from signing.flows.told import Told
from signing.models import Contract, SigningSession
from signing.particulars import SigningNotice
from signing.representation import standing_particulars
from signing.states import ContractState
from signing.terms import Offer
from unipay.errors import Fault, Refusal

_CLOCK_DRIFT = timedelta(minutes=5)


def require_same_numbers(notice: SigningNotice, opened: Contract | SigningSession) -> None:
    """The notice must speak of the numbers the signing was opened for."""
    if notice.msisdn != opened.msisdn:
        fault = Fault("msisdn", "differs", _("The signing was opened for another number."))
        raise Refusal(NOTICE_CONTRADICTS, faults=[fault])
    said = notice.secondary_msisdns
    if said is not None and set(said) != set(opened.secondary_msisdns):
        text = _("The signing was opened for other secondary numbers.")
        raise Refusal(NOTICE_CONTRADICTS, faults=[Fault("secondary_msisdns", "differs", text)])


def refuse_impossible(told: Told, kept_offer: dict[str, Any] | None, now: datetime) -> None:
    """Refuse a signing time to come and terms beyond the offer."""
    notice, offer = told.notice, Offer.of(kept_offer)
    if notice.signed_at is not None and notice.signed_at > now + _CLOCK_DRIFT:
        fault = Fault("signed_at", "in_the_future", SIGNED_IN_THE_FUTURE.title)
        raise Refusal(SIGNED_IN_THE_FUTURE, faults=[fault])
    found = terms.faults(terms.settled(notice.terms, offer), offer)
    if found:
        raise Refusal(TERMS_NOT_ALLOWED, faults=found)


def twin_of(told: Told, *, other_than: int | None = None) -> Contract | None:
    """The live contract this bank announced before under the same number of its own, for the same mobile number.

    Raises Refusal where that number belongs to another mobile number, or to another signing of `other_than`.
    """
    if not told.notice.bank_contract_no:
        return None
    same_no = Contract.objects.filter(bank=told.bank, bank_contract_no=told.notice.bank_contract_no)
    others = same_no.exclude(state=ContractState.TERMINATED).values_list("pk", flat=True)
    twin_id = others.first() if other_than is None else others.exclude(pk=other_than).first()
    if twin_id is None:
        return None
    twin = Contract.objects.select_related("bank", "province").get(pk=twin_id)
    if twin.msisdn == told.notice.msisdn and other_than is None:
        return twin
    raise Refusal(BANK_CONTRACT_NO_IN_USE, conflict=standing_particulars(twin))
