"""What happens when items are not asked for after all (domain.md A3, C4): their bills are free again, and what was
settled at export is reversed.
"""

from datetime import datetime
from typing import Any

from billing.flows import reversal, unsettle
from billing.flows.take_in import execute
from billing.models import DebitRun
from billing.states import ITEM_OPEN, ItemState

_OPEN = ", ".join(f"'{state}'" for state in ITEM_OPEN)
_OF_RUN = f"SELECT id FROM billing_debititem WHERE run_id = %(run)s AND state IN ({_OPEN})"
WITHDRAW = f"""
    UPDATE billing_debititem SET state = '{ItemState.WITHDRAWN}', settled_at = %(now)s
    WHERE id IN ({{items}})
"""
FREE_BILLS = """
    UPDATE billing_debitshare SET is_open = FALSE, settled_fen = 0 WHERE item_id IN ({items}) AND is_open
"""
_EXPORTED = "SELECT id FROM billing_recharge WHERE item_id IN ({items})"


def withdraw_all(run: DebitRun, *, reason: str, now: datetime) -> None:
    """Withdraw every item of the run that has no end yet; the caller holds the run."""
    withdraw(run, items=_OF_RUN, given={"run": run.pk, "now": now}, reason=reason, now=now)


def withdraw(run: DebitRun, *, items: str, given: dict[str, Any], reason: str, now: datetime) -> None:
    """Withdraw these items (SQL of ids) of the run, which the caller holds."""
    execute(FREE_BILLS.format(items=items), given)
    if run.arrangement.settles_at_export:
        exported = _EXPORTED.format(items=items)
        unsettle.unsettle(query=exported, given=given, now=now)
        reversal.reverse_debited(query=exported, given=given, reason=reason, now=now)
    execute(WITHDRAW.format(items=items), given)
