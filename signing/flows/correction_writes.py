"""What a correction writes, as SQL over its orders: contracts, the journal's lines, and what the provinces are told."""

from signing import representation_sql
from signing.states import FORMAL, Channel, ContractState, EndReason, TransactionKind

_FORMAL = ", ".join(f"'{state}'" for state in FORMAL)
# `low` and `high` are there for whoever has to find the one order among many that the database refuses.
_CHOSEN = """o.outcome IS NULL AND NOT o.waits AND o.verb = %(verb)s
        AND o.order_id BETWEEN %(low)s AND %(high)s"""
_AS_SEEN = f"c.id = o.contract_id AND c.version = o.seen_version AND c.state IN ({_FORMAL})"
_WRITTEN = """
    UPDATE signing_correction_order written SET outcome = 'WRITTEN', detail = '', collided_with_id = NULL,
        result_contract_id = changed.id
    FROM changed WHERE changed.order_id = written.order_id
"""

TERMINATE = f"""
    WITH changed AS (
        UPDATE signing_contract c SET state = '{ContractState.TERMINATED}', version = c.version + 1,
            ended_at = %(now)s, end_reason = '{EndReason.RECONCILIATION}', expires_at = NULL
        FROM signing_correction_order o WHERE {_AS_SEEN} AND {_CHOSEN}
        RETURNING o.order_id, c.id
    ) {_WRITTEN}
"""
AMEND = f"""
    WITH changed AS (
        UPDATE signing_contract c SET version = c.version + 1, bank_contract_no = o.bank_contract_no,
            msisdn = o.msisdn, secondary_msisdns = o.secondary_msisdns, province_id = o.province_id,
            account_number = o.account_number, account_index = o.account_index, account_mask = o.account_mask,
            account_type = o.account_type, user_type = o.user_type, auto_pay = o.auto_pay,
            recharge_threshold_fen = o.recharge_threshold_fen, recharge_amount_fen = o.recharge_amount_fen
        FROM signing_correction_order o WHERE {_AS_SEEN} AND {_CHOSEN}
        RETURNING o.order_id, c.id
    ) {_WRITTEN}
"""
_NEW_CONTRACT = f"""
        INSERT INTO signing_contract (contract_no, state, version, msisdn, secondary_msisdns, province_id, bank_id,
            bank_contract_no, account_type, account_number, account_index, account_mask, holder_name, holder_mask,
            identity_no, identity_index, identity_mask, channel, user_type, recharge_threshold_fen,
            recharge_amount_fen, auto_pay, contested_with_id, opened_at, signed_at, end_reason)
        SELECT o.contract_no, '{{state}}', 1, o.msisdn, o.secondary_msisdns, o.province_id, o.bank_id,
            o.bank_contract_no, o.account_type, o.account_number, o.account_index, o.account_mask, o.holder_name,
            o.holder_mask, o.identity_no, o.identity_index, o.identity_mask, '{Channel.RECONCILIATION}', o.user_type,
            o.recharge_threshold_fen, o.recharge_amount_fen, o.auto_pay, o.collided_with_id, %(now)s,
            LEAST(o.signed_at, %(now)s), ''
        FROM signing_correction_order o WHERE {{chosen}} ORDER BY o.order_id
        RETURNING id, contract_no
"""
CREATE = f"""
    WITH made AS ({_NEW_CONTRACT.format(state=ContractState.ACTIVE, chosen=_CHOSEN)}), changed AS (
        SELECT made.id, o.order_id FROM made JOIN signing_correction_order o ON o.contract_no = made.contract_no
    ) {_WRITTEN}
"""
CONTEST = f"""
    WITH made AS ({_NEW_CONTRACT.format(state=ContractState.CONTESTED, chosen="o.order_id = %(order_id)s")})
    UPDATE signing_correction_order o SET result_contract_id = made.id
    FROM made WHERE o.order_id = %(order_id)s RETURNING made.id
"""
# A joined list is sent much faster than an array, and our own numbers have no commas.
NUMBER_CONTRACTS = """
    UPDATE signing_correction_order o SET contract_no = fresh.number
    FROM (
        SELECT order_id, row_number() OVER (ORDER BY order_id) AS place
        FROM signing_correction_order WHERE verb IN ('CREATE', 'CONTEST') AND contract_no IS NULL
    ) AS nameless
    JOIN unnest(string_to_array(%(numbers)s, ',')) WITH ORDINALITY AS fresh (number, place) USING (place)
    WHERE nameless.order_id = o.order_id
"""

_KIND = f"""CASE o.verb
        WHEN 'CREATE' THEN '{TransactionKind.SIGNED}'
        WHEN 'AMEND' THEN '{TransactionKind.AMENDED}'
        ELSE '{TransactionKind.TERMINATED}'
    END"""
JOURNAL = f"""
    INSERT INTO signing_signingtransaction (transaction_no, kind, contract_id, version, bank_id, province_id, msisdn,
        secondary_msisdns, bank_contract_no, account_index, account_mask, recharge_threshold_fen,
        recharge_amount_fen, auto_pay, source, source_partner_id, request_no, reason, business_date, occurred_at)
    SELECT fresh.number, {_KIND}, c.id, c.version, c.bank_id, c.province_id, c.msisdn, c.secondary_msisdns,
        c.bank_contract_no, c.account_index, c.account_mask, c.recharge_threshold_fen, c.recharge_amount_fen,
        c.auto_pay, %(source)s, %(source_partner)s, %(request_no)s,
        CASE WHEN o.verb = 'TERMINATE' THEN '{EndReason.RECONCILIATION}' ELSE '' END, %(business_date)s, %(now)s
    FROM (
        SELECT *, row_number() OVER (ORDER BY order_id) AS place
        FROM signing_correction_order WHERE outcome = 'WRITTEN'
    ) AS o
    JOIN unnest(string_to_array(%(numbers)s, ',')) WITH ORDINALITY AS fresh (number, place) USING (place)
    JOIN signing_contract c ON c.id = o.result_contract_id
    ORDER BY o.order_id
"""
# A contract whose number moves to another province ends for the one, and begins for the other.
KEEP_FORMER_FACTS = f"""
    UPDATE signing_correction_order o SET former_facts = {representation_sql.contract_facts("c", bank_code="bank.code")}
        || jsonb_build_object('state', '{ContractState.TERMINATED}', 'version', c.version + 1,
            'ended_at', {representation_sql.rfc3339("%(now)s::timestamptz")},
            'end_reason', '{EndReason.RECONCILIATION}')
    FROM signing_contract c JOIN partners_partner bank ON bank.id = c.bank_id
    WHERE c.id = o.contract_id AND o.verb = 'AMEND' AND o.outcome IS NULL AND o.province_id <> o.former_province_id
"""
TELL_PROVINCES = f"""
    SELECT partner_id, subject, resource_version, msisdn, payload FROM (
        SELECT o.order_id, 2 AS place, c.province_id AS partner_id, 'contract:' || c.contract_no AS subject,
            c.version AS resource_version, c.msisdn, jsonb_build_object(
                'change', CASE WHEN o.former_facts IS NULL THEN {_KIND} ELSE '{TransactionKind.SIGNED}' END,
                'business_date', %(business_day)s::text,
                'contract', {representation_sql.contract_facts("c", bank_code="bank.code")}
            ) AS payload
        FROM signing_correction_order o
        JOIN signing_contract c ON c.id = o.result_contract_id JOIN partners_partner bank ON bank.id = c.bank_id
        WHERE o.outcome = 'WRITTEN'
        UNION ALL
        SELECT o.order_id, 1, o.former_province_id, 'contract:' || (o.former_facts ->> 'contract_no'),
            o.seen_version + 1, o.former_msisdn, jsonb_build_object(
                'change', '{TransactionKind.TERMINATED}', 'business_date', %(business_day)s::text,
                'contract', o.former_facts
            )
        FROM signing_correction_order o WHERE o.outcome = 'WRITTEN' AND o.former_facts IS NOT NULL
    ) AS told ORDER BY order_id, place
"""
CONFIRM = "UPDATE signing_correction_order SET outcome = 'DONE' WHERE outcome = 'WRITTEN'"
