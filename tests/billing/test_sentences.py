"""One sentence for whoever asks on the telephone, in both languages."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from billing.sentences import BillFacts, DebitFacts, RechargeFacts, day_words, of_bill, of_debit, of_recharge

TODAY = date(2026, 11, 12)
FIFTH = date(2026, 11, 5)
FAILED = DebitFacts("FAILED", 5000, "ICBC", FIFTH, failure="not enough money in the account")


def recharge(state: str, **rest: object) -> RechargeFacts:
    return RechargeFacts(state, 5000, "ICBC", FIFTH, **rest)  # type: ignore[arg-type]


def in_chinese(state: str, **rest: object) -> str:
    with translation.override("zh-hans"):
        facts = RechargeFacts(state, 5000, "工商银行", FIFTH, **rest)  # type: ignore[arg-type]
        return of_recharge(facts, today=TODAY)


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
            recharge("PAID", refund_by=date(2026, 11, 11)),
            "50.00 yuan taken by ICBC on the 5th, not credited; its refund was due on the 11th "
            "and waits for bank or province.",
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


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"state": "LANDED"}, "5日在工商银行缴费50.00元，已入账。"),
        ({"state": "LANDED", "is_debit": True}, "5日工商银行扣款50.00元，已入账。"),
        (
            {"state": "LANDED", "is_debit": True, "is_exported": True},
            "5日请工商银行扣款50.00元，已先行入账；银行尚未确认。",
        ),
        ({"state": "PAID"}, "5日在工商银行缴费50.00元，尚未入账，正在重试。"),
        (
            {"state": "PAID", "refund_by": date(2026, 11, 13)},
            "5日在工商银行缴费50.00元，尚未入账，正在重试；最迟13日退款。",
        ),
        (
            {"state": "PAID", "refund_by": date(2026, 11, 11)},
            "5日在工商银行缴费50.00元，未入账；应于11日退款，待银行或省公司处理。",
        ),
        (
            {"state": "TAKING_BACK", "is_debit": True, "why": "号码有误。"},
            "5日工商银行扣款50.00元；入账正在撤回：号码有误。",
        ),
        ({"state": "REVERSED", "why": "号码有误"}, "5日工商银行的50.00元已冲正，未收费：号码有误。"),
        (
            {"state": "REFUND_OWED", "why": "号码已销"},
            "5日在工商银行缴费50.00元，未入账，等待银行退回：号码已销。",
        ),
        (
            {"state": "REFUNDED", "why": "号码已销", "back_on": date(2026, 10, 21)},
            "5日在工商银行缴费50.00元，2026-10-21 已退回：号码已销。",
        ),
    ],
)
def test_a_recharge_in_chinese_tells_a_payment_from_a_debit(told: dict[str, Any], words: str) -> None:
    assert in_chinese(**told) == words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (DebitFacts("SELECTED", 5000, "工商银行", FIFTH), "5日将请工商银行扣款50.00元。"),
        (DebitFacts("SENT", 5000, "工商银行", FIFTH), "5日请工商银行扣款50.00元，银行尚未回复。"),
        (
            DebitFacts("PARTLY_SETTLED", 5000, "工商银行", FIFTH, debited_fen=2000),
            "5日工商银行扣了50.00元中的20.00元；其余仍待缴。",
        ),
        (
            DebitFacts("FAILED", 5000, "工商银行", FIFTH, failure="余额不足", next_on=date(2026, 11, 15)),
            "5日工商银行未能扣款50.00元：余额不足；15日再扣。",
        ),
        (DebitFacts("WITHDRAWN", 5000, "工商银行", FIFTH), "5日请工商银行扣的50.00元在银行扣款前已撤回。"),
    ],
)
def test_a_debit_in_chinese(facts: DebitFacts, words: str) -> None:
    with translation.override("zh-hans"):
        assert of_debit(facts, today=TODAY) == words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (BillFacts("SETTLED", 5000, 0, date(2026, 10, 1), FIFTH), "2026-10：50.00元，已缴清。"),
        (BillFacts("CANCELLED", 5000, 0, date(2026, 10, 1), FIFTH), "2026-10：50.00元，省公司已撤回。"),
        (
            BillFacts("DUE", 5000, 3000, date(2026, 10, 1), FIFTH),
            "2026-10：50.00元中30.00元未缴，2026-11-05 起逾期。",
        ),
        (
            BillFacts("DUE", 5000, 5000, date(2026, 10, 1), date(2026, 11, 30), is_asked=True),
            "2026-10：50.00元中50.00元未缴，正在请银行扣款。",
        ),
        (
            BillFacts("DUE", 5000, 5000, date(2026, 10, 1), date(2026, 11, 30)),
            "2026-10：50.00元中50.00元未缴，30日到期。",
        ),
    ],
)
def test_a_bill_in_chinese(facts: BillFacts, words: str) -> None:
    with translation.override("zh-hans"):
        assert of_bill(facts, today=TODAY) == words
