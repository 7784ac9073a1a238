"""What a province's differences are once the database is asked (domain.md B): what it has and we do not, what it lacks,
what it was not told yet, and what is done about the rest.

Runs on the transaction's table of `matching/keeping.py`, set by set.
"""

from typing import Any

from django.db import connection

from reconciliation import queries
from reconciliation.matching.keeping import FOUND
from reconciliation.models import Run
from reconciliation.states import Difference, Shield
from signing import shield
from signing.ended import known_contracts
from signing.states import ContractState, TransactionKind

_TAKE_ENDED = f"""
    UPDATE {FOUND} found SET contract_id = known.id, seen_version = known.version, ours = known.facts
    FROM ({known_contracts(asked=f"(SELECT theirs->>'contract_no' AS contract_no FROM {FOUND}) asked")}) known
    WHERE found.contract_id IS NULL AND known.contract_no = found.theirs->>'contract_no'
"""
# Signed and ended on one day: a province that says nothing about it is right.
_DROP_WHAT_CAME_AND_WENT = f"""
    DELETE FROM {FOUND} found
    WHERE difference = '{Difference.UNCONFIRMED}' AND ours->>'state' = '{ContractState.TERMINATED}'
        AND {shield.journalled_on(contract="found.contract_id", day="%(day)s", kind=f"'{TransactionKind.SIGNED}'")}
"""
_NAME = f"""
    UPDATE {FOUND} found SET province_id = %(province)s, difference = CASE
        WHEN difference = '{Difference.DIFFERS}' THEN '{Difference.DIFFERS_THERE}'
        WHEN difference IN ('{Difference.MISSING_AT_BANK}', '{Difference.TERMINATED_AT_BANK}')
            THEN '{Difference.MISSING_THERE}'
        WHEN difference = '{Difference.UNCONFIRMED}' AND ours->>'state' <> '{ContractState.TERMINATED}'
            THEN '{Difference.DIFFERS_THERE}'
        ELSE '{Difference.EXTRA_THERE}' END
"""
_UNDER_WAY = f"('{ContractState.PROVISIONAL}', '{ContractState.CONTESTED}')"


def classify(run: Run, *, unreadable: int) -> None:
    """Give every row of FOUND its final difference, its shield and its treatment."""
    given = {"province": run.partner_id, "cut_off": run.cut_off_at, "day": run.business_date}
    _do(_TAKE_ENDED, given)
    _do(_DROP_WHAT_CAME_AND_WENT, given)
    _do(_NAME, given)
    _shield(given, unreadable=unreadable)
    _treat(run)


def _shield(given: dict[str, Any], *, unreadable: int) -> None:
    """The first reason not to correct is the one that is shown."""
    contract = "found.contract_id"
    reasons = {
        Shield.FAULTY_LINE: "found.is_faulty",
        Shield.NOT_TOLD_YET: shield.untold_at(
            contract=contract, partner="%(province)s", cut_off="%(cut_off)s"
        ),
        Shield.OPEN_CASE: shield.has_open_case(contract=contract),
        Shield.IN_FLIGHT: f"coalesce(found.ours->>'state' IN {_UNDER_WAY}, false)",
        Shield.UNREADABLE_LINES: f"{unreadable > 0} AND found.difference = '{Difference.MISSING_THERE}'",
    }
    cases = " ".join(f"WHEN {condition} THEN '{reason}'" for reason, condition in reasons.items())
    _do(f"UPDATE {FOUND} found SET shield = CASE {cases} ELSE '' END", given)


def _treat(run: Run) -> None:
    chosen = queries.chosen_treatments(run)
    cases = " ".join(f"WHEN '{difference}' THEN '{treatment}'" for difference, treatment in chosen.items())
    _do(f"UPDATE {FOUND} SET treatment = CASE difference {cases} ELSE '' END", {})


def _do(statement: str, given: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)
