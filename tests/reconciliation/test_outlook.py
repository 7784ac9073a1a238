"""What treatments do, and how much of a book that is, in words."""

import pytest

from reconciliation.outlook import Shrinkage, effects, percent

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [
        (0, 0, "0 %"),
        (0, 1000, "0.0 %"),
        (1, 0, "100 %"),
        (1, 100_000, "< 0.1 %"),
        (1, 1000, "0.1 %"),
        (58, 1000, "5.8 %"),
        (999_999, 1_000_000, "99.9 %"),
        (1000, 1000, "100.0 %"),
    ],
)
def test_a_share_never_hides_the_few(part: int, whole: int, share: str) -> None:
    assert percent(part, whole) == share


def test_what_ends_contracts_is_told_first() -> None:
    told = effects({"AMEND": 3, "CREATE": 1, "TERMINATE": 1203, "IGNORE": 0})

    assert [(effect.words, effect.ends) for effect in told] == [
        ("1,203 contracts end here", True),
        ("1 contract is created here", False),
        ("3 contracts take the bank's values", False),
    ]


def test_every_treatment_has_its_words() -> None:
    told = effects(dict.fromkeys(["ADD", "DELETE", "UPDATE", "CASE", "RETURN", "IGNORE"], 2))

    assert [effect.words for effect in told] == [
        "the province is told to delete 2 contracts",
        "the province is told to add 2 contracts",
        "the province is told to update 2 contracts",
        "2 cases are opened for people",
        "2 lines are given back to the bank",
        "2 are left as they are",
    ]


@pytest.mark.parametrize(("ending", "too_much"), [(10, False), (11, True)])
def test_the_share_stands_beside_what_may_pass(ending: int, too_much: bool) -> None:
    shrinkage = Shrinkage(ending=ending, standing=1000, permille=10)

    assert shrinkage.is_too_much is too_much
    assert shrinkage.allowed == "1.0 %"


def test_the_shrinkage_is_one_sentence() -> None:
    words = Shrinkage(ending=1203, standing=20455, permille=5).words

    assert words == "It would end 1,203 of 20,455 contracts (5.8 %); up to 0.5 % pass unseen."
