"""How a scenario changes an answer."""

import pytest

from unipay.sandbox.conduct import SILENT_SECONDS, SLOW_SECONDS, Said, said_under
from unipay.sandbox.scenarios import scenario_of


class Ordinary:
    """The usual effect, which counts how often it was carried out."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Said:
        self.times += 1
        return Said(body={"result_code": "0000", "decision": "MAY_SIGN"})


@pytest.mark.parametrize(
    ("ending", "status", "result_code", "delay", "is_rightly_signed", "acted"),
    [
        ("0002", 200, "0000", 0, True, 1),
        ("9002", 200, "2001", 0, True, 0),
        ("9011", 200, "0000", SLOW_SECONDS, True, 1),
        ("9012", 503, None, SILENT_SECONDS, True, 0),
        ("9013", 200, "0000", 0, False, 1),
        ("9014", 200, "7777", 0, True, 0),
        ("9015", 503, None, 0, True, 0),
        ("9021", 200, "3001", 0, True, 0),
        ("9032", 200, "0000", 0, True, 1),
    ],
)
def test_each_scenario_has_its_own_answer(
    ending: str, status: int, result_code: str | None, delay: float, is_rightly_signed: bool, acted: int
) -> None:
    ordinary = Ordinary()

    said = said_under(scenario_of(f"1380571{ending}"), ordinary=ordinary, times=1)

    assert (said.status, said.delay_seconds, said.is_rightly_signed) == (status, delay, is_rightly_signed)
    assert (said.body or {}).get("result_code") == result_code
    assert ordinary.times == acted


@pytest.mark.parametrize(("times", "status", "acted"), [(1, 503, 0), (2, 503, 0), (3, 200, 1)])
def test_a_notice_that_fails_twice_is_taken_the_third_time(times: int, status: int, acted: int) -> None:
    ordinary = Ordinary()

    said = said_under(scenario_of("13805719022"), ordinary=ordinary, times=times)

    assert said.status == status
    assert ordinary.times == acted


def test_the_slow_answer_is_within_our_patience_and_the_silent_one_beyond_it() -> None:
    read_timeout_seconds = 5

    assert SLOW_SECONDS < read_timeout_seconds < SILENT_SECONDS
