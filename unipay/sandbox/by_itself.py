"""What the simulated partners do by themselves, so that a month passes with no hand at all (domain.md C3 to C6):
provinces bill their numbers for the last month; banks send mandates, debit what request files ask for, and answer.

The calendar's entries are the switches. Whoever drives the partners by hand (the demo) holds them meanwhile, and banks
whose files staff carry wait for staff."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import PeriodicTask

from billing.kinds import REQUESTS
from billing.models import Arrangement
from unipay.errors import Text, TransportFailed, Unanswered
from unipay.exchange.models import SentFile, SentState
from unipay.exclusive import exclusively
from unipay.sandbox import bank_debits, bank_mandates, province_bills
from unipay.sandbox.arrangements import HAND_BANKS
from unipay.sandbox.file_lines import NoLayout
from unipay.sandbox.models import SandboxKey
from unipay.sandbox.roster import BANKS
from unipay.sandbox.states import Role

PROVINCES_BILL, BANKS_ANSWER = "sandbox.provinces_bill", "sandbox.banks_answer"
MOST_BILLS = 500
"""So many bills a province writes at a time: whoever imported a book of millions waits longer, and nothing stands."""

_LOCK = (60, 1)  # keeps this advisory lock apart from those of other subjects
_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.5
_MISHAPS = (TransportFailed, Unanswered, NoLayout, OSError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Habit:
    """Something partners do by themselves, and whether the calendar lets them."""

    task: str
    title: Text
    is_on: bool


_TITLES: dict[str, Text] = {
    PROVINCES_BILL: _("Every five minutes provinces bill who has a contract and no bill for the last month."),
    BANKS_ANSWER: _("Every minute banks send their mandates, debit what is asked for, and answer."),
}


def habits() -> list[Habit]:
    """Return what partners do by themselves; what the calendar does not know is off."""
    live = set(PeriodicTask.objects.filter(name__in=_TITLES, enabled=True).values_list("name", flat=True))
    return [Habit(task, title, task in live) for task, title in _TITLES.items()]


def switch(task: str, *, on: bool) -> bool:
    """Switch a habit on or off in the calendar, which the beat reads again; False where it is not there."""
    entry = PeriodicTask.objects.filter(name=task).first() if task in _TITLES else None
    if entry is None:
        return False
    entry.enabled = on
    entry.save()
    return True


@contextmanager
def held() -> Iterator[None]:
    """Keep the partners from doing anything by themselves while the block runs; waits for what they are at."""
    ends_at = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with exclusively(*_LOCK) as is_ours:
            if is_ours or time.monotonic() > ends_at:
                yield
                return
        time.sleep(_PAUSE_SECONDS)


def provinces_bill(*, now: datetime) -> None:
    """Every province bills, as one file, who has a contract or mandate there and no bill for the last month."""
    with exclusively(*_LOCK) as is_ours:
        if not is_ours:
            return
        for code in _codes(Role.PROVINCE):
            _try(code, partial(province_bills.bill_everybody, code, at_most=MOST_BILLS, now=now))


def banks_answer(*, now: datetime) -> None:
    """Every bank with a line tells of its mandates, answers the request files that wait, and what it still owes."""
    with exclusively(*_LOCK) as is_ours:
        if not is_ours:
            return
        connected = _codes(Role.BANK)
        for bank in BANKS:
            if bank.code in connected and bank.code not in HAND_BANKS:
                _try(bank.code, partial(_answer, bank.code, now))


def _answer(code: str, now: datetime) -> None:
    bank_mandates.send(code, with_home_only=True, now=now)
    for way in Arrangement.objects.filter(bank__code=code).order_by("id").values_list("way", flat=True):
        if _is_asked(code, way):
            bank_debits.answer_waiting(code, way, now=now)
        bank_debits.answer_the_rest(code, way, now=now)


def _is_asked(code: str, way: str) -> bool:
    """Whether a file waits: asked for every minute, nothing would fill the log of the bank's messages."""
    waiting = SentFile.objects.filter(
        partner__code=code, kind=REQUESTS[way], state__in=[SentState.READY, SentState.DELIVERED]
    )
    return waiting.exists()


def _codes(role: Role) -> list[str]:
    return list(SandboxKey.objects.filter(role=role).order_by("id").values_list("partner_code", flat=True))


def _try(code: str, act: Callable[[], object]) -> None:
    """One partner that fails keeps nobody else back; what it did not get done it does next time."""
    try:
        act()
    except _MISHAPS as mishap:
        log.warning("sandbox_partner_failed", partner=code, error=repr(mishap))
