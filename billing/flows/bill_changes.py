"""What happens to bills when a province says something about many of them (domain.md C3): one statement for each kind
of change, over what was said, one row a bill. Every row ends with a word: done, known already, or why not.

Saying the same twice changes nothing. The rows are in `TOLD`, a table of the transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from billing import errors
from billing.states import BillKind, BillState
from unipay.check_digit import new_numbers
from unipay.exchange.copying import copy_rows
from unipay.partners.home_sql import home_province_of
from unipay.partners.models import Partner

ADD, AMEND, CANCEL = "ADD", "AMEND", "CANCEL"
DONE, KNOWN = "DONE", "KNOWN"
BILL_NO_PREFIX = "B"
MOST_FEN = 10**11
"""A thousand million yuan; sums over all bills of a run stay far below what a column holds."""

TOLD = "billing_told_bill"
COLUMNS = (
    "line_no",
    "change",
    "province_bill_no",
    "msisdn",
    "agreement_no",
    "billing_month",
    "amount_fen",
    "due_date",
    "joined_network_at",
)
_CREATE = f"""
    DROP TABLE IF EXISTS {TOLD};
    CREATE TEMP TABLE {TOLD} (
        line_no bigint PRIMARY KEY, change text NOT NULL, province_bill_no text NOT NULL, msisdn text,
        agreement_no text, billing_month date, amount_fen bigint, due_date date, joined_network_at timestamptz,
        bill_no text, bill_id bigint, outcome text
    ) ON COMMIT DROP
"""
_TIDY = f"""
    UPDATE {TOLD} SET agreement_no = CASE WHEN change = '{ADD}' THEN coalesce(agreement_no, '') ELSE agreement_no END,
        billing_month = date_trunc('month', billing_month)
"""
_INCOMPLETE = f"""
    UPDATE {TOLD} SET outcome = '{errors.BILL_INCOMPLETE.code}'
    WHERE (change = '{ADD}' AND (msisdn IS NULL OR billing_month IS NULL OR amount_fen IS NULL OR due_date IS NULL))
        OR amount_fen <= 0
"""
_TOO_LARGE = f"""
    UPDATE {TOLD} SET outcome = '{errors.BILL_TOO_LARGE.code}' WHERE outcome IS NULL AND amount_fen > {MOST_FEN}
"""
# A contract signed before the number came to its owner is suspended: nobody may suspend what is signed tomorrow.
_OF_A_FUTURE_OWNER = f"""
    UPDATE {TOLD} SET outcome = '{errors.BILL_OF_A_FUTURE_OWNER.code}'
    WHERE outcome IS NULL AND joined_network_at > %(now)s + interval '5 minutes'
"""
_NOT_AT_HOME = f"""
    UPDATE {TOLD} told SET outcome = '{errors.NUMBER_NOT_AT_HOME.code}'
    WHERE told.outcome IS NULL AND told.change = '{ADD}'
        AND {home_province_of("told.msisdn")} IS DISTINCT FROM %(province)s
"""
_NUMBER = f"""
    UPDATE {TOLD} told SET bill_no = fresh.number
    FROM (
        SELECT line_no, row_number() OVER (ORDER BY line_no) AS place FROM {TOLD}
        WHERE outcome IS NULL AND change = '{ADD}'
    ) AS nameless
    JOIN unnest(string_to_array(%(numbers)s, ',')) WITH ORDINALITY AS fresh (number, place) USING (place)
    WHERE nameless.line_no = told.line_no
"""
_ADD = f"""
    WITH added AS (
        INSERT INTO billing_bill (bill_no, province_id, province_bill_no, kind, msisdn, agreement_no, billing_month,
            amount_fen, settled_fen, due_date, joined_network_at, state, version, attempts, received_at)
        SELECT told.bill_no, %(province)s, told.province_bill_no,
            CASE told.agreement_no WHEN '' THEN '{BillKind.PERSONAL}' ELSE '{BillKind.CORPORATE}' END, told.msisdn,
            told.agreement_no, told.billing_month, told.amount_fen, 0, told.due_date, told.joined_network_at,
            '{BillState.DUE}', 1, 0, %(now)s
        FROM {TOLD} told WHERE told.outcome IS NULL AND told.change = '{ADD}' ORDER BY told.province_bill_no
        ON CONFLICT (province_id, province_bill_no) DO NOTHING
        RETURNING id, province_bill_no
    )
    UPDATE {TOLD} told SET bill_id = added.id, outcome = '{DONE}'
    FROM added WHERE added.province_bill_no = told.province_bill_no AND told.outcome IS NULL
"""
_HOLD = f"""
    SELECT bill.id FROM billing_bill bill JOIN {TOLD} told ON told.province_bill_no = bill.province_bill_no
    WHERE bill.province_id = %(province)s AND told.outcome IS NULL ORDER BY bill.id FOR NO KEY UPDATE OF bill
"""
_FIND = f"""
    UPDATE {TOLD} told SET bill_id = bill.id, bill_no = bill.bill_no FROM billing_bill bill
    WHERE bill.province_id = %(province)s AND bill.province_bill_no = told.province_bill_no AND told.outcome IS NULL
"""
_UNKNOWN = f"""
    UPDATE {TOLD} SET outcome = '{errors.BILL_NOT_FOUND.code}', bill_no = NULL
    WHERE outcome IS NULL AND bill_id IS NULL
"""
_ASKED = """(
        SELECT coalesce(sum(share.asked_fen), 0) FROM billing_debitshare share
        WHERE share.bill_id = bill.id AND share.is_open
    )"""
# What says whose bill it is and for when never changes; an added bill says everything once more.
_SAME = """bill.msisdn = coalesce(told.msisdn, bill.msisdn) AND bill.agreement_no = coalesce(told.agreement_no,
        bill.agreement_no) AND bill.billing_month = coalesce(told.billing_month, bill.billing_month)"""
_AS_IT_IS = """bill.amount_fen = coalesce(told.amount_fen, bill.amount_fen)
        AND bill.due_date = coalesce(told.due_date, bill.due_date)
        AND bill.joined_network_at IS NOT DISTINCT FROM coalesce(told.joined_network_at, bill.joined_network_at)"""
_JUDGE = f"""
    UPDATE {TOLD} told SET outcome = CASE
        WHEN NOT ({_SAME}) THEN '{errors.BILL_CONTRADICTS.code}'
        WHEN told.change = '{ADD}' THEN
            CASE WHEN {_AS_IT_IS} AND bill.state <> '{BillState.CANCELLED}' THEN '{KNOWN}'
            ELSE '{errors.BILL_CONTRADICTS.code}' END
        WHEN told.change = '{AMEND}' THEN CASE
            WHEN bill.state = '{BillState.CANCELLED}' THEN '{errors.BILL_CANCELLED.code}'
            WHEN {_AS_IT_IS} THEN '{KNOWN}'
            WHEN told.amount_fen < bill.settled_fen THEN '{errors.BILL_BELOW_SETTLED.code}'
            WHEN told.amount_fen < bill.settled_fen + {_ASKED} THEN '{errors.BILL_IN_FLIGHT.code}'
            END
        ELSE CASE
            WHEN bill.state = '{BillState.CANCELLED}' THEN '{KNOWN}'
            WHEN bill.state = '{BillState.SETTLED}' THEN '{errors.BILL_NOT_DUE.code}'
            WHEN bill.settled_fen > 0 THEN '{errors.BILL_PARTLY_SETTLED.code}'
            WHEN {_ASKED} > 0 THEN '{errors.BILL_IN_FLIGHT.code}'
            END
        END
    FROM billing_bill bill WHERE bill.id = told.bill_id AND told.outcome IS NULL
"""
_AMEND = f"""
    WITH amended AS (
        UPDATE billing_bill bill SET version = bill.version + 1,
            amount_fen = coalesce(told.amount_fen, bill.amount_fen), due_date = coalesce(told.due_date, bill.due_date),
            joined_network_at = coalesce(told.joined_network_at, bill.joined_network_at),
            state = CASE WHEN coalesce(told.amount_fen, bill.amount_fen) = bill.settled_fen
                THEN '{BillState.SETTLED}' ELSE '{BillState.DUE}' END,
            settled_at = CASE WHEN coalesce(told.amount_fen, bill.amount_fen) = bill.settled_fen
                THEN coalesce(bill.settled_at, %(now)s) END
        FROM {TOLD} told WHERE bill.id = told.bill_id AND told.outcome IS NULL AND told.change = '{AMEND}'
        RETURNING told.line_no
    )
    UPDATE {TOLD} told SET outcome = '{DONE}' FROM amended WHERE amended.line_no = told.line_no
"""
_CANCEL = f"""
    WITH cancelled AS (
        UPDATE billing_bill bill SET version = bill.version + 1, state = '{BillState.CANCELLED}'
        FROM {TOLD} told WHERE bill.id = told.bill_id AND told.outcome IS NULL AND told.change = '{CANCEL}'
        RETURNING told.line_no
    )
    UPDATE {TOLD} told SET outcome = '{DONE}' FROM cancelled WHERE cancelled.line_no = told.line_no
"""


def load(rows: Iterable[Sequence[Any]]) -> None:
    """Keep what was said for this transaction: rows of COLUMNS, None where something was not said."""
    with connection.cursor() as cursor:
        cursor.execute(_CREATE)
    copy_rows(TOLD, COLUMNS, rows)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TOLD}")


def carry_out(province: Partner, *, now: datetime) -> None:
    """Make true what the province said of its own bills, in the caller's transaction."""
    given: dict[str, Any] = {"province": province.pk, "now": now}
    with connection.cursor() as cursor:
        # Deferred, a foreign key is checked row by row at commit, which takes for ever.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(_TIDY)
        cursor.execute(_INCOMPLETE)
        cursor.execute(_TOO_LARGE)
        cursor.execute(_OF_A_FUTURE_OWNER, given)
        cursor.execute(_NOT_AT_HOME, given)
        cursor.execute(f"SELECT count(*) FROM {TOLD} WHERE outcome IS NULL AND change = '{ADD}'")
        (nameless,) = cursor.fetchone()
        if nameless:
            cursor.execute(_NUMBER, {"numbers": ",".join(new_numbers(BILL_NO_PREFIX, nameless))})
            cursor.execute(_ADD, given)
        for statement in (_HOLD, _FIND, _UNKNOWN, _JUDGE, _AMEND, _CANCEL):
            cursor.execute(statement, given)


def outcomes() -> list[tuple[int, str, str]]:
    """Return what became of each row: its line number, the word, and our bill number, "" where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT line_no, outcome, coalesce(bill_no, '') FROM {TOLD} ORDER BY line_no")
        return [(int(line_no), str(outcome), str(bill_no)) for line_no, outcome, bill_no in cursor.fetchall()]


def faults() -> list[tuple[int, str]]:
    """Return the rows that were refused, with the reason's code."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT line_no, outcome FROM {TOLD} WHERE outcome NOT IN ('{DONE}', '{KNOWN}') ORDER BY line_no"
        )
        return [(int(line_no), str(outcome)) for line_no, outcome in cursor.fetchall()]
