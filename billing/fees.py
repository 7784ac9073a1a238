"""What does a payment cost? (seed 001: codes of one legal bank settle differently.) Terms and amount in, fee out."""

from dataclasses import dataclass

BASIS = 10_000


@dataclass(frozen=True)
class FeeTerms:
    """Hundredths of a percent of each amount, at least `floor_fen`, at most `cap_fen` (None: no most)."""

    basis_points: int = 0
    floor_fen: int = 0
    cap_fen: int | None = None


def fee(amount_fen: int, terms: FeeTerms) -> int:
    """Return what one payment of this amount costs, in fen, half a fen rounded up; nothing for nothing."""
    if amount_fen <= 0:
        return 0
    by_share = (amount_fen * terms.basis_points + BASIS // 2) // BASIS
    at_least = max(by_share, terms.floor_fen)
    return at_least if terms.cap_fen is None else min(at_least, terms.cap_fen)


def fee_sql(amount: str, terms: str) -> str:
    """Return the same as SQL: `amount` is a column, `terms` the alias of settlement terms, perhaps a missing row.

    least() leaves out NULL, so no cap is no cap.
    """
    by_share = f"({amount} * coalesce({terms}.fee_basis_points, 0) + {BASIS // 2}) / {BASIS}"
    return f"least(greatest({by_share}, coalesce({terms}.fee_floor_fen, 0)), {terms}.fee_cap_fen)"
