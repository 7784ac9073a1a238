"""What happens when a bank announces a signing result (domain.md A1 steps 5 and 6, A2 steps 4.7 to 4.10).

The notice names the signing by our contract number (bank channel), our session number (carrier channel), or the
bank's own request number where it has neither. How a signed contract takes its place is told in place.py.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from signing import messages
from signing.errors import CONTRACT_NOT_FOUND, NOTICE_CONTRADICTS, SESSION_NOT_FOUND
from signing.flows import place, refused_request
from signing.flows.notice_checks import refuse_impossible, require_same_numbers, twin_of
from signing.flows.place import Opening
from signing.flows.told import Announced, Told
from signing.locks import lock_numbers, lock_numbers_of_contract
from signing.models import Contract, SigningSession
from signing.particulars import SigningNotice
from signing.representation import contract_facts, session_facts
from signing.states import ContractState, EndReason, SessionState
from unipay.errors import Refusal


@transaction.atomic
def accept_result(told: Told, *, now: datetime) -> Announced:
    """Take in what the bank announces; the same notice again changes nothing.

    Raises Refusal for a signing the bank does not have, terms beyond the offer, a contradiction.
    """
    if told.notice.contract_no:
        return _of_bank_channel(told.notice.contract_no, told, now)
    if told.notice.session_no:
        return _of_carrier_channel(told, now)
    request = refused_request.request_of(told)
    contract_no = (request.answer or {}).get("contract_no")
    if contract_no:
        return _of_bank_channel(contract_no, told, now)
    return refused_request.accept_despite_refusal(request, told, now)


def _of_bank_channel(contract_no: str, told: Told, now: datetime) -> Announced:
    if not lock_numbers_of_contract(contract_no, bank_id=told.bank.pk):
        raise Refusal(CONTRACT_NOT_FOUND)
    contracts = Contract.objects.select_related("province").select_for_update(of=["self"])
    contract = contracts.get(contract_no=contract_no)
    contract.bank = told.bank
    require_same_numbers(told.notice, contract)
    if not told.notice.signed:
        return _not_signed(contract, now)
    if contract.signed_at is not None:
        return place.repeated(contract, told.notice)
    refuse_impossible(told, contract.offer, now)
    twin_of(told, other_than=contract.pk)
    if contract.state == ContractState.TERMINATED:
        cause = f"late:{told.bank.code}:{contract.contract_no}"
        return place.keep_late(Opening.of_contract(contract), told, cause=cause, now=now)
    place.fill(contract, told.notice)
    return place.take_place(contract, told, now)


def _of_carrier_channel(told: Told, now: datetime) -> Announced:
    found = SigningSession.objects.filter(session_no=told.notice.session_no, bank=told.bank).first()
    if found is None:
        raise Refusal(SESSION_NOT_FOUND)
    require_same_numbers(told.notice, found)
    lock_numbers([found.msisdn, *found.secondary_msisdns])
    sessions = SigningSession.objects.select_related("hall", "bank", "province", "contract__bank")
    session = sessions.select_for_update(of=["self"]).get(pk=found.pk)
    if not told.notice.signed:
        return _session_failed(session, told.notice, now)
    if session.contract is not None:
        return place.repeated(session.contract, told.notice, session)
    _require_consent(session)
    refuse_impossible(told, session.offer, now)
    twin = twin_of(told)
    if twin is not None:
        return _complete(session, Announced(twin), now)
    if not session.is_live:
        cause = f"late:{told.bank.code}:{session.session_no}"
        return _attach(session, place.keep_late(Opening.of_session(session), told, cause=cause, now=now))
    contract = place.new_contract(Opening.of_session(session), told, now)
    return _complete(session, place.take_place(contract, told, now), now)


def _require_consent(session: SigningSession) -> None:
    """No bank was given a session yet to which the subscriber has not said yes on our page."""
    if session.state == SessionState.OPENED:
        text = _("The subscriber has not consented yet.")
        raise Refusal(NOTICE_CONTRADICTS, text, conflict=session_facts(session))


def _not_signed(contract: Contract, now: datetime) -> Announced:
    """The bank did not sign after all: the provisional contract ends; a formal one is not ended by this."""
    if contract.state == ContractState.PROVISIONAL:
        contract.terminate(reason=EndReason.NOT_SIGNED, now=now)
        contract.version += 1
        contract.save()
    elif contract.state != ContractState.TERMINATED:
        raise Refusal(NOTICE_CONTRADICTS, conflict=contract_facts(contract))
    return Announced(contract)


def _session_failed(session: SigningSession, notice: SigningNotice, now: datetime) -> Announced:
    """The bank's account check failed (A1 step 5.1): the flow ends, and the hall hears of it from the bank or us."""
    if session.contract is not None:
        raise Refusal(NOTICE_CONTRADICTS, conflict=session_facts(session))
    if session.is_live:
        session.fail(failure_code=notice.failure_code, now=now)
        session.save()
        _tell_hall(session, now)
    return Announced(None, session)


def _complete(session: SigningSession, announced: Announced, now: datetime) -> Announced:
    """The session ends with the contract it led to, and the hall hears of it where the bank does not tell it."""
    contract = announced.contract
    if contract is not None and session.is_live:
        session.complete(contract_id=contract.pk, now=now)
        session.contract = contract
        session.save()
        _tell_hall(session, now)
    return Announced(contract, session, announced.case)


def _attach(session: SigningSession, announced: Announced) -> Announced:
    """A session that was over shows what came of it all the same; it does not live again."""
    session.contract = announced.contract
    session.save(update_fields=["contract"])
    return Announced(announced.contract, session, announced.case)


def _tell_hall(session: SigningSession, now: datetime) -> None:
    if session.bank is None or not session.bank.notifies_hall:
        messages.tell_hall(session, now=now)
