"""One chunk of corrections, in one transaction: contracts, journal, history, the provinces' messages, and what became
of each discrepancy (domain.md B, step 2).
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from reconciliation.models import Discrepancy, Run
from reconciliation.states import Difference, DiscrepancyState, Shield, Treatment
from signing.flows import correction
from signing.flows.change import Origin
from signing.flows.correction import ORDERS_TABLE
from signing.states import Source

# What people decide is kept as contested, unless its number turns out to be free by now.
_VERB = f"""CASE
    WHEN found.treatment <> '{Treatment.CASE}' THEN found.treatment
    WHEN found.difference = '{Difference.COLLISION}' THEN '{Treatment.CREATE}'
    WHEN found.difference = '{Difference.DIFFERS}' THEN '{Treatment.AMEND}'
    ELSE 'CONTEST' END"""
_TABLE = Discrepancy._meta.db_table
# A line that the file leaves empty in `theirs` is none; secrets are sealed as the contract's columns are.
_ORDER = f"""
    INSERT INTO {ORDERS_TABLE} (
        order_id, verb, contract_id, seen_version, bank_id, province_id, bank_contract_no, msisdn, secondary_msisdns,
        account_number, account_index, account_mask, account_type, holder_name, holder_mask,
        identity_no, identity_index, identity_mask,
        recharge_threshold_fen, recharge_amount_fen, auto_pay, signed_at, attributes, line_no, facts)
    SELECT found.id, {_VERB}, found.contract_id, found.seen_version, %(bank)s, found.province_id,
        found.bank_contract_no, found.msisdn,
        ARRAY(SELECT jsonb_array_elements_text(coalesce(found.theirs->'secondary_msisdns', '[]'))),
        coalesce(found.their_secrets->>'account_number', ''), coalesce(found.their_secrets->>'account_index', ''),
        coalesce(found.theirs->>'account_mask', ''), coalesce(found.theirs->>'account_type', ''),
        coalesce(found.their_secrets->>'holder_name', ''), coalesce(found.theirs->>'holder_mask', ''),
        coalesce(found.their_secrets->>'identity_no', ''), coalesce(found.their_secrets->>'identity_index', ''),
        coalesce(found.theirs->>'identity_mask', ''),
        (found.theirs->>'recharge_threshold_fen')::bigint, (found.theirs->>'recharge_amount_fen')::bigint,
        coalesce((found.theirs->>'auto_pay')::boolean, false),
        coalesce(found.theirs->>'signed_at', found.theirs->>'occurred_at')::timestamptz,
        found.attributes, found.line_no, coalesce(found.theirs, '{{}}')
    FROM {_TABLE} found WHERE found.id = ANY(%(ids)s)
"""
_LEAVE_TO_PEOPLE = (
    f"UPDATE {ORDERS_TABLE} SET outcome = 'IMPOSSIBLE', detail = 'by_rule' WHERE verb = 'AMEND'"
)
_SETTLE = f"""
    UPDATE {_TABLE} found SET
        state = verdict.state, shield = verdict.shield, treatment = verdict.treatment,
        case_id = ordered.case_id, contract_id = coalesce(ordered.result_contract_id, found.contract_id),
        remark = left(ordered.detail, 400),
        settled_at = CASE WHEN verdict.state <> '{DiscrepancyState.OPEN}' THEN %(now)s END
    FROM {ORDERS_TABLE} ordered, LATERAL (VALUES
        ('DONE', '{DiscrepancyState.CORRECTED}', '', '{{treatment}}'),
        ('ALREADY', '{DiscrepancyState.CORRECTED}', '', '{{treatment}}'),
        ('STALE', '{DiscrepancyState.CARRIED}', '{Shield.CHANGED_SINCE_MATCH}', '{{treatment}}'),
        ('OPEN_CASE', '{DiscrepancyState.CARRIED}', '{Shield.OPEN_CASE}', '{{treatment}}'),
        ('IN_FLIGHT', '{DiscrepancyState.CARRIED}', '{Shield.IN_FLIGHT}', '{{treatment}}'),
        ('CASE', '{DiscrepancyState.CASE}', '', '{{treatment}}'),
        ('NOBODY', '{DiscrepancyState.OPEN}', '', '{Treatment.RETURN}')
    ) AS verdict (outcome, state, shield, treatment)
    WHERE ordered.order_id = found.id AND verdict.outcome = CASE
        WHEN ordered.case_id IS NOT NULL THEN 'CASE'
        WHEN ordered.outcome IN ('COLLISION', 'IMPOSSIBLE') THEN 'NOBODY'
        ELSE ordered.outcome END
"""


def correct(run: Run, *, treatment: Treatment, now: datetime) -> int:
    """Treat the next open discrepancies of this treatment, and return how many those were."""
    with transaction.atomic():
        ids = _take(run, treatment)
        if not ids:
            return 0
        correction.prepare()
        _do(_ORDER, {"bank": run.partner_id, "ids": ids})
        if treatment == Treatment.CASE:
            _do(_LEAVE_TO_PEOPLE, {})
        correction.apply(origin=_origin(run), now=now)
        _do(_SETTLE.format(treatment=treatment), {"now": now})
        return len(ids)


def _take(run: Run, treatment: Treatment) -> list[int]:
    waiting = Discrepancy.objects.select_for_update().filter(
        run=run, round=run.round, state=DiscrepancyState.OPEN, treatment=treatment
    )
    return list(waiting.order_by("id").values_list("id", flat=True)[: correction.CHUNK])


def _do(statement: str, given: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)


def _origin(run: Run) -> Origin:
    return Origin(
        source=Source.RECONCILIATION,
        business_date=run.business_date,
        partner=run.partner,
        request_no=run.run_no,
    )
