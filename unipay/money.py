"""Money is an integer number of fen; yuan exist only as text at the edges (files, screens, forms)."""

import re

MAX_FEN = 2**63 - 1
"""The largest amount a PostgreSQL bigint holds."""

_YUAN = re.compile(r"(-?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{1,2}))?")


def parse_yuan(text: str, *, allow_negative: bool = False) -> int:
    """Read an amount in yuan, such as "50", "50.00" or "1,234.5", as fen.

    Exact: no rounding ever. Raises ValueError for anything that is not text in exactly this shape (a float,
    blanks, a third decimal, NaN, misplaced commas), for an amount beyond MAX_FEN, and for a negative amount
    unless allowed.
    """
    if not isinstance(text, str):
        raise ValueError(f"an amount in yuan must be text, not {type(text).__name__}")
    match = _YUAN.fullmatch(text)
    if match is None:
        raise ValueError(f"not an amount in yuan: {text[:40]!r}")
    sign, whole, decimals = match.groups()
    if len(whole) > 40:
        raise ValueError("amount too large")
    fen = int(whole.replace(",", "")) * 100 + int((decimals or "").ljust(2, "0"))
    return require_fen(-fen if sign else fen, allow_negative=allow_negative)


def format_yuan(fen: int) -> str:
    """Write fen as yuan for people: 123450 becomes "1,234.50"."""
    require_fen(fen, allow_negative=True)
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


def format_money(fen: int) -> str:
    """Write fen as an amount of money for people: 123450 becomes "¥1,234.50", and -50 "-¥0.50"."""
    return f"{'-' if fen < 0 else ''}¥{format_yuan(abs(fen))}"


def require_fen(value: object, *, allow_negative: bool = False) -> int:
    """Return the value when it is a whole number of fen that fits a bigint.

    Raises ValueError for a bool, float, Decimal or text, for an amount beyond MAX_FEN, and for a negative
    amount unless allowed.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"an amount in fen must be an integer, not {type(value).__name__}")
    if abs(value) > MAX_FEN:
        raise ValueError("amount too large")
    if value < 0 and not allow_negative:
        raise ValueError("amount must not be negative")
    return value
