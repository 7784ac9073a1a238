"""What an answer means beside our own book, as a table."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils.translation import override

from signing.book_answers import Ours, bank_finding, number_finding, province_finding, silence
from unipay.partners.gateways.book import BookEntry
from unipay.partners.gateways.silence import Silence

SIGNED_AT = datetime(2026, 3, 2, tzinfo=UTC)


def ours(state: str = "ACTIVE", *, no: str = "C-1", bank: str = "ICBC", bank_no: str = "B-1") -> Ours:
    return Ours(no, bank_no, bank, state)


def entry(state: str, *, bank: str = "ICBC", no: str = "", bank_no: str = "B-1") -> BookEntry:
    return BookEntry(state, bank, contract_no=no, bank_contract_no=bank_no)


@pytest.mark.parametrize(
    ("state", "entries", "verdict", "words"),
    [
        ("ACTIVE", [entry("ACTIVE")], "AGREES", "In force there."),
        ("CONTESTED", [entry("ACTIVE")], "AGREES", "In force there."),
        ("ACTIVE", [entry("SUSPENDED")], "AGREES", "Suspended there."),
        ("ACTIVE", [entry("ACTIVE", no="C-1", bank_no="")], "AGREES", "In force there."),
        ("CONTESTED", [entry("PENDING")], "DIFFERS", "Not signed yet: the bank has not decided."),
        ("ACTIVE", [entry("TERMINATED")], "DIFFERS", "Ended there, though not with us."),
        ("TERMINATED", [entry("TERMINATED")], "AGREES", "Ended there too."),
        ("TERMINATED", [entry("ACTIVE")], "DIFFERS", "Still in force there, though it ended with us."),
        ("ACTIVE", [], "DIFFERS", "The bank has no such contract."),
        ("TERMINATED", [], "AGREES", "No contract in force there, as with us."),
        ("ACTIVE", [entry("TERMINATED", bank_no="B-0")], "DIFFERS", "The bank has no such contract."),
        (
            "ACTIVE",
            [entry("ACTIVE", bank_no="B-2")],
            "DIFFERS",
            "The bank holds another contract for this number.",
        ),
        (
            "ACTIVE",
            [entry("ACTIVE", no="C-2", bank_no="B-1")],
            "DIFFERS",
            "The bank holds another contract for this number.",
        ),
    ],
)
def test_a_banks_book_beside_ours(state: str, entries: list[BookEntry], verdict: str, words: str) -> None:
    with override("en"):
        found = bank_finding(ours(state), entries)

        assert (found.verdict, str(found.words)) == (verdict, words)


def test_a_contract_without_a_banks_number_is_not_found_by_an_empty_one() -> None:
    found = bank_finding(ours(bank_no=""), [entry("ACTIVE", bank_no="")])

    assert found.verdict == "DIFFERS"


STANDING, CONTESTED = ours(), ours("CONTESTED", no="C-2", bank="CCB", bank_no="B-2")
ENDED = ours("TERMINATED")
OF_STANDING, OF_CONTESTED = entry("ACTIVE", no="C-1"), entry("ACTIVE", no="C-2", bank="CCB")


@pytest.mark.parametrize(
    ("standing", "contested", "entries", "verdict", "words"),
    [
        (STANDING, CONTESTED, [OF_STANDING], "AGREES", "Holds the standing contract, as we do."),
        (STANDING, CONTESTED, [OF_CONTESTED], "DIFFERS", "Holds the contested contract."),
        (STANDING, CONTESTED, [OF_STANDING, OF_CONTESTED], "DIFFERS", "Holds the contested contract."),
        (
            STANDING,
            CONTESTED,
            [entry("TERMINATED", no="C-1")],
            "DIFFERS",
            "Holds no contract in force, though one stands with us.",
        ),
        (None, CONTESTED, [], "AGREES", "Holds no contract in force, as we do."),
        (ENDED, CONTESTED, [], "AGREES", "Holds no contract in force, as we do."),
        (
            ENDED,
            CONTESTED,
            [OF_STANDING],
            "DIFFERS",
            "Still holds the contract that does not stand with us.",
        ),
        (
            STANDING,
            None,
            [entry("ACTIVE", bank="ABC", bank_no="A-9")],
            "DIFFERS",
            "Holds a contract that we do not have.",
        ),
        (
            STANDING,
            None,
            [OF_STANDING, entry("ACTIVE", bank="ABC", bank_no="A-9")],
            "DIFFERS",
            "Holds a contract that we do not have.",
        ),
    ],
)
def test_a_provinces_book_beside_ours(
    standing: Ours | None, contested: Ours | None, entries: list[BookEntry], verdict: str, words: str
) -> None:
    with override("en"):
        found = province_finding(standing, contested, entries)

        assert (found.verdict, str(found.words)) == (verdict, words)


@pytest.mark.parametrize(
    ("said", "verdict", "words"),
    [
        ({"status": "NORMAL"}, "AGREES", "In use and in normal status."),
        (
            {"status": "NORMAL", "joined_network_at": "2020-01-01T00:00:00+08:00", "identity_matches": True},
            "AGREES",
            "In use and in normal status.",
        ),
        (
            {"status": "NORMAL", "joined_network_at": "2026-03-02T08:00:01+08:00"},
            "DIFFERS",
            "In use, but by somebody else since the contract was signed.",
        ),
        (
            {"status": "NORMAL", "identity_matches": False},
            "DIFFERS",
            "In use, but not by the person who signed.",
        ),
        ({"status": "SUSPENDED"}, "DIFFERS", "The number is suspended."),
        ({"status": "CLOSED"}, "DIFFERS", "The number is closed."),
        ({"status": "REFUSED"}, "DIFFERS", "The province does not know the number."),
    ],
)
def test_what_the_province_says_of_the_number(said: dict[str, Any], verdict: str, words: str) -> None:
    with override("en"):
        found = number_finding(said, signed_at=SIGNED_AT)

        assert (found.verdict, str(found.words)) == (verdict, words)


@pytest.mark.parametrize("kind", list(Silence))
def test_every_silence_is_unknown_and_says_why(kind: Silence) -> None:
    with override("en"):
        found = silence(kind)

        assert found.verdict == "UNKNOWN"
        assert str(found.words).startswith("Unknown: ")
