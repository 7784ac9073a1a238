"""What a centre at work has collected in a hundred days, loaded by a few statements: enough for PostgreSQL to plan in
earnest. Everything lies in the transaction of the test."""

from datetime import datetime

from django.db import connection

from tests.signing.factories import the_bank, the_hall, the_province

ROWS = 50_000
BIG = frozenset(
    {
        "billing_bill",
        "messaging_deliveryattempt",
        "messaging_inboundrequest",
        "messaging_outboundmessage",
        "signing_contract",
        "signing_dailyfigure",
        "signing_manualcase",
        "signing_signingsession",
        "signing_signingtransaction",
    }
)

_MOMENT = "%(now)s - place * interval '170 seconds'"
_STATEMENTS = (
    f"""
    INSERT INTO billing_bill (bill_no, province_id, province_bill_no, kind, msisdn, agreement_no, billing_month,
        amount_fen, settled_fen, due_date, state, version, attempts, received_at)
    SELECT 'B' || place, %(province)s, 'PB' || place, 'PERSONAL', '138' || lpad(place::text, 8, '0'), '',
        '2026-01-01', 5000, 0, '2026-02-01', 'DUE', 1, 0, {_MOMENT}
    FROM generate_series(1, {ROWS}) AS place
    """,
    f"""
    INSERT INTO signing_contract (contract_no, state, version, msisdn, secondary_msisdns, province_id, bank_id,
        bank_contract_no, account_type, account_number, account_index, account_mask, holder_name, holder_mask,
        identity_no, identity_index, identity_mask, channel, user_type, auto_pay, opened_at, signed_at, end_reason)
    SELECT 'C' || place, 'ACTIVE', 1, '138' || lpad(place::text, 8, '0'), '{{}}', %(province)s, %(bank)s, 'B' || place,
        'DEBIT', '', md5('a' || place), '', '', '', '', md5('i' || place), '',
        (ARRAY['COUNTER', 'CARRIER', 'KIOSK'])[1 + place %% 3], 'PREPAID', FALSE, {_MOMENT}, {_MOMENT}, ''
    FROM generate_series(1, {ROWS}) AS place
    """,
    """
    INSERT INTO signing_signingtransaction (transaction_no, kind, contract_id, version, bank_id, province_id, msisdn,
        secondary_msisdns, bank_contract_no, account_index, account_mask, auto_pay, source, request_no, reason,
        business_date, occurred_at)
    SELECT 'T' || id, 'SIGNED', id, 2, bank_id, province_id, msisdn, '{}', bank_contract_no, account_index, '', FALSE,
        'BANK', '', '', signed_at::date, signed_at
    FROM signing_contract
    """,
    f"""
    INSERT INTO signing_signingsession (session_no, link_token, hall_id, province_id, msisdn, secondary_msisdns,
        return_url, language, state, failure_code, opened_at, expires_at, ended_at)
    SELECT 'S' || place, 'L' || place, %(hall)s, %(province)s, '138' || lpad(place::text, 8, '0'), '{{}}', '', '',
        'EXPIRED', '', {_MOMENT}, {_MOMENT}, {_MOMENT}
    FROM generate_series(1, {ROWS}) AS place
    """,
    f"""
    INSERT INTO messaging_inboundrequest (partner_id, request_no, operation, digest, key_id, signature, request_id,
        subject, msisdn, body, state, status, answer, received_at, answered_at)
    SELECT %(bank)s, 'R' || place, (ARRAY['signing_results.create', 'signings.create'])[1 + place %% 2], '', 'k1', '',
        '', '', '138' || lpad(place::text, 8, '0'), '', 'DONE',
        CASE WHEN place %% 20 = 1 THEN 422 ELSE 200 END, '{{"code": "bank_closed"}}', {_MOMENT}, {_MOMENT}
    FROM generate_series(1, {ROWS}) AS place
    """,
    f"""
    INSERT INTO messaging_outboundmessage (event_id, partner_id, kind, subject, resource_version, msisdn, payload,
        state, attempts, created_at, next_attempt_at, settled_at, last_error)
    SELECT md5('m' || place)::uuid, %(province)s, 'contract_changed', 'contract:C' || place, 2,
        '138' || lpad(place::text, 8, '0'), '{{}}',
        CASE WHEN place %% 100 = 0 THEN 'PENDING' WHEN place %% 500 = 1 THEN 'DEAD' ELSE 'DELIVERED' END, 1,
        {_MOMENT}, {_MOMENT}, CASE WHEN place %% 100 <> 0 THEN {_MOMENT} END, ''
    FROM generate_series(1, {ROWS}) AS place
    """,
    """
    INSERT INTO messaging_deliveryattempt (message_id, number, started_at, latency_ms, outcome, error)
    SELECT id, 1, created_at, id % 500, 'ACKNOWLEDGED', '' FROM messaging_outboundmessage ORDER BY id DESC
    """,
    f"""
    INSERT INTO signing_manualcase (case_no, cause, reason, severity, state, about, msisdn, province_id, opened_at,
        due_at, decision, remark, decided_at, closed_at, came_back)
    SELECT 'M' || place, 'cause ' || place, 'UNDELIVERABLE', 'NORMAL',
        CASE WHEN place %% 200 = 0 THEN 'OPEN' ELSE 'CLOSED' END, '', '138' || lpad(place::text, 8, '0'), %(province)s,
        {_MOMENT}, {_MOMENT} + interval '1 day', CASE WHEN place %% 200 = 0 THEN '' ELSE 'CLOSE' END, '',
        CASE WHEN place %% 200 = 0 THEN NULL ELSE {_MOMENT} END,
        CASE WHEN place %% 200 = 0 THEN NULL ELSE {_MOMENT} END, ''
    FROM generate_series(1, {ROWS}) AS place
    """,
    f"""
    INSERT INTO signing_dailyfigure (day, measure, bank_id, province_id, detail, count)
    SELECT %(now)s::date - 20 - place / 100, 'REFUSED', %(bank)s, %(province)s, 'reason ' || place %% 100, 1
    FROM generate_series(1, {ROWS}) AS place
    """,
)


def load_many_rows(*, now: datetime) -> None:
    """Fill the big tables, newest row just before `now`, and let the planner know."""
    given = {"now": now, "bank": the_bank().pk, "province": the_province().pk, "hall": the_hall().pk}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        # Into fresh tables: among the dead rows of earlier tests the new ones lie scattered, and plans go by that.
        cursor.execute(f"TRUNCATE {', '.join(sorted(BIG))} CASCADE")
        for statement in _STATEMENTS:
            cursor.execute(statement, given if "%(" in statement else None)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        for table in sorted(BIG):
            cursor.execute(f"ANALYZE {table}")
