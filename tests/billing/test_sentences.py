"""One sentence for whoever asks on the telephone, in both languages."""

from datetime import date

import pytest
from django.utils import translation

from billing.sentences import BillFacts, DebitFacts, RechargeFacts, day_words, of_bill, of_debit, of_recharge

TODAY = date(2026, 11, 12)
FIFTH = date(2026, 11, 5)
FAILED = DebitFacts("FAILED", 5000, "ICBC", FIFTH, failure="not enough money in the account")


def recharge(state: str, **rest: object) -> RechargeFacts:
    return RechargeFacts(state, 5000, "ICBC", FIFTH, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (recharge("LANDED"), "50.00 yuan taken by ICBC on the 5th, credited."),
        (
            recharge("LANDED", is_exported=True),
            "50.00 yuan asked of ICBC on the 5th and credited already; the bank has not confirmed it.",
        ),
        (recharge("PAID"), "50.00 yuan taken by ICBC on the 5th, not credited yet, retrying."),
        (
            recharge("PAID", refund_by=date(2026, 11, 13)),
            "50.00 yuan taken by ICBC on the 5th, not credited yet, retrying; refund at the latest on the 13th.",
        ),
        (
            recharge("TAKING_BACK", why="wrong number"),
            "50.00 yuan taken by ICBC on the 5th; the credit is being taken back: wrong number.",
        ),
        (
            recharge("REVERSED", why="wrong number"),
            "50.00 yuan of ICBC on the 5th was reversed, nothing was charged: wrong number.",
        ),
        (
            recharge("REFUND_OWED", why="number closed"),
            "50.00 yuan taken by ICBC on the 5th, not credited; the bank is to give it back: number closed.",
        ),
        (
            recharge("REFUNDED", why="number closed", back_on=date(2026, 11, 21)),
            "50.00 yuan taken by ICBC on the 5th, given back on the 21st: number closed.",
        ),
    ],
)
def test_a_recharge_in_one_sentence(facts: RechargeFacts, words: str) -> None:
    with translation.override("en"):
        assert of_recharge(facts, today=TODAY) == words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (DebitFacts("SELECTED", 5000, "ICBC", FIFTH), "50.00 yuan will be asked of ICBC on the 5th."),
        (
            DebitFacts("SENT", 5000, "ICBC", FIFTH),
            "50.00 yuan asked of ICBC on the 5th; the bank has not answered yet.",
        ),
        (
            DebitFacts("PARTLY_SETTLED", 5000, "ICBC", FIFTH, debited_fen=2000),
            "20.00 yuan of 50.00 yuan taken by ICBC on the 5th; the rest stays due.",
        ),
        (
            FAILED,
            "50.00 yuan not debited by ICBC on the 5th: not enough money in the account; presented again next time.",
        ),
    ],
)
def test_a_debit_in_one_sentence(facts: DebitFacts, words: str) -> None:
    with translation.override("en"):
        assert of_debit(facts, today=TODAY) == words


@pytest.mark.parametrize(
    ("follow_up", "next_on", "end"),
    [
        ("RETRY", date(2026, 11, 15), "presented again on the 15th."),
        ("RETRY", date(2026, 12, 5), "presented again on 2026-12-05."),
        ("SUSPEND", None, "the contract is suspended."),
        ("CASE", None, "people look into it."),
        ("GIVE_UP", date(2026, 11, 15), "it is not presented again."),
    ],
)
def test_a_failed_debit_says_what_follows(follow_up: str, next_on: date | None, end: str) -> None:
    facts = DebitFacts("FAILED", 5000, "ICBC", FIFTH, failure="closed", follow_up=follow_up, next_on=next_on)

    with translation.override("en"):
        assert of_debit(facts, today=TODAY) == f"50.00 yuan not debited by ICBC on the 5th: closed; {end}"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (BillFacts("SETTLED", 5000, 0, date(2026, 10, 1), FIFTH), "2026-10: 50.00 yuan, paid."),
        (
            BillFacts("CANCELLED", 5000, 0, date(2026, 10, 1), FIFTH),
            "2026-10: 50.00 yuan, taken back by the province.",
        ),
        (
            BillFacts("DUE", 5000, 3000, date(2026, 10, 1), FIFTH),
            "2026-10: 30.00 yuan of 50.00 yuan open, overdue since 2026-11-05.",
        ),
        (
            BillFacts("DUE", 5000, 5000, date(2026, 10, 1), date(2026, 11, 30), is_asked=True),
            "2026-10: 50.00 yuan of 50.00 yuan open; a bank is being asked for it.",
        ),
    ],
)
def test_a_bill_in_one_sentence(facts: BillFacts, words: str) -> None:
    with translation.override("en"):
        assert of_bill(facts, today=TODAY) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "on the 1st"), (2, "on the 2nd"), (3, "on the 3rd"), (11, "on the 11th"), (22, "on the 22nd")],
)
def test_days_of_this_month_are_counted_as_people_do(number: int, words: str) -> None:
    with translation.override("en"):
        assert day_words(date(2026, 11, number), TODAY) == words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            recharge("TAKING_BACK", is_unanswered=True, why="they lost the file"),
            "50.00 yuan asked of ICBC on the 5th, never answered; the credit is being taken back: they lost the file.",
        ),
        (
            recharge("REVERSED", is_unanswered=True, why="they lost the file"),
            "50.00 yuan asked of ICBC on the 5th, never answered; the credit was taken back: they lost the file.",
        ),
        (
            recharge("LANDED", is_unanswered=True),
            "50.00 yuan asked of ICBC on the 5th, never answered; it stays credited, as the province won't take it "
            "back.",
        ),
        (
            recharge("LANDED", is_exported=True, has_payer_ended=True),
            "50.00 yuan asked of ICBC on the 5th and credited already; the bank has not confirmed it. "
            "The contract has ended since; what the bank still debits counts all the same.",
        ),
    ],
)
def test_an_offline_debit_nobody_answered_was_never_taken(facts: RechargeFacts, words: str) -> None:
    with translation.override("en"):
        assert of_recharge(facts, today=TODAY) == words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            DebitFacts("SENT", 5000, "ICBC", FIFTH, has_payer_ended=True),
            "50.00 yuan asked of ICBC on the 5th; the bank has not answered yet. The contract has ended since; what "
            "the bank still debits counts all the same.",
        ),
        (
            DebitFacts("WITHDRAWN", 5000, "ICBC", FIFTH, is_unanswered=True),
            "50.00 yuan asked of ICBC on the 5th; the bank never answered, and it is no longer asked.",
        ),
        (
            DebitFacts("WITHDRAWN", 5000, "ICBC", FIFTH),
            "50.00 yuan of ICBC on the 5th was withdrawn before the bank debited it.",
        ),
    ],
)
def test_a_debit_in_flight_or_taken_back(facts: DebitFacts, words: str) -> None:
    with translation.override("en"):
        assert of_debit(facts, today=TODAY) == words
