"""Fills the database: the reference tables, four banks with keys, and what a centre at work has collected."""

import io
import json

from django.core.management import call_command
from django.db import connection

from signing.models import Contract
from tests.benchmarks import orders
from tests.benchmarks.bulk import filling
from tests.benchmarks.report import Finding
from unipay import clock, signatures
from unipay.partners.keys import add_partner_key
from unipay.partners.models import Partner
from unipay.partners.reference import grant_default_rights

NO_LIMIT = 100_000_000
_MORE = {
    "account_number": "6222021234567890128",
    "holder_name": "王小明",
    "identity_no": "33010619900101123X",
}

# Place 0 to provisional - 1 wait for their result; of the others nine in ten stand.
_PLACES = """
    SELECT place, place < %(provisional)s AS waits, place %% 10 <> 9 AS stands, segment.prefix, segment.province_id,
        (%(banks)s::bigint[])[1 + place %% cardinality(%(banks)s::bigint[])] AS bank_id
    FROM generate_series(0, %(rows)s - 1) AS place
    JOIN (
        SELECT prefix, province_id, row_number() OVER (ORDER BY prefix COLLATE "C") - 1 AS turn
        FROM partners_numbersegment WHERE length(prefix) = 7
    ) AS segment ON segment.turn = place %% %(segments)s
"""
_CONTRACTS = f"""
    INSERT INTO signing_contract (contract_no, state, version, msisdn, secondary_msisdns, province_id, bank_id,
        bank_contract_no, account_type, account_number, account_index, account_mask, holder_name, holder_mask,
        identity_no, identity_index, identity_mask, channel, user_type, recharge_threshold_fen, recharge_amount_fen,
        auto_pay, offer, opened_at, expires_at, signed_at, ended_at, end_reason)
    SELECT 'C-' || md5('contract ' || place),
        CASE WHEN waits THEN 'PROVISIONAL' WHEN stands THEN 'ACTIVE' ELSE 'TERMINATED' END,
        1, prefix || lpad((place / %(segments)s)::text, 4, '0'), '{{}}', province_id, bank_id,
        CASE WHEN waits THEN '' ELSE 'B' || lpad(place::text, 12, '0') END,
        'DEBIT', CASE WHEN waits THEN %(account_number)s ELSE '' END, md5('a' || place) || md5('b' || place),
        '622202*********0128', CASE WHEN waits THEN %(holder_name)s ELSE '' END, '王**',
        CASE WHEN waits THEN %(identity_no)s ELSE '' END, md5('i' || place) || md5('j' || place),
        '330106********123X', 'COUNTER', 'PREPAID', 2000, 5000, FALSE, CASE WHEN waits THEN %(offer)s::jsonb END,
        %(now)s - place * interval '1 second',
        CASE WHEN waits THEN %(now)s + interval '1 day' END,
        CASE WHEN NOT waits THEN %(now)s - place * interval '1 second' END,
        CASE WHEN NOT waits AND NOT stands THEN %(now)s END,
        CASE WHEN NOT waits AND NOT stands THEN 'SUBSCRIBER_REQUEST' ELSE '' END
    FROM ({_PLACES}) AS places
"""
_HELD_NUMBERS = """
    INSERT INTO signing_heldnumber (msisdn, is_primary, contract_id)
    SELECT msisdn, TRUE, id FROM signing_contract WHERE state IN ('PROVISIONAL', 'ACTIVE')
"""
_REQUESTS = f"""
    INSERT INTO messaging_inboundrequest (partner_id, request_no, operation, digest, key_id, signature, request_id,
        subject, msisdn, body, state, status, answer, received_at, answered_at)
    SELECT bank_id, 'X' || md5('request ' || place), 'signing_results.create', md5('d' || place) || md5('e' || place),
        'k1', '', md5('r' || place), '', prefix || lpad((place / %(segments)s)::text, 4, '0'), '', 'DONE', 200,
        '{{"state":"ACTIVE"}}', %(now)s - place * interval '1 second', %(now)s - place * interval '1 second'
    FROM ({_PLACES}) AS places WHERE NOT waits
"""
# One message in a thousand still waits, for a partner that is down.
_MESSAGES = f"""
    INSERT INTO messaging_outboundmessage (event_id, partner_id, kind, subject, resource_version, msisdn, payload,
        state, attempts, created_at, next_attempt_at, settled_at, last_error)
    SELECT md5('m' || place)::uuid, province_id, 'contract_changed', 'contract:C-' || md5('contract ' || place), 2,
        prefix || lpad((place / %(segments)s)::text, 4, '0'), '{{"change":"SIGNED"}}',
        CASE WHEN place %% 1000 = 7 THEN 'PENDING' ELSE 'DELIVERED' END, 1,
        %(now)s - place * interval '1 second',
        %(now)s + CASE WHEN place %% 1000 = 7 THEN interval '1 day' ELSE interval '0' END,
        CASE WHEN place %% 1000 <> 7 THEN %(now)s END, ''
    FROM ({_PLACES}) AS places WHERE NOT waits
"""
_JOURNAL = """
    INSERT INTO signing_signingtransaction (transaction_no, kind, contract_id, version, bank_id, province_id, msisdn,
        secondary_msisdns, bank_contract_no, account_index, account_mask, recharge_threshold_fen, recharge_amount_fen,
        auto_pay, source, source_partner_id, request_no, reason, business_date, occurred_at)
    SELECT 'T-' || md5('transaction ' || id), 'SIGNED', id, version, bank_id, province_id, msisdn, '{}',
        bank_contract_no, account_index, account_mask, recharge_threshold_fen, recharge_amount_fen, auto_pay, 'BANK',
        bank_id, '', '', (%(now)s::timestamptz - id * interval '1 minute')::date, %(now)s
    FROM signing_contract WHERE state = 'ACTIVE' ORDER BY id LIMIT %(rows)s / 4
"""
_SESSIONS = f"""
    INSERT INTO signing_signingsession (session_no, link_token, hall_id, bank_id, province_id, msisdn,
        secondary_msisdns, return_url, language, state, failure_code, opened_at, expires_at, ended_at)
    SELECT 'S-' || md5('session ' || place), md5('token ' || place), %(hall)s, bank_id, province_id,
        prefix || lpad((place / %(segments)s)::text, 4, '0'), '{{}}', 'https://hall.example/', '', 'EXPIRED', '',
        %(now)s - place * interval '1 second', %(now)s, %(now)s
    FROM ({_PLACES}) AS places WHERE NOT waits
"""
# One contract in ten had a case; one case in a hundred is still open, a few of them overdue.
_CASES = """
    INSERT INTO signing_manualcase (case_no, cause, reason, severity, state, about, msisdn, province_id, standing_id,
        opened_at, due_at, decision, remark, decided_at, closed_at, came_back)
    SELECT 'M-' || md5('case ' || id), 'case ' || id, 'UNDELIVERABLE', 'NORMAL',
        CASE WHEN is_open THEN 'OPEN' ELSE 'CLOSED' END, '', msisdn, province_id, id, opened_at,
        %(now)s + (id %% 96 - 24) * interval '1 hour', CASE WHEN is_open THEN '' ELSE 'CLOSE' END, '',
        CASE WHEN NOT is_open THEN %(now)s END, CASE WHEN NOT is_open THEN %(now)s END, ''
    FROM (SELECT *, id %% 100 = 3 AS is_open FROM signing_contract) AS contract
    WHERE state = 'ACTIVE' ORDER BY id LIMIT %(all_rows)s / 10
"""


def measure(rows: str) -> list[Finding]:
    """Make tables, partners and rows."""
    call_command("migrate", verbosity=0)
    call_command("load_reference", stdout=io.StringIO())
    banks = [_partner(code, kind="BANK").pk for code in orders.BANKS]
    given = {"banks": banks, "hall": _partner("HALL", kind="HALL").pk, "rows": int(rows), **_constants()}
    with filling("signing_heldnumber"), filling("signing_contract"), connection.cursor() as cursor:
        cursor.execute(_CONTRACTS, given)
        cursor.execute(_HELD_NUMBERS)
    for table, statement in (
        ("messaging_inboundrequest", _REQUESTS),
        ("messaging_outboundmessage", _MESSAGES),
        ("signing_signingsession", _SESSIONS),
        ("signing_signingtransaction", _JOURNAL),
        ("signing_manualcase", _CASES),
    ):
        with filling(table), connection.cursor() as cursor:
            quarter = orders.PROVISIONAL + int(rows) // 4
            cursor.execute(statement, {**given, "rows": quarter, "all_rows": int(rows)})
    return []


def _partner(code: str, *, kind: str) -> Partner:
    pair = signatures.generate("RSA-SHA256")
    partner = Partner.objects.create(code=code, kind=kind, name=code, rate_limit_per_minute=NO_LIMIT)
    grant_default_rights([partner])
    add_partner_key(partner, orders.KEY_ID, "RSA-SHA256", pair.public_pem, clock.now())
    orders.key_file(code).write_text(pair.private_pem)
    return partner


def _constants() -> dict[str, object]:
    fields = {name: Contract._meta.get_field(name) for name in _MORE}
    sealed = {name: field.get_prep_value(_MORE[name]) for name, field in fields.items()}
    return {
        "provisional": orders.PROVISIONAL,
        "segments": len(orders.segments()),
        "offer": json.dumps(orders.OFFER),
        "now": clock.now(),
        **sealed,
    }
