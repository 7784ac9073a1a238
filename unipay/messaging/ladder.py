"""The ladder: how long a message waits before each attempt (design.md 5), and how long a line that fails is left
in peace. Values in, values out."""

from datetime import timedelta

RUNGS: tuple[timedelta, ...] = (
    timedelta(0),
    timedelta(seconds=15),
    timedelta(seconds=30),
    timedelta(minutes=3),
    timedelta(minutes=10),
    timedelta(minutes=20),
    *[timedelta(minutes=30)] * 3,
    timedelta(hours=1),
    *[timedelta(hours=3)] * 3,
    *[timedelta(hours=6)] * 2,
)

FAILURES_BEFORE_REST = 3
_SHORTEST_REST = timedelta(seconds=5)
_LONGEST_REST = timedelta(minutes=1)


def wait_after(attempts: int) -> timedelta | None:
    """Return the wait before the next attempt when `attempts` were made, or None when the ladder is used up."""
    return RUNGS[attempts] if attempts < len(RUNGS) else None


def rest_after(failures: int) -> timedelta | None:
    """Return how long a line rests after so many failed calls in a row: not at all, then 5 s doubling to 1 m.

    Shorter than the rungs a lone message stands on by then, so a rest only ever delays the crowd behind it.
    """
    if failures < FAILURES_BEFORE_REST:
        return None
    doublings = min(failures - FAILURES_BEFORE_REST, 10)
    return min(_SHORTEST_REST * 2**doublings, _LONGEST_REST)
