"""What happens when a received file is read: it is accepted, refused, put before people, or into quarantine.

Whoever dies on the way leaves a claim that runs out, and the next one begins where the file stands: one that was
accepted but not passed on is read again and passed on. Trouble of ours (no memory, no disk, no database) refuses no
file: it is given back and tried again.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from functools import partial

import structlog

from unipay import clock as clock_module
from unipay.exchange import claims, errors, fault_list, vault
from unipay.exchange.alarms import sound
from unipay.exchange.claims import Claim, ClaimLost
from unipay.exchange.faults import ReadingRefused
from unipay.exchange.flows import outcome
from unipay.exchange.kinds import kind_named
from unipay.exchange.leases import renewed
from unipay.exchange.models import Cipher, FileLayout, ReceivedFile, ReceivedState
from unipay.exchange.queries import layout_for
from unipay.exchange.reading import Reading, open_reading
from unipay.logging import mask_text

Clock = Callable[[], datetime]

_MANY_ATTEMPTS = 5
_NOT_THE_SENDERS = ("bad_layout",)
"""What is wrong here is ours to mend: the file waits until it is."""

_UNREADABLE = ("undecryptable", "altered")
"""Nobody can look into such a file: it is kept apart."""

log = structlog.get_logger(__name__)


class NotPassedOn(Exception):
    """Whoever waits for the file could not read it, although it was accepted: it is tried again."""


def check(file_id: int, *, now: Clock) -> ReceivedFile:
    """Read a file that waits for it and pass it on; return it as it stands then.

    Does nothing while another worker has it. Raises nothing: trouble is noted in `last_error`, and the file is tried
    again later.
    """
    claim = claims.claim(file_id, now=now())
    if claim is not None:
        try:
            with renewed(partial(claim.renew, now)):
                _go_on(claim, now)
        except ClaimLost:
            log.warning("claim_lost", file=file_id)
        except Exception as trouble:
            _postpone(claim, trouble, now)
    return ReceivedFile.objects.select_related("partner", "layout").get(pk=file_id)


def _go_on(claim: Claim, now: Clock) -> None:
    file = ReceivedFile.objects.select_related("partner", "layout").get(pk=claim.file_id)
    if file.state == ReceivedState.RECEIVED:
        _read(claim, file, now)
    elif kind_named(file.kind).on_accepted is None:
        outcome.passed_on(claim, now=now())
    else:
        with _opened(file) as reading:
            _pass_on(claim, file, reading, now)


def _read(claim: Claim, file: ReceivedFile, now: Clock) -> None:
    """Find the layout and read the file by it; what is wrong with the file as a whole ends it."""
    try:
        _read_by_layout(claim, file, now)
    except ReadingRefused as refused:
        if refused.code in _NOT_THE_SENDERS:
            raise
        ends = outcome.quarantine if refused.code in _UNREADABLE else outcome.refuse
        ends(claim, code=refused.code, why=str(refused.text), now=now())
    except (vault.Altered, vault.Missing):
        reason = errors.FILE_ALTERED
        outcome.quarantine(claim, code=reason.code, why=str(reason.title), now=now())


def _read_by_layout(claim: Claim, file: ReceivedFile, now: Clock) -> None:
    day = file.business_date or clock_module.business_date(file.received_at)
    file.layout = layout = layout_for(file.kind, file.partner, day)
    if layout is None:
        outcome.refuse_for(claim, errors.LAYOUT_MISSING, now=now())
        return
    if file.size == 0 and not file.is_declared_empty:
        outcome.empty_undeclared(claim, layout, now=now())
        return
    if _read_with(claim, file, layout, now):
        return
    # The file itself named a date on which another layout was in force.
    _read_by_layout(claim, file, now)


def _read_with(claim: Claim, file: ReceivedFile, layout: FileLayout, now: Clock) -> bool:
    """Read the file, settle it and pass it on; False when its own date asks for another layout."""
    with _opened(file) as reading:
        day = file.business_date or _date_told(reading)
        if day is None:
            outcome.refuse_for(claim, errors.DATE_MISSING, now=now())
            return True
        if file.business_date is None:
            file.business_date = day
            if layout_for(file.kind, file.partner, day) != layout:
                return False
        fault_list.keep(file, reading)
        settled = outcome.settle(claim, outcome.Found(layout, day, reading), now=now())
        if settled.state == ReceivedState.ACCEPTED:
            _pass_on(claim, settled, reading, now)
    return True


@contextmanager
def _opened(file: ReceivedFile) -> Iterator[Reading]:
    """Open the file; one without a byte, of which somebody said that it is empty, has no header to look for."""
    layout = file.layout
    if layout is not None and file.size == 0:
        file.layout = copy.copy(layout)
        file.layout.has_header = file.layout.has_trailer = False
        file.layout.cipher = Cipher.NONE
    with open_reading(file) as reading:
        file.layout = layout
        yield reading


def _pass_on(claim: Claim, file: ReceivedFile, reading: Reading, now: Clock) -> None:
    follows = kind_named(file.kind).on_accepted
    if follows is not None:
        try:
            follows(file, reading, now())
        except (ReadingRefused, vault.Altered, vault.Missing) as trouble:
            raise NotPassedOn(str(trouble)) from trouble
    outcome.passed_on(claim, now=now())


def _date_told(reading: Reading) -> date | None:
    for section in (reading.header, reading.trailer):
        told = section.get("business_date")
        if told is not None:
            return told if isinstance(told, date) else date.fromisoformat(str(told))
    return None


def _postpone(claim: Claim, trouble: Exception, now: Clock) -> None:
    """Note the trouble and give the file back; where even that fails, the claim runs out by itself."""
    log.exception("file_not_read", file=claim.file_id, turn=claim.turn, exc_info=trouble)
    error = mask_text(f"{type(trouble).__name__}: {trouble}")
    with suppress(Exception):
        claim.postpone(error=error, now=now())
        if claim.turn >= _MANY_ATTEMPTS:
            file = ReceivedFile.objects.select_related("partner").get(pk=claim.file_id)
            sound("file_stuck", partner=file.partner.code, file_no=file.file_no, error=error[:200])
