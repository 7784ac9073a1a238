"""The ledger as an accountant reads it: worked examples, and what the database itself refuses."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing.flows import post
from billing.models import AccountDay, JournalEntry, LedgerAccount, LedgerLine
from billing.states import AccountRole, EntryKind
from tests.factories import make_partner, make_province
from unipay import clock
from unipay.partners.models import Partner

DAY = date(2026, 11, 5)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart")]


@pytest.fixture
def bank(db: None) -> Partner:
    return make_partner("ICBC")


@pytest.fixture
def province(db: None) -> Partner:
    return make_province("GD")


def posted(kind: EntryKind, subject: str, amount_fen: int, bank: Partner, province: Partner) -> JournalEntry:
    with transaction.atomic():
        return post.post(
            kind,
            subject=subject,
            amount_fen=amount_fen,
            bank_id=bank.pk,
            province_id=province.pk,
            business_date=DAY,
            now=clock.now(),
        )


def balance(role: AccountRole) -> int:
    return sum(LedgerAccount.objects.filter(role=role).values_list("balance_fen", flat=True))


def written_by_hand(*lines: tuple[LedgerAccount, int]) -> None:
    with transaction.atomic():
        entry = JournalEntry.objects.create(
            kind=EntryKind.PAID, subject="x", business_date=DAY, posted_at=clock.now(), amount_fen=100
        )
        LedgerLine.objects.bulk_create(
            LedgerLine(entry=entry, position=position, account=account, amount_fen=amount_fen)
            for position, (account, amount_fen) in enumerate(lines, start=1)
        )
        check_constraints()


def check_constraints() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_recharge_paid_and_credited_leaves_the_bank_owing_and_the_province_to_be_paid(
    bank: Partner, province: Partner
) -> None:
    posted(EntryKind.PAID, "recharge:1", 5000, bank, province)
    posted(EntryKind.LANDED, "recharge:1", 5000, bank, province)
    check_constraints()

    assert balance(AccountRole.BANK_CLEARING) == 5000
    assert balance(AccountRole.IN_TRANSIT) == 0
    assert balance(AccountRole.PROVINCE_PAYABLE) == -5000


def test_what_is_taken_but_not_credited_stands_in_transit(bank: Partner, province: Partner) -> None:
    posted(EntryKind.PAID, "recharge:1", 5000, bank, province)

    assert balance(AccountRole.IN_TRANSIT) == -5000


def test_an_offline_collection_is_outstanding_until_the_bank_confirms_it(
    bank: Partner, province: Partner
) -> None:
    posted(EntryKind.EXPORTED, "recharge:1", 5000, bank, province)
    outstanding = balance(AccountRole.OFFLINE_OUTSTANDING)
    posted(EntryKind.CONFIRMED, "recharge:1", 5000, bank, province)

    assert outstanding == 5000
    assert balance(AccountRole.OFFLINE_OUTSTANDING) == 0
    assert balance(AccountRole.BANK_CLEARING) == 5000


def test_a_reversal_is_the_opposite_entry_on_the_same_accounts(bank: Partner, province: Partner) -> None:
    paid = posted(EntryKind.PAID, "recharge:1", 5000, bank, province)

    with transaction.atomic():
        post.reverse(paid, kind=EntryKind.REVERSED, subject="recharge:1", business_date=DAY, now=clock.now())
    check_constraints()

    assert set(LedgerAccount.objects.values_list("balance_fen", flat=True)) == {0}
    assert list(JournalEntry.objects.values_list("kind", flat=True).order_by("id")) == ["PAID", "REVERSED"]


def test_an_entry_is_reversed_once(bank: Partner, province: Partner) -> None:
    paid = posted(EntryKind.PAID, "recharge:1", 5000, bank, province)
    again: dict[str, Any] = {
        "kind": EntryKind.REVERSED,
        "subject": "recharge:1",
        "business_date": DAY,
        "now": clock.now(),
    }
    with transaction.atomic():
        post.reverse(paid, **again)

    with pytest.raises(IntegrityError), transaction.atomic():
        post.reverse(paid, **again)

    assert JournalEntry.objects.count() == 2


def test_the_turnover_of_a_day_is_kept_with_the_posting(bank: Partner, province: Partner) -> None:
    posted(EntryKind.PAID, "recharge:1", 5000, bank, province)
    posted(EntryKind.PAID, "recharge:1", 700, bank, province)

    days = AccountDay.objects.filter(account__role=AccountRole.BANK_CLEARING)
    assert [(day.business_date, day.debit_fen, day.credit_fen, day.line_count) for day in days] == [
        (DAY, 5700, 0, 2)
    ]


def test_money_is_not_posted_outside_a_transaction(
    bank: Partner, province: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "connection", SimpleNamespace(in_atomic_block=False))

    with pytest.raises(RuntimeError, match="inside the transaction"):
        post.post(
            EntryKind.PAID,
            subject="recharge:1",
            amount_fen=1,
            bank_id=bank.pk,
            province_id=province.pk,
            business_date=DAY,
            now=clock.now(),
        )


def test_an_entry_that_does_not_sum_to_zero_is_refused(bank: Partner, province: Partner) -> None:
    account = LedgerAccount.objects.create(role=AccountRole.BANK_CLEARING, partner=bank)
    other = LedgerAccount.objects.create(role=AccountRole.IN_TRANSIT, partner=province)

    with pytest.raises(IntegrityError, match="is not balanced"):
        written_by_hand((account, 100), (other, -99))

    assert balance(AccountRole.BANK_CLEARING) == 0


def test_an_entry_without_lines_is_refused() -> None:
    with pytest.raises(IntegrityError, match="is not balanced"):
        written_by_hand()


def test_no_line_is_added_to_an_entry_later(bank: Partner, province: Partner) -> None:
    entry = posted(EntryKind.PAID, "recharge:1", 5000, bank, province)
    account = LedgerAccount.objects.get(role=AccountRole.BANK_CLEARING)

    with pytest.raises(IntegrityError, match="no line may be added"), transaction.atomic():
        LedgerLine.objects.create(entry=entry, position=3, account=account, amount_fen=1)

    assert balance(AccountRole.BANK_CLEARING) == 5000


@pytest.mark.parametrize("table", ["billing_journalentry", "billing_ledgerline"])
@pytest.mark.parametrize("change", ["UPDATE {} SET amount_fen = amount_fen", "DELETE FROM {}"])
def test_what_was_posted_never_changes(table: str, change: str, bank: Partner, province: Partner) -> None:
    posted(EntryKind.PAID, "recharge:1", 5000, bank, province)
    check_constraints()

    with (
        pytest.raises(DatabaseError, match="append_only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))

    assert LedgerLine.objects.count() == 2


def test_a_balance_changes_by_entries_alone(bank: Partner, province: Partner) -> None:
    posted(EntryKind.PAID, "recharge:1", 5000, bank, province)

    with pytest.raises(IntegrityError, match="by entries alone"), transaction.atomic():
        LedgerAccount.objects.filter(role=AccountRole.BANK_CLEARING).update(balance_fen=1)

    assert balance(AccountRole.BANK_CLEARING) == 5000


def test_a_deposit_is_never_overdrawn(bank: Partner) -> None:
    deposit = LedgerAccount.objects.create(role=AccountRole.AGENT_DEPOSIT)
    clearing = LedgerAccount.objects.create(role=AccountRole.BANK_CLEARING, partner=bank)

    with pytest.raises(IntegrityError, match="never_overdrawn"):
        written_by_hand((deposit, 100), (clearing, -100))


def test_an_account_is_opened_with_nothing_on_it(bank: Partner) -> None:
    with pytest.raises(IntegrityError, match="by entries alone"), transaction.atomic():
        LedgerAccount.objects.create(role="SUSPENSE", partner=bank, balance_fen=100)
