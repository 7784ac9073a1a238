"""The catalogue of reserved numbers."""

import pytest

from unipay.sandbox.scenarios import (
    CHECK_ELIGIBILITY,
    CONTRACT_CHANGED,
    SCENARIOS,
    Effect,
    is_reserved,
    scenario_in,
    scenario_of,
    scenario_table,
)


def test_every_ending_is_reserved_and_used_once() -> None:
    endings = [scenario.ending for scenario in SCENARIOS]

    assert len(set(endings)) == len(endings)
    assert all(is_reserved(f"1380571{ending}") for ending in endings)


@pytest.mark.parametrize("ending", ["0000", "0001", "8999"])
def test_an_ordinary_number_has_no_scenario(ending: str) -> None:
    msisdn = f"1380571{ending}"

    assert scenario_of(msisdn) is None
    assert not is_reserved(msisdn)


def test_a_scenario_shows_itself_in_its_own_operation_only() -> None:
    msisdn = "13805719021"

    told = scenario_in(CONTRACT_CHANGED, msisdn=msisdn)

    assert told is not None
    assert told.effect is Effect.REFUSED
    assert told.result_code == "3001"
    assert scenario_in(CHECK_ELIGIBILITY, msisdn=msisdn) is None


@pytest.mark.parametrize(
    ("ending", "result_code"),
    [
        ("9002", "2001"),
        ("9003", "2002"),
        ("9004", "2003"),
        ("9005", "2004"),
        ("9006", "2005"),
        ("9014", "7777"),
    ],
)
def test_a_refusing_province_says_why(ending: str, result_code: str) -> None:
    scenario = scenario_of(f"1380571{ending}")

    assert scenario is not None
    assert scenario.result_code == result_code


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_table_for_the_docs_lists_every_scenario_in_both_languages(language: str) -> None:
    lines = scenario_table(language).splitlines()

    assert lines[1] == "| --- | --- | --- |"
    assert len(lines) == len(SCENARIOS) + 3
    for scenario, line in zip(SCENARIOS, lines[3:], strict=True):
        assert line.startswith(f"| {scenario.ending} | ")
        assert line.endswith(f" | {scenario.title(language)} |")
