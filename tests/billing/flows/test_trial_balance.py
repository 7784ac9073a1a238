"""The nightly check: even when all is well, and whatever is uneven is found, told in words, and heard of."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from structlog.testing import capture_logs

from billing import trial_faults
from billing.flows import trial_balance
from billing.models import AccountDay, LedgerAccount, TrialBalance
from tests.billing.factories import DAY, NOW, make_recharge

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart", "english")]


def taken() -> TrialBalance:
    return trial_balance.take(business_date=DAY, now=NOW)


def by_hand(statement: str, *given: Any) -> None:
    """Change what the database otherwise refuses to let anybody change."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, given)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_an_empty_ledger_is_even() -> None:
    balance = taken()

    assert balance.is_even
    assert (balance.debit_fen, balance.credit_fen, balance.account_count) == (0, 0, 0)


def test_recharges_in_every_state_leave_the_ledger_even() -> None:
    for state in ("PAID", "LANDED", "TAKING_BACK", "REVERSED", "REFUND_OWED", "REFUNDED"):
        make_recharge(state)

    balance = taken()

    assert balance.faults == []
    assert balance.is_even
    assert (balance.debit_fen, balance.credit_fen) == (20_000, 20_000)


def test_a_day_without_business_is_even_too() -> None:
    make_recharge()

    assert trial_balance.take(business_date=DAY + timedelta(days=1), now=NOW).is_even


def test_a_changed_balance_is_found_and_heard_of() -> None:
    make_recharge()
    account = LedgerAccount.objects.filter(role="BANK_CLEARING", balance_fen=5000).get()
    by_hand("UPDATE billing_ledgeraccount SET balance_fen = 4000 WHERE id = %s", account.pk)

    with capture_logs() as logs:
        balance = taken()

    assert not balance.is_even
    assert [fault["check"] for fault in balance.faults] == ["all_accounts", "turnover"]
    assert list(map(trial_faults.in_words, balance.faults)) == [
        "All accounts together stand at -¥10.00 instead of nothing.",
        "bank clearing ICBC: the balance is ¥40.00, its days add up to ¥50.00.",
    ]
    assert [log["event"] for log in logs if log["log_level"] == "warning"] == ["ledger_uneven"]


def test_a_changed_day_is_found() -> None:
    make_recharge()
    day = AccountDay.objects.filter(account__role="PROVINCE_PAYABLE").get()
    by_hand(
        "UPDATE billing_accountday SET credit_fen = 6000, debit_fen = debit_fen + 1000 WHERE id = %s", day.pk
    )

    assert [trial_faults.in_words(each) for each in taken().faults] == [
        "province payable ZJ: the day's turnover is ¥10.00, its lines add up to ¥0.00.",
        "province payable ZJ: the day's turnover is ¥60.00, its lines add up to ¥50.00.",
    ]


@pytest.mark.parametrize(
    ("state", "becomes", "words"),
    [
        (
            "PAID",
            "state = 'LANDED', landed_at = paid_at, landed_entry_id = paid_entry_id",
            "taken, not yet credited ZJ: the account stands at ¥50.00, the recharges not yet credited at ¥0.00.",
        ),
        (
            "REFUND_OWED",
            "state = 'REFUNDED', over_at = paid_at",
            "refunds payable ICBC: the account stands at ¥50.00, the refunds still owed at ¥0.00.",
        ),
    ],
)
def test_a_recharge_that_its_accounts_do_not_know_of_is_found(state: str, becomes: str, words: str) -> None:
    recharge = make_recharge(state)
    by_hand(f"UPDATE billing_recharge SET {becomes} WHERE id = %s", recharge.pk)

    assert [trial_faults.in_words(each) for each in taken().faults] == [words]
