"""What a bank's differences are once the database is asked (domain.md B): ended here, a number signed elsewhere, at
home nowhere; what must be carried to the next run; and what is done about the rest.

Runs on the transaction's table of `matching/keeping.py`, set by set.
"""

from typing import Any

from django.db import connection

from reconciliation import queries
from reconciliation.matching.keeping import FOUND
from reconciliation.models import Discrepancy, Run
from reconciliation.states import Difference, Shield, Treatment
from signing import shield
from signing.ended import ended_contracts
from unipay.partners.home_sql import home_province_of

_TAKE_OVER_SECRETS = f"""
    UPDATE {FOUND} found SET secrets = earlier.their_secrets, theirs = earlier.theirs || found.theirs
    FROM {Discrepancy._meta.db_table} earlier WHERE earlier.id = found.carried_from_id AND found.theirs IS NOT NULL
"""
_FIND_ENDED = f"""
    UPDATE {FOUND} found SET difference = '{Difference.ENDED_HERE}', contract_id = ended.id,
        seen_version = ended.version, province_id = ended.province_id, ours = ended.facts
    FROM (SELECT * FROM ({{ended}}) contracts) ended
    WHERE found.difference = '{Difference.MISSING_HERE}' AND found.contract_id IS NULL
        AND ended.bank_contract_no = found.bank_contract_no
"""
_FIND_COLLISIONS = f"""
    UPDATE {FOUND} found SET difference = '{Difference.COLLISION}'
    WHERE difference = '{Difference.MISSING_HERE}' AND shield = '' AND NOT EXISTS (
        SELECT FROM {FOUND} freed WHERE freed.contract_id = {{holder}}
            AND freed.treatment = '{Treatment.TERMINATE}' AND freed.shield = ''
    ) AND {{holder}} IS NOT NULL
"""


def classify(run: Run, *, unreadable: int) -> None:
    """Give every row of FOUND its final difference, its shield and its treatment."""
    given = {"bank": run.partner_id, "cut_off": run.cut_off_at, "day": run.business_date}
    _do(_TAKE_OVER_SECRETS, given)
    _do(_FIND_ENDED.format(ended=ended_contracts(bank="%(bank)s", asked=FOUND)), given)
    _shield(given, unreadable=unreadable)
    _find_homes()
    _treat(run)
    _do(_FIND_COLLISIONS.format(holder=_holder()), given)
    _treat(run)


def _shield(given: dict[str, Any], *, unreadable: int) -> None:
    """The first reason not to correct is the one that is shown."""
    contract, number = "found.contract_id", "found.msisdn"
    reasons = {
        Shield.FAULTY_LINE: "found.is_faulty",
        Shield.CHANGED_SINCE: "found.is_outdated OR "
        + shield.changed_since(contract=contract, cut_off="%(cut_off)s", business_date="%(day)s"),
        Shield.OPEN_CASE: f"({shield.has_open_case(contract=contract)} OR"
        f" {shield.number_has_open_case(msisdn=number, bank='%(bank)s')})",
        Shield.IN_FLIGHT: shield.is_in_flight(msisdn=number, bank="%(bank)s"),
        Shield.UNREADABLE_LINES: f"{unreadable > 0} AND found.difference = '{Difference.MISSING_AT_BANK}'",
    }
    cases = " ".join(f"WHEN {condition} THEN '{reason}'" for reason, condition in reasons.items())
    _do(f"UPDATE {FOUND} found SET shield = CASE {cases} ELSE '' END", given)


def _find_homes() -> None:
    """A contract to create needs its home province; a number that no segment covers has none."""
    _do(
        f"UPDATE {FOUND} found SET province_id = {home_province_of('found.msisdn')}"
        " WHERE found.province_id IS NULL OR 'msisdn' = ANY(found.attributes)",
        {},
    )
    _do(
        f"UPDATE {FOUND} SET difference = '{Difference.UNKNOWN_NUMBER}'"
        f" WHERE province_id IS NULL AND difference = '{Difference.MISSING_HERE}' AND shield = ''",
        {},
    )


def _holder() -> str:
    return shield.holder_of(msisdn="found.msisdn", secondary_msisdns="found.secondary_msisdns")


def _treat(run: Run) -> None:
    chosen = queries.chosen_treatments(run)
    cases = " ".join(f"WHEN '{difference}' THEN '{treatment}'" for difference, treatment in chosen.items())
    _do(f"UPDATE {FOUND} SET treatment = CASE difference {cases} ELSE '' END", {})


def _do(statement: str, given: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)
