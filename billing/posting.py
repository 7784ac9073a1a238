"""Which accounts does an event of money move? (domain.md C1.) Debit and credit by role, and whose accounts they are."""

from dataclasses import dataclass

from billing.states import AccountRole, EntryKind


@dataclass(frozen=True)
class Posting:
    """The two sides of an entry: money goes from the credited account's owner to the debited one."""

    debit: AccountRole
    credit: AccountRole

    @property
    def opposite(self) -> "Posting":
        """What undoes it."""
        return Posting(self.credit, self.debit)


POSTINGS: dict[EntryKind, Posting] = {
    EntryKind.PAID: Posting(AccountRole.BANK_CLEARING, AccountRole.IN_TRANSIT),
    EntryKind.EXPORTED: Posting(AccountRole.OFFLINE_OUTSTANDING, AccountRole.IN_TRANSIT),
    EntryKind.CONFIRMED: Posting(AccountRole.BANK_CLEARING, AccountRole.OFFLINE_OUTSTANDING),
    EntryKind.LANDED: Posting(AccountRole.IN_TRANSIT, AccountRole.PROVINCE_PAYABLE),
    EntryKind.TAKEN_BACK: Posting(AccountRole.PROVINCE_PAYABLE, AccountRole.IN_TRANSIT),
    EntryKind.REFUND_OWED: Posting(AccountRole.IN_TRANSIT, AccountRole.REFUNDS_PAYABLE),
    EntryKind.REFUNDED: Posting(AccountRole.REFUNDS_PAYABLE, AccountRole.BANK_CLEARING),
    EntryKind.EXCESS: Posting(AccountRole.BANK_CLEARING, AccountRole.SUSPENSE),
}
"""TAKEN_BACK and REVERSED undo an entry that exists: they take its own accounts, so they are posted by reversing it."""

OF_A_BANK = frozenset(
    {
        AccountRole.BANK_CLEARING,
        AccountRole.OFFLINE_OUTSTANDING,
        AccountRole.SUSPENSE,
        AccountRole.REFUNDS_PAYABLE,
    }
)
OF_A_PROVINCE = frozenset({AccountRole.IN_TRANSIT, AccountRole.PROVINCE_PAYABLE})
