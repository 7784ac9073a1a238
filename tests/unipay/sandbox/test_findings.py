"""How the story compares what was expected with what was seen."""

import pytest

from unipay.sandbox.demo import findings as findings_module
from unipay.sandbox.demo.findings import Findings


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings_module, "POLL_SECONDS", 0)


def test_what_is_as_expected_makes_one_row_for_each_step() -> None:
    findings = Findings()
    findings.note("Signed", msisdn="1", expected="ACTIVE", seen="ACTIVE")
    findings.note("Signed", msisdn="2", expected="ACTIVE", seen="ACTIVE")

    (row,) = findings.summary()

    assert findings.is_as_expected
    assert (row["step"], row["count"], row["seen"]) == ("Signed", 2, {"ACTIVE": 2})


def test_what_is_otherwise_is_shown_with_its_number() -> None:
    findings = Findings()
    findings.note("Signed", msisdn="1", expected="ACTIVE", seen="ACTIVE")
    findings.note("Signed", msisdn="2", expected="ACTIVE", seen="PROVISIONAL")

    (row,) = findings.summary()

    assert not findings.is_as_expected
    assert row["seen"] == {"ACTIVE": 1, "PROVISIONAL": 1}
    assert row["example"] == "2"


def test_what_comes_true_later_is_waited_for() -> None:
    findings, seen = Findings(), iter(["nothing", "nothing", "SIGNED"])
    findings.expect("Book", msisdn="1", expected="SIGNED", look=lambda: next(seen))

    findings.settle(patience_seconds=10)

    assert findings.is_as_expected
    assert findings.awaited == []


def test_what_never_comes_true_is_a_finding_in_the_end() -> None:
    findings = Findings()
    findings.expect("Book", msisdn="1", expected="SIGNED", look=lambda: "nothing")

    findings.settle(patience_seconds=0.05)

    assert not findings.is_as_expected
    assert findings.summary()[0]["seen"] == {"nothing": 1}
