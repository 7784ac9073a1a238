"""What makes two lines the same contract, and what may differ between them: data, read by one engine.

SQL here is DuckDB's, over `o` (our side, columns of `signing/extract.py`) and `t` (their side, the fields of the kind
of file; what a layout does not carry is NULL). The macros are those of `comparison.py`.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Attribute:
    """One thing that may differ: compared where the file carries one of the fields it `needs`.

    `suspect`: a cheaper condition that holds wherever `differs` does, for files that carry the first of them.
    """

    name: str
    needs: tuple[str, ...]
    differs: str
    suspect: str = ""


@dataclass(frozen=True)
class Specification:
    """How one kind of file is compared with our book.

    `key` finds the pair; what finds none is tried once more by `second_key`, a condition. `fields` are all the fields
    of their side, each with its DuckDB type.
    """

    key: str
    second_key: str
    second_needs: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    fields: tuple[tuple[str, str], ...]

    def compared(self, carried: Collection[str]) -> list[Attribute]:
        """Return the attributes that a file with these fields lets us compare."""
        return [each for each in self.attributes if any(field in carried for field in each.needs)]


_TERMS = (
    Attribute(
        "recharge_threshold_fen",
        ("recharge_threshold_fen",),
        "o.recharge_threshold_fen IS DISTINCT FROM t.recharge_threshold_fen",
    ),
    Attribute(
        "recharge_amount_fen",
        ("recharge_amount_fen",),
        "o.recharge_amount_fen IS DISTINCT FROM t.recharge_amount_fen",
    ),
    Attribute("auto_pay", ("auto_pay",), "o.auto_pay <> coalesce(t.auto_pay, false)"),
)
_NUMBERS = (
    Attribute("msisdn", ("msisdn",), "o.msisdn <> t.msisdn"),
    Attribute(
        "secondary_msisdns",
        ("secondary_msisdns",),
        "coalesce(o.secondary_msisdns, '') <> coalesce(t.secondary_msisdns, '')",
    ),
)
# Of the blind index its first 64 bits: that two accounts share them and their mask is not to be expected in the life of
# the universe, and numbers are joined many times faster than texts.
_ACCOUNT = Attribute(
    "account",
    ("account_number", "account_mask"),
    "(t.account_mask IS NOT NULL AND NOT same_mask(o.account_mask, t.account_mask))"
    " OR coalesce(o.account_key <> t.account_key, false)",
    suspect="o.account_key IS DISTINCT FROM t.account_key",
)
_FIELDS = (
    ("change", "VARCHAR"),
    ("msisdn", "VARCHAR"),
    ("secondary_msisdns", "VARCHAR"),
    ("account_mask", "VARCHAR"),
    ("recharge_threshold_fen", "BIGINT"),
    ("recharge_amount_fen", "BIGINT"),
    ("auto_pay", "BOOLEAN"),
    ("occurred_at", "TIMESTAMPTZ"),
    ("bank_contract_no", "VARCHAR"),
)

AGAINST_BANK = Specification(
    key="bank_contract_no",
    second_key=f"o.msisdn = t.msisdn AND NOT ({_ACCOUNT.differs})",
    second_needs=_ACCOUNT.needs,
    attributes=(
        Attribute(
            "bank_contract_no",
            ("bank_contract_no",),
            "o.bank_contract_no IS DISTINCT FROM t.bank_contract_no",
        ),
        *_NUMBERS,
        _ACCOUNT,
        Attribute(
            "account_type",
            ("account_type",),
            "t.account_type IS NOT NULL AND o.account_type IS DISTINCT FROM t.account_type",
        ),
        *_TERMS,
    ),
    fields=(
        *_FIELDS,
        ("account_number", "VARCHAR"),
        ("account_key", "UBIGINT"),
        ("account_type", "VARCHAR"),
        ("holder_name", "VARCHAR"),
        ("identity_no", "VARCHAR"),
        ("signed_at", "TIMESTAMPTZ"),
    ),
)

AGAINST_PROVINCE = Specification(
    key="contract_no",
    second_key="o.msisdn = t.msisdn",
    second_needs=("msisdn",),
    attributes=(
        Attribute("contract_no", ("contract_no",), "o.contract_no <> t.contract_no"),
        *_NUMBERS,
        Attribute("bank_code", ("bank_code",), "t.bank_code IS NOT NULL AND o.bank_code <> t.bank_code"),
        Attribute(
            "account",
            ("account_mask",),
            "t.account_mask IS NOT NULL AND NOT same_mask(o.account_mask, t.account_mask)",
        ),
        *_TERMS,
    ),
    fields=(*_FIELDS, ("contract_no", "VARCHAR"), ("bank_code", "VARCHAR")),
)
