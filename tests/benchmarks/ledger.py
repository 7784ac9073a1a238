"""Entries of the ledger a second: ours beside bare inserts of the same rows, by the chunk and one by one, in turn."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection, transaction

from billing import accounts
from billing.flows import post
from billing.models import LedgerAccount
from billing.states import AccountRole, EntryKind
from tests.benchmarks import orders
from tests.benchmarks.report import Finding
from unipay import clock
from unipay.partners.models import Partner

CHUNK = 5000
SINGLES = 200
_ROLES = (AccountRole.BANK_CLEARING, AccountRole.IN_TRANSIT)
_TABLES = ("billing_journalentry", "billing_ledgerline")
_BARE_CHUNK = """
    WITH entries AS (
        INSERT INTO billing_journalentry (kind, subject, business_date, posted_at, amount_fen, line_count, remark)
        SELECT 'PAID', 'recharge:D-' || place, %(day)s, %(now)s, 5000, 2, ''
        FROM generate_series(1, %(size)s) AS place RETURNING id
    )
    INSERT INTO billing_ledgerline (entry_id, position, account_id, amount_fen)
    SELECT id, side.position, side.account_id, side.amount_fen
    FROM entries CROSS JOIN (VALUES (1, %(debit)s, 5000), (2, %(credit)s, -5000))
        AS side (position, account_id, amount_fen)
"""
_OURS = f"""
    SELECT {post.next_entry_id_sql()} AS entry_id, 'recharge:D-' || place AS subject, %(day)s::date AS business_date,
        5000::bigint AS amount_fen, %(debit)s::bigint AS debit_id, %(credit)s::bigint AS credit_id,
        NULL::bigint AS reverses_id
    FROM generate_series(1, %(size)s) AS place
"""
_BARE_ENTRY = """
    INSERT INTO billing_journalentry (kind, subject, business_date, posted_at, amount_fen, line_count, remark)
    VALUES ('PAID', %(subject)s, %(day)s, %(now)s, 5000, 2, '') RETURNING id
"""
_BARE_LINES = """
    INSERT INTO billing_ledgerline (entry_id, position, account_id, amount_fen)
    VALUES (%(entry)s, 1, %(debit)s, 5000), (%(entry)s, 2, %(credit)s, -5000)
"""


@dataclass
class Side:
    """One way to write entries, whether the ledger's triggers are on, and what its turns took."""

    name: str
    write: Callable[[int], int]
    triggers: bool
    entries: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Entries a second."""
        return self.entries / sum(self.seconds)


def measure(count: str) -> list[Finding]:
    """Write so many entries on each side by the chunk, and some one by one; the sides take turns."""
    by_chunk = [
        Side("bare inserts, by the chunk", _bare_chunk, triggers=False),
        Side("ours, by the chunk", _our_chunk, triggers=True),
    ]
    one_by_one = [
        Side("bare inserts, one by one", _bare_singles, triggers=False),
        Side("ours, one by one", _our_singles, triggers=True),
    ]
    for role, partner in zip(_ROLES, _partners(), strict=True):
        accounts.open_accounts(role, [partner.pk])
    turns = max(2, -(-int(count) // CHUNK))
    for turn in range(turns):
        for side in (*by_chunk, *one_by_one):
            _take_turn(side, turn)
    rows = [
        [side.name, f"{side.entries:,}", f"{side.rate:,.0f}", f"{side.rate / bare.rate:.2f}"]
        for bare, ours in (by_chunk, one_by_one)
        for side in (bare, ours)
    ]
    notes = [
        f"An entry and its two lines; {CHUNK:,} entries in each transaction, or one, committed to disk, the sides in"
        " turn. Goal for ours: at least half of the bare inserts.",
        "The bare inserts keep no balance, no turnover of the day, and check nothing; ours does, by trigger.",
    ]
    return [Finding("Entries of the ledger", ["", "entries", "per second", "to bare inserts"], rows, notes)]


def _take_turn(side: Side, turn: int) -> None:
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"ALTER TABLE {table} {'ENABLE' if side.triggers else 'DISABLE'} TRIGGER USER")
    started = time.perf_counter()
    side.entries += side.write(turn)
    side.seconds.append(time.perf_counter() - started)


def _bare_chunk(turn: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(_BARE_CHUNK, {**_given(turn), "size": CHUNK})
    return CHUNK


def _our_chunk(turn: int) -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        given = _given(turn)
        post.post_each(EntryKind.PAID, query=_OURS, given={**given, "size": CHUNK}, now=given["now"])
    return CHUNK


def _bare_singles(turn: int) -> int:
    for place in range(SINGLES):
        with transaction.atomic(), connection.cursor() as cursor:
            given = {**_given(turn), "subject": f"recharge:{turn}-{place}"}
            cursor.execute(_BARE_ENTRY, given)
            cursor.execute(_BARE_LINES, {**given, "entry": cursor.fetchone()[0]})
    return SINGLES


def _our_singles(turn: int) -> int:
    bank, province = _partners()
    for place in range(SINGLES):
        now = clock.now()
        with transaction.atomic():
            post.post(
                EntryKind.PAID,
                subject=f"recharge:{turn}-{place}",
                amount_fen=5000,
                bank_id=bank.pk,
                province_id=province.pk,
                business_date=clock.business_date(now),
                now=now,
            )
    return SINGLES


def _given(turn: int) -> dict[str, object]:
    """The shard that the turn falls on, as a chunk of a return file has it."""
    now = clock.now()
    debit, credit = (_shard(role, partner, turn) for role, partner in zip(_ROLES, _partners(), strict=True))
    return {"day": clock.business_date(now), "now": now, "debit": debit, "credit": credit}


def _shard(role: AccountRole, partner: Partner, turn: int) -> int:
    shards = (
        LedgerAccount.objects.filter(role=role, partner=partner)
        .order_by("shard")
        .values_list("pk", flat=True)
    )
    return int(shards[turn % len(shards)])


def _partners() -> tuple[Partner, Partner]:
    bank = Partner.objects.get(code=orders.BANKS[0])
    province = Partner.objects.filter(kind="PROVINCE").order_by("pk")[0]
    return bank, province
