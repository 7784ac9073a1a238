"""The doors of signing that the calendar opens (unipay/schedule.py): what ran out of time is asked about and ended."""

from celery import shared_task

from signing.flows import daily_figures, expiry
from unipay import clock

_AT_ONCE = 500


@shared_task(name="signing.expire_provisional", ignore_result=True)
def expire_provisional() -> None:
    """Claim the provisional contracts whose time is over, and ask about each in a task of its own."""
    for contract_id in expiry.claim_overdue_contracts(now=clock.now(), limit=_AT_ONCE):
        settle_contract.delay(contract_id)


@shared_task(name="signing.expire_sessions", ignore_result=True)
def expire_sessions() -> None:
    """Claim the sessions whose time is over, and ask about each in a task of its own."""
    for session_id in expiry.claim_overdue_sessions(now=clock.now(), limit=_AT_ONCE):
        settle_session.delay(session_id)


@shared_task(name="signing.settle_contract", ignore_result=True)
def settle_contract(contract_id: int) -> None:
    """Ask the bank about one provisional contract."""
    expiry.settle_contract(contract_id, now=clock.now)


@shared_task(name="signing.settle_session", ignore_result=True)
def settle_session(session_id: int) -> None:
    """Ask the bank about one session."""
    expiry.settle_session(session_id, now=clock.now)


@shared_task(name="signing.refresh_daily_figures", ignore_result=True)
def refresh_daily_figures() -> None:
    """Count the days that are not settled for the overview."""
    daily_figures.refresh(now=clock.now())
