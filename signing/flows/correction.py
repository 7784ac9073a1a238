"""How our book is made even with a bank's (domain.md B): contracts created, amended and ended by the thousand, each
with its journal line, its history and the message to its home province, in the caller's transaction.

Nothing is told to the bank, whose book decides. What collides or can't be applied is left as it is and becomes a case.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, connection, transaction

from signing import messages
from signing.flows import correction_verdicts as verdicts
from signing.flows import correction_writes as writes
from signing.flows.change import Origin
from signing.flows.correction_case import open_cases
from signing.flows.correction_orders import (
    ORDERS_TABLE,
    count,
    execute,
    lock_numbers_of_orders,
    prepare,
)
from unipay import check_digit
from unipay.messaging.set_based import promise_each

__all__ = ["CHUNK", "ORDERS_TABLE", "apply", "prepare"]

# Each number is an entry in the table of locks that all sessions share; a default PostgreSQL has room for 12,000.
CHUNK = 1000
"""So many orders are best applied at once: with some 1,500 numbers, four workers leave half of the locks to others."""
# What is deferred queues up, and every insert by a trigger walks the queue: its time would grow with its square.
_AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL jit = off"

_WRITES = {"TERMINATE": writes.TERMINATE, "AMEND": writes.AMEND, "CREATE": writes.CREATE}
_OF_NUMBERS = ("one_standing_contract_per_number", "one_standing_contract_holds_a_number")


def apply(*, origin: Origin, now: datetime) -> None:
    """Carry out the orders of ORDERS_TABLE that have no outcome yet, and write what became of each beside it.

    `outcome`: DONE; ALREADY (it is so); STALE (changed or ended since it was compared); OPEN_CASE and IN_FLIGHT (people
    or a signing come first); COLLISION (another contract, `collided_with_id`, holds a number, or people must decide);
    IMPOSSIBLE. `detail` says what in particular; `result_contract_id`: the contract of an order DONE or ALREADY, or the
    contested one; `case_id`: the case of a COLLISION or IMPOSSIBLE, but for a number no province is home to.
    Raises RuntimeError outside a transaction. Repeating it changes nothing.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A correction is one transaction.")
    execute(_AT_ONCE)
    lock_numbers_of_orders()
    _judge()
    for verb in ("TERMINATE", "AMEND", "CREATE"):
        if count("outcome IS NULL AND verb = %(verb)s", verb=verb):
            _carry_out(verb, {"verb": verb, "now": now})
    _leave_to_people()
    _record(origin, now)
    open_cases(origin=origin, now=now)
    execute("SET CONSTRAINTS ALL DEFERRED")


def _judge() -> None:
    """What of each order can be told from its contract and itself."""
    execute(verdicts.FILL)
    execute(verdicts.NAME_USER_TYPES)
    execute(verdicts.JUDGE_CONTRACTS)
    execute(verdicts.JUDGE_SHAPES, {"most": settings.UNIPAY_MAX_SECONDARY_NUMBERS})
    nameless = count("verb IN ('CREATE', 'CONTEST') AND contract_no IS NULL")
    if nameless:
        execute(writes.NUMBER_CONTRACTS, {"numbers": ",".join(check_digit.new_numbers("C", nameless))})


def _carry_out(verb: str, given: Mapping[str, Any]) -> None:
    """In rounds: what one order frees, or takes, decides about the next."""
    if verb == "AMEND":
        execute(writes.KEEP_FORMER_FACTS, given)
    while True:
        if verb != "TERMINATE":
            _look_around(given)
        written = _write(verb, given, _chosen(verb))
        if not written or not count("outcome IS NULL AND verb = %(verb)s", verb=verb):
            break
    execute(verdicts.GIVE_UP_WAITING, given)


def _leave_to_people() -> None:
    if count("outcome IS NULL AND verb = 'CONTEST'"):
        _look_around({"verb": "CONTEST"})
        execute(verdicts.LEAVE_TO_PEOPLE)


def _look_around(given: Mapping[str, Any]) -> None:
    """What of each order is told by other contracts, and by the orders before it."""
    execute(verdicts.JUDGE_WHAT_IS_UNDER_WAY, given)
    execute(verdicts.LET_WAIT, given)


def _chosen(verb: str) -> list[int]:
    query = (
        f"SELECT order_id FROM {ORDERS_TABLE} WHERE outcome IS NULL AND NOT waits AND verb = %s ORDER BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [verb])
        return [order_id for (order_id,) in cursor.fetchall()]


def _write(verb: str, given: Mapping[str, Any], order_ids: list[int]) -> int:
    """Write the orders at once, or else without the ones the database refuses; return how many were written."""
    if not order_ids:
        return 0
    try:
        with transaction.atomic():
            return execute(_WRITES[verb], {**given, "low": order_ids[0], "high": order_ids[-1]})
    except (IntegrityError, DataError) as error:
        # Somebody wrote without locking the numbers: the unique index is the law.
        if len(order_ids) == 1:
            _note_refusal(order_ids[0], error)
            return 0
        half = len(order_ids) // 2
        return _write(verb, given, order_ids[:half]) + _write(verb, given, order_ids[half:])


def _note_refusal(order_id: int, error: Exception) -> None:
    cause: Any = error.__cause__
    by = cause.diag.constraint_name or cause.pgcode
    outcome = "COLLISION" if by in _OF_NUMBERS else "IMPOSSIBLE"
    execute(verdicts.NOTE_REFUSAL, {"order_id": order_id, "outcome": outcome, "detail": by})


def _record(origin: Origin, now: datetime) -> None:
    """What every change of a formal contract writes (`change.record_change`), for all that was written."""
    written = count("outcome = 'WRITTEN'")
    if not written:
        return
    given = {
        "now": now,
        "numbers": ",".join(check_digit.new_numbers("T", written)),
        "source": origin.source,
        "source_partner": origin.partner.pk if origin.partner else None,
        "request_no": origin.request_no,
        "business_date": origin.business_date,
        "business_day": origin.business_date.isoformat(),
    }
    execute(writes.JOURNAL, given)
    promise_each(kind=messages.CONTRACT_CHANGED, query=writes.TELL_PROVINCES, given=given, now=now)
    execute(writes.CONFIRM)
