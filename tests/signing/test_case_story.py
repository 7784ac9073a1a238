"""A case told to whoever opens it."""

from typing import Any

import pytest
from django.utils.translation import override

from signing.case_story import Party, Plot, tell
from signing.states import CaseReason


def party(bank: str = "ICBC", state: str = "ACTIVE", **known: Any) -> Party:
    return Party(bank, state, **{"account_index": "a", "identity_index": "p", **known})


@pytest.mark.parametrize(
    ("plot", "happened"),
    [
        (
            Plot("STANDING_CONTRACT", "Zhejiang", party(), party("CCB", "CONTESTED")),
            "This number had a contract with ICBC when CCB announced another one.",
        ),
        (
            Plot("LATE_RESULT", "Zhejiang", None, party("CCB", "CONTESTED")),
            "CCB announced a signing that had expired or been refused before.",
        ),
        (
            Plot("PROVINCE_REFUSED", "Zhejiang", party(), error="3001"),
            "Zhejiang refused the formal contract with ICBC. It said: 3001",
        ),
        (
            Plot("BANK_REFUSED", "Zhejiang", party(), partner="ICBC", message="contract cancelled"),
            "ICBC refused “contract cancelled”.",
        ),
        (
            Plot("UNDELIVERABLE", "Zhejiang", partner="Hall", message="signing outcome", error="503"),
            "“signing outcome” could not be delivered to Hall. It said: 503",
        ),
        (
            Plot("CORRECTION_IMPOSSIBLE", "Zhejiang", party(), obstacle="a prepaid number has no auto-pay"),
            "A line of a bank's file could not be applied: a prepaid number has no auto-pay.",
        ),
        (
            Plot("CORRECTION_IMPOSSIBLE", "Zhejiang", None, party("CCB", "CONTESTED"), obstacle="ended"),
            "CCB still has a contract that ended here.",
        ),
        (
            Plot("NUMBER_CHANGED_HANDS", "Zhejiang", party()),
            "The number changed hands after it was signed: nothing is debited until people have looked.",
        ),
        (
            Plot("RECHARGE_STUCK", "Zhejiang", error="number_closed"),
            "Money was taken at a bank and hangs on its way to Zhejiang, or back. It said: number_closed",
        ),
        (
            Plot("DEBIT_RETURN", ""),
            "A return file answers no batch that awaits an answer; nothing of it was settled.",
        ),
    ],
)
def test_what_happened_names_the_parties(plot: Plot, happened: str) -> None:
    with override("en"):
        assert str(tell(plot).happened) == happened


@pytest.mark.parametrize("reason", list(CaseReason))
def test_every_reason_asks_a_question_and_shows_the_way(reason: CaseReason) -> None:
    with override("en"):
        story = tell(Plot(reason, "Zhejiang"))

        assert str(story.question).endswith("?")
        assert len(story.steps) == 4


@pytest.mark.parametrize(
    ("standing", "contested", "hints"),
    [
        (party(), party("CCB", "CONTESTED"), []),
        (
            party(),
            party("ICBC", "CONTESTED"),
            ["The same bank, person and account: probably one signing, announced twice."],
        ),
        (
            party(),
            party("CCB", "CONTESTED", account_index="b"),
            ["The same person, two accounts: ask the subscriber which one to use."],
        ),
        (
            party(),
            party("CCB", "CONTESTED", identity_index="q", account_index="b"),
            ["The holders differ: perhaps the number changed hands. Ask the province how the number stands."],
        ),
        (
            party(state="TERMINATED"),
            party("CCB", "CONTESTED"),
            ["The standing contract has ended meanwhile: nothing is in the way of the contested one."],
        ),
        (
            party(),
            party("CCB", "TERMINATED"),
            ["The contested contract has ended meanwhile: there may be nothing left to decide."],
        ),
        (None, party("CCB", "CONTESTED"), []),
    ],
)
def test_what_is_striking_is_pointed_out(standing: Party | None, contested: Party, hints: list[str]) -> None:
    with override("en"):
        story = tell(Plot("STANDING_CONTRACT", "Zhejiang", standing, contested))

        assert [str(hint) for hint in story.hints] == hints
