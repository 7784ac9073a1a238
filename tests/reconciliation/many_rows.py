"""What a year of reconciliation has left, loaded by a few statements: enough for PostgreSQL to plan in earnest."""

from datetime import datetime

from django.db import connection

from reconciliation.models import Run
from tests.reconciliation.factories import make_run
from tests.signing.factories import the_bank, the_province

ROWS = 40_000
BIG = frozenset({"reconciliation_discrepancy"})

_DISCREPANCIES = f"""
    INSERT INTO reconciliation_discrepancy (run_id, round, difference, attributes, line_no, province_id, msisdn,
        bank_contract_no, ours, theirs, treatment, state, shield, remark, exports, answer_code, answer_text, found_at,
        settled_at, exported_at, taken_up_by_id)
    SELECT (%(runs)s::bigint[])[1 + place * %(count)s / {ROWS + 1}], 1,
        (ARRAY['DIFFERS', 'MISSING_HERE', 'MISSING_AT_BANK'])[1 + place %% 3], '{{}}', place, %(province)s,
        '138' || lpad(place::text, 8, '0'), 'B' || place, '{{"state": "ACTIVE"}}', '{{"msisdn": ""}}', 'AMEND',
        CASE WHEN place %% 500 = 0 THEN 'CARRIED' WHEN place %% 700 = 0 THEN 'EXPORTED' ELSE 'CORRECTED' END,
        CASE WHEN place %% 500 = 0 THEN 'OPEN_CASE' ELSE '' END, '', 0, '', '', %(now)s,
        CASE WHEN place %% 500 <> 0 AND place %% 700 = 0 THEN NULL ELSE %(now)s END::timestamptz,
        CASE WHEN place %% 500 <> 0 AND place %% 700 = 0 THEN %(now)s END::timestamptz,
        CASE WHEN place %% 1000 = 0 THEN %(last)s::bigint END
    FROM generate_series(1, {ROWS}) AS place
"""


def load_many_rows(*, now: datetime) -> list[Run]:
    """Fill the discrepancies of forty runs, and let the planner know."""
    runs = [
        make_run("CLOSED", partner=the_bank(f"B{number:02d}"), opened_at=now, matched_at=now)
        for number in range(40)
    ]
    ids = [run.pk for run in runs]
    given = {"runs": ids, "count": len(ids), "province": the_province().pk, "now": now, "last": ids[-1]}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_DISCREPANCIES, given)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        cursor.execute("ANALYZE reconciliation_discrepancy")
        cursor.execute("ANALYZE reconciliation_run")
    return runs
