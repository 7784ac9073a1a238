"""The ladder as the design fixes it, and the rest of a line that fails."""

from datetime import timedelta

import pytest

from unipay.messaging import ladder


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [
        (0, 0),
        (1, 15),
        (2, 30),
        (3, 3 * 60),
        (4, 10 * 60),
        (5, 20 * 60),
        (6, 30 * 60),
        (7, 30 * 60),
        (8, 30 * 60),
        (9, 3600),
        (10, 3 * 3600),
        (11, 3 * 3600),
        (12, 3 * 3600),
        (13, 6 * 3600),
        (14, 6 * 3600),
    ],
)
def test_each_attempt_waits_for_its_rung(attempts: int, seconds: int) -> None:
    assert ladder.wait_after(attempts) == timedelta(seconds=seconds)


@pytest.mark.parametrize("attempts", [15, 16, 1000])
def test_the_ladder_ends_after_fifteen_attempts(attempts: int) -> None:
    assert ladder.wait_after(attempts) is None


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, None), (1, None), (2, None), (3, 5), (4, 10), (5, 20), (6, 40), (7, 60), (8, 60), (1_000_000, 60)],
)
def test_a_line_rests_longer_the_longer_it_fails(failures: int, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)

    assert ladder.rest_after(failures) == expected


def test_a_rest_never_delays_the_next_rung_of_a_lone_message() -> None:
    for attempts in range(1, len(ladder.RUNGS)):
        assert (ladder.rest_after(attempts) or timedelta(0)) < ladder.RUNGS[attempts]
