"""Green, amber or red: how one day of one book stands."""

import pytest

from reconciliation.day_light import LIGHT_OF, Light, RunFacts, Why, why

EVEN = RunFacts("CLOSED", carried=1, compared=1000)


@pytest.mark.parametrize(
    ("run", "reason", "light"),
    [
        (EVEN, Why.EVEN, Light.GREEN),
        (RunFacts("CLOSED", carried=11, compared=1000), Why.CARRIED, Light.AMBER),
        (RunFacts("CLOSED", carried=10, compared=1000), Why.EVEN, Light.GREEN),
        (RunFacts("CLOSED", has_failed=True), Why.EVEN, Light.GREEN),
        (RunFacts("OPENED"), Why.TURN, Light.AMBER),
        (RunFacts("RECEIVED"), Why.WORKING, Light.AMBER),
        (RunFacts("AWAITING_APPROVAL"), Why.APPROVAL, Light.AMBER),
        (RunFacts("EXPORTED"), Why.ANSWER, Light.AMBER),
        (RunFacts("EXPORTED", is_late=True), Why.UNANSWERED, Light.RED),
        (RunFacts("MATCHED", has_failed=True), Why.FAILED, Light.RED),
        (RunFacts("REFUSED"), Why.REFUSED, Light.RED),
        (RunFacts("OVERTAKEN"), Why.NOTHING, Light.NONE),
    ],
)
def test_a_run_gives_the_day_its_light(run: RunFacts, reason: Why, light: Light) -> None:
    found = why([run], [])

    assert (found, LIGHT_OF[found]) == (reason, light)


@pytest.mark.parametrize(
    ("state", "reason", "light"),
    [
        ("MISSING", Why.MISSING, Light.RED),
        ("UNDECLARED", Why.UNDECLARED, Light.RED),
        ("EXPECTED", Why.EXPECTED, Light.COMING),
        ("WAIVED", Why.WAIVED, Light.WAIVED),
        ("ARRIVED", Why.NOTHING, Light.NONE),
    ],
)
def test_an_expected_file_alone_gives_the_day_its_light(state: str, reason: Why, light: Light) -> None:
    found = why([], [state])

    assert (found, LIGHT_OF[found]) == (reason, light)


def test_the_worst_of_the_day_decides() -> None:
    assert why([EVEN, RunFacts("AWAITING_APPROVAL")], ["ARRIVED", "MISSING"]) == Why.MISSING


def test_a_late_file_that_is_even_is_green_and_says_so() -> None:
    assert why([EVEN], ["LATE"]) == Why.LATE
    assert LIGHT_OF[Why.LATE] == Light.GREEN


def test_every_reason_has_a_light() -> None:
    assert set(LIGHT_OF) == set(Why)
