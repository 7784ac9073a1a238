"""What the banks owe us for a stretch of business days: by bank code, legal bank and province, with fees and net.

What came of a debit counts on the business day of its recharge, what was refunded on the day it was given back.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, timedelta

from django.db import connection

from billing.fees import fee_sql
from billing.states import RechargeState
from unipay.clock import business_day_start

MOST_DAYS = 92
"""How many days one report spans at most: a quarter."""

_OFFLINE_OPEN = (
    f"recharge.state <> '{RechargeState.REVERSED}' AND item.state NOT IN ('SETTLED', 'PARTLY_SETTLED')"
)
_TAKEN = f"recharge.state <> '{RechargeState.REVERSED}' AND NOT coalesce({_OFFLINE_OPEN}, false)"
_REPORT = f"""
    WITH moved AS (
        SELECT recharge.bank_id, recharge.province_id,
            count(*) FILTER (WHERE recharge.item_id IS NULL) AS recharge_count,
            coalesce(sum(recharge.amount_fen) FILTER (WHERE recharge.item_id IS NULL), 0) AS recharge_fen,
            count(recharge.item_id) AS debit_count,
            coalesce(sum(recharge.amount_fen) FILTER (WHERE recharge.item_id IS NOT NULL), 0) AS debit_fen,
            coalesce(sum(recharge.amount_fen) FILTER (WHERE recharge.state = '{RechargeState.REVERSED}'), 0)
                AS reversed_fen,
            coalesce(sum(recharge.amount_fen) FILTER (WHERE {_OFFLINE_OPEN}), 0) AS outstanding_fen,
            0::numeric AS refunded_fen,
            coalesce(sum({fee_sql("recharge.amount_fen", "terms")}) FILTER (WHERE {_TAKEN}), 0) AS fee_fen
        FROM billing_recharge recharge
        LEFT JOIN billing_debititem item ON item.id = recharge.item_id
        LEFT JOIN billing_settlementterms terms ON terms.bank_id = recharge.bank_id
        WHERE recharge.business_date BETWEEN %(begins)s AND %(ends)s
            AND recharge.bank_id IN (SELECT id FROM partners_partner WHERE kind = 'BANK')
            AND (%(provinces)s::bigint[] IS NULL OR recharge.province_id = ANY(%(provinces)s))
        GROUP BY 1, 2
        UNION ALL
        SELECT bank_id, province_id, 0, 0, 0, 0, 0, 0, sum(amount_fen), 0
        FROM billing_recharge
        WHERE state = '{RechargeState.REFUNDED}' AND over_at >= %(from)s AND over_at < %(until)s
            AND (%(provinces)s::bigint[] IS NULL OR province_id = ANY(%(provinces)s))
        GROUP BY 1, 2
    )
    SELECT bank.code, bank.name, bank.name_en, coalesce(legal.name, ''), coalesce(settling.code, bank.code),
        province.code, province.name, province.name_en,
        sum(recharge_count)::bigint, sum(recharge_fen)::bigint, sum(debit_count)::bigint, sum(debit_fen)::bigint,
        sum(reversed_fen)::bigint, sum(outstanding_fen)::bigint, sum(refunded_fen)::bigint, sum(fee_fen)::bigint
    FROM moved
    JOIN partners_partner bank ON bank.id = moved.bank_id
    JOIN partners_partner province ON province.id = moved.province_id
    LEFT JOIN partners_legalbank legal ON legal.id = bank.legal_bank_id
    LEFT JOIN billing_settlementterms terms ON terms.bank_id = moved.bank_id
    LEFT JOIN partners_partner settling ON settling.id = terms.settles_with_id
    GROUP BY bank.id, legal.name, settling.code, province.id
    ORDER BY coalesce(legal.name, bank.name), bank.code, province.code
"""


@dataclass(frozen=True)
class Named:
    """A partner of the report, in both languages."""

    code: str
    name: str
    name_en: str

    def title(self, language: str) -> str:
        """Return the name in this language."""
        return self.name_en if language.startswith("en") and self.name_en else self.name


@dataclass(frozen=True)
class Sums:
    """What moved, in fen; `net_fen` is what the bank is to pay us."""

    recharge_count: int = 0
    recharge_fen: int = 0
    debit_count: int = 0
    debit_fen: int = 0
    reversed_fen: int = 0
    outstanding_fen: int = 0
    refunded_fen: int = 0
    fee_fen: int = 0

    @property
    def net_fen(self) -> int:
        """What was taken and confirmed, less what went back and what it cost."""
        taken = self.recharge_fen + self.debit_fen - self.reversed_fen - self.outstanding_fen
        return taken - self.refunded_fen - self.fee_fen

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Sums)))


@dataclass(frozen=True)
class Line:
    """One bank code and one province."""

    bank: Named
    legal_bank: str
    settles_with: str
    province: Named
    sums: Sums


def report(*, begins: date, ends: date, provinces: Collection[int] | None = None) -> list[Line]:
    """Return the lines of the business days from `begins` to `ends`, of these provinces or of all."""
    given = {
        "begins": begins,
        "ends": ends,
        "from": business_day_start(begins),
        "until": business_day_start(ends + timedelta(days=1)),
        "provinces": None if provinces is None else sorted(provinces),
    }
    with connection.cursor() as cursor:
        cursor.execute(_REPORT, given)
        return [_line(row) for row in cursor.fetchall()]


def total(lines: list[Line]) -> Sums:
    """Return everything together."""
    return sum((line.sums for line in lines), Sums())


def _line(row: tuple[object, ...]) -> Line:
    texts = [str(each) for each in row[:8]]
    return Line(
        Named(texts[0], texts[1], texts[2]),
        texts[3],
        texts[4],
        Named(texts[5], texts[6], texts[7]),
        Sums(*(int(str(each)) for each in row[8:])),
    )
