"""A row is claimed for a while and the claim is renewed as long as its holder lives: after a crash it runs out."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.db import DatabaseError, InterfaceError, connection

LEASE = timedelta(minutes=2)
"""How long after its holder's last sign of life a claim ends."""

_RENEWED_EVERY = LEASE.total_seconds() / 4
_SHORTEST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=30)

log = structlog.get_logger(__name__)


@contextmanager
def renewed(renew: Callable[[], None]) -> Iterator[None]:
    """Call `renew` every so often, in a thread with a connection of its own, until the block is left."""
    is_over = threading.Event()
    thread = threading.Thread(target=_renew_until, args=(is_over, renew), daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts that failed: half a minute, doubling up to half an hour."""
    return min(_SHORTEST_WAIT * 2 ** min(max(attempts - 1, 0), 10), _LONGEST_WAIT)


def _renew_until(is_over: threading.Event, renew: Callable[[], None]) -> None:
    try:
        while not is_over.wait(_RENEWED_EVERY):
            try:
                renew()
            except (DatabaseError, InterfaceError) as error:
                log.warning("lease_not_renewed", error=repr(error))
                connection.close()
    finally:
        connection.close()
