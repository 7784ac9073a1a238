"""The accounts of a simulated bank's customers: opened with enough for some months when money first moves on them."""

from unipay.sandbox.models import SandboxAccount

OPENING_FEN = 10_000_00
CORPORATE_OPENING_FEN = 1_000_000_00


def account_of(code: str, reference: str, *, opening_fen: int = OPENING_FEN) -> SandboxAccount:
    """Return the account behind a contract, a mandate or a customer at the counter, locked; in a transaction."""
    SandboxAccount.objects.get_or_create(
        partner_code=code, reference=reference, defaults={"balance_fen": opening_fen}
    )
    return SandboxAccount.objects.select_for_update().get(partner_code=code, reference=reference)


def take(account: SandboxAccount, fen: int) -> None:
    """Take money off the account; the database refuses to overdraw it."""
    account.balance_fen -= fen
    account.save(update_fields=["balance_fen"])


def give(account: SandboxAccount, fen: int) -> None:
    """Put money back on the account."""
    take(account, -fen)
