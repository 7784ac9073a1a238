"""What happens when a provisional contract or a session runs out of time (domain.md A2; [ours]): the bank is asked
before anything is ended, and no answer ends nothing until a day has passed.

A notice that arrives after the end is not lost: signing_result makes a manual case of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet

from signing import messages
from signing.flows import signing_result
from signing.flows.told import Told
from signing.locks import lock_numbers
from signing.models import Contract, SigningSession
from signing.models.session import LIVE
from signing.queried_notice import notice_from
from signing.states import ContractState, EndReason, SessionState
from unipay import check_digit
from unipay.errors import Refusal, TransportFailed, Unanswered
from unipay.partners.gateways import bank as bank_gateway
from unipay.partners.gateways.bank import SigningQuery

log = structlog.get_logger(__name__)

ASK_AGAIN = timedelta(minutes=5)
GIVE_UP = timedelta(hours=24)


@dataclass(frozen=True)
class Overdue:
    """A signing whose time is over: exactly one of contract and session."""

    contract: Contract | None = None
    session: SigningSession | None = None

    @property
    def opened(self) -> Contract | SigningSession:
        """The one that is given."""
        found = self.contract or self.session
        if found is None:
            raise ValueError("An overdue signing is a contract or a session.")
        return found

    def named(self) -> dict[str, str]:
        """Our number of the signing, as the wire names it."""
        if self.contract is not None:
            return {"contract_no": self.contract.contract_no}
        return {"session_no": self.session.session_no if self.session else ""}


def claim_overdue_contracts(*, now: datetime, limit: int) -> list[int]:
    """Claim provisional contracts whose time is over, oldest first, by granting them the time it takes to ask.

    Nobody else asks about them meanwhile; if the asker dies, they are due again after ASK_AGAIN.
    """
    overdue = Contract.objects.filter(state=ContractState.PROVISIONAL, expires_at__lte=now)
    return _claim(overdue, now=now, limit=limit)


def claim_overdue_sessions(*, now: datetime, limit: int) -> list[int]:
    """Claim sessions whose time is over, as claim_overdue_contracts does."""
    return _claim(SigningSession.objects.filter(state__in=LIVE, expires_at__lte=now), now=now, limit=limit)


@transaction.atomic
def _claim(overdue: QuerySet[Any], *, now: datetime, limit: int) -> list[int]:
    chosen = overdue.order_by("expires_at").select_for_update(skip_locked=True).values_list("pk", flat=True)
    claimed = list(chosen[:limit])
    overdue.model.objects.filter(pk__in=claimed).update(expires_at=now + ASK_AGAIN)
    return claimed


def settle_contract(contract_id: int, *, now: Callable[[], datetime]) -> None:
    """Ask the bank about one claimed contract and do what its answer says."""
    overdue = Overdue(contract=Contract.objects.select_related("bank").get(pk=contract_id))
    settle(overdue, ask_bank(overdue), now=now())


def settle_session(session_id: int, *, now: Callable[[], datetime]) -> None:
    """Ask the bank about one claimed session and do what its answer says."""
    overdue = Overdue(session=SigningSession.objects.select_related("bank").get(pk=session_id))
    settle(overdue, ask_bank(overdue), now=now())


def ask_bank(overdue: Overdue) -> SigningQuery | None:
    """Ask the bank what became of the signing; None when it did not answer or was never reached."""
    opened = overdue.opened
    if opened.bank is None or opened.state == SessionState.OPENED:
        return SigningQuery(bank_gateway.NOT_SIGNED)
    try:
        return bank_gateway.query_signing(
            opened.bank, request_no=check_digit.new_number("Q"), msisdn=opened.msisdn, **overdue.named()
        )
    except (TransportFailed, Unanswered):
        return None


def settle(overdue: Overdue, query: SigningQuery | None, *, now: datetime) -> None:
    """Do what the bank's answer says: sign, end, or leave it claimed and ask again; after a day of silence, end."""
    if query is not None and query.state == bank_gateway.NOT_SIGNED:
        _end(overdue, now)
    elif query is not None and query.state == bank_gateway.SIGNED and _signed(overdue, query, now):
        return
    elif now - overdue.opened.opened_at >= GIVE_UP:
        _end(overdue, now)


def _signed(overdue: Overdue, query: SigningQuery, now: datetime) -> bool:
    """Take the answer in as if the bank had announced it; false where it can't be taken in as it is."""
    bank = overdue.opened.bank
    if bank is None:
        return False
    try:
        notice = notice_from(query.contract or {}, msisdn=overdue.opened.msisdn, **overdue.named())
        signing_result.accept_result(Told(bank, notice), now=now)
    except (ValueError, Refusal) as objection:
        log.warning("bank_answer_not_usable", bank=bank.code, objection=str(objection), **overdue.named())
        return False
    return True


@transaction.atomic
def _end(overdue: Overdue, now: datetime) -> None:
    lock_numbers([overdue.opened.msisdn, *overdue.opened.secondary_msisdns])
    if overdue.contract is not None:
        contract = Contract.objects.select_for_update().get(pk=overdue.contract.pk)
        if contract.state == ContractState.PROVISIONAL:
            contract.terminate(reason=EndReason.EXPIRED, now=now)
            contract.version += 1
            contract.save()
    if overdue.session is not None:
        sessions = SigningSession.objects.select_related("hall", "bank").select_for_update(of=["self"])
        session = sessions.get(pk=overdue.session.pk)
        if session.is_live:
            session.expire(now=now)
            session.save()
            messages.tell_hall(session, now=now)
