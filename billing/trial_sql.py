"""The questions of a trial balance as one statement: it sees one moment, however much is posted meanwhile."""

from billing.states import AccountRole, RechargeState

# Money that the province has taken back already is with us again, although its recharge is not over yet.
_IN_TRANSIT = f"""
    SELECT recharge.province_id AS partner_id, sum(recharge.amount_fen) AS fen
    FROM billing_recharge recharge
    WHERE recharge.state IN ('{RechargeState.PAID}', '{RechargeState.TAKING_BACK}') AND NOT (
        recharge.landed_entry_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM billing_journalentry WHERE reverses_id = recharge.landed_entry_id))
    GROUP BY 1
"""
_REFUNDS = f"""
    SELECT bank_id AS partner_id, sum(amount_fen) AS fen
    FROM billing_recharge WHERE state = '{RechargeState.REFUND_OWED}' GROUP BY 1
"""
# What was exported and neither confirmed nor reversed: asked and unanswered; failed or withdrawn and still being taken
# back; or spent at the province, which keeps it.
_OUTSTANDING = """
    SELECT partner_id, sum(fen) AS fen FROM (
        SELECT item.bank_id AS partner_id, item.asked_fen AS fen
        FROM billing_debitrun run
        JOIN billing_arrangement arrangement ON arrangement.id = run.arrangement_id
        JOIN billing_debititem item ON item.run_id = run.id AND item.state = 'SENT'
        WHERE run.state NOT IN ('CLOSED', 'CANCELLED') AND arrangement.settles_at_export
        UNION ALL
        SELECT recharge.bank_id, recharge.amount_fen
        FROM billing_recharge recharge JOIN billing_debititem item ON item.id = recharge.item_id
        WHERE recharge.state IN ('PAID', 'TAKING_BACK') AND item.state IN ('FAILED', 'WITHDRAWN')
        UNION ALL
        SELECT recharge.bank_id, recharge.amount_fen
        FROM billing_arrangement arrangement JOIN billing_debitrun run ON run.arrangement_id = arrangement.id
        JOIN billing_debititem item ON item.run_id = run.id AND item.state IN ('FAILED', 'WITHDRAWN')
        JOIN billing_recharge recharge ON recharge.item_id = item.id AND recharge.state = 'LANDED'
        WHERE arrangement.settles_at_export
    ) AS waiting GROUP BY 1
"""


def _held(name: str, role: AccountRole, sign: str, held: str) -> str:
    """The check that a role's balances are what the business rows say, partner by partner."""
    return f"""
    SELECT '{name}', '{role}', coalesce(account.partner_id, held.partner_id), coalesce({sign}account.fen, 0),
        coalesce(held.fen, 0)
    FROM (SELECT partner_id, fen FROM balance WHERE role = '{role}') AS account
    FULL JOIN ({held}) AS held ON held.partner_id = account.partner_id
    """


TAKE = f"""
    WITH balance AS (
        SELECT role, partner_id, sum(balance_fen) AS fen FROM billing_ledgeraccount GROUP BY 1, 2
    ),
    turnover AS (
        SELECT account_id, sum(debit_fen - credit_fen) AS fen FROM billing_accountday GROUP BY 1
    ),
    posted AS (
        SELECT line.account_id, coalesce(sum(line.amount_fen) FILTER (WHERE line.amount_fen > 0), 0) AS debit_fen,
            coalesce(-sum(line.amount_fen) FILTER (WHERE line.amount_fen < 0), 0) AS credit_fen
        FROM billing_journalentry entry JOIN billing_ledgerline line ON line.entry_id = entry.id
        WHERE entry.business_date = %(day)s GROUP BY 1
    ),
    kept AS (
        SELECT account_id, debit_fen, credit_fen FROM billing_accountday WHERE business_date = %(day)s
    ),
    checks (name, role, partner_id, booked_fen, counted_fen) AS (
        SELECT 'all_accounts', '', NULL::bigint, coalesce(sum(fen), 0), 0 FROM balance
        UNION ALL
        SELECT 'turnover', account.role, account.partner_id, account.balance_fen, coalesce(turnover.fen, 0)
        FROM billing_ledgeraccount account LEFT JOIN turnover ON turnover.account_id = account.id
        UNION ALL
        SELECT 'day', account.role, account.partner_id,
            CASE side WHEN 1 THEN coalesce(kept.debit_fen, 0) ELSE coalesce(kept.credit_fen, 0) END,
            CASE side WHEN 1 THEN coalesce(posted.debit_fen, 0) ELSE coalesce(posted.credit_fen, 0) END
        FROM kept FULL JOIN posted ON posted.account_id = kept.account_id
        JOIN billing_ledgeraccount account ON account.id = coalesce(kept.account_id, posted.account_id)
        CROSS JOIN (VALUES (1), (2)) AS sides (side)
        UNION ALL
        {_held("in_transit", AccountRole.IN_TRANSIT, "-", _IN_TRANSIT)}
        UNION ALL
        {_held("outstanding", AccountRole.OFFLINE_OUTSTANDING, "", _OUTSTANDING)}
        UNION ALL
        {_held("refunds", AccountRole.REFUNDS_PAYABLE, "-", _REFUNDS)}
    )
    SELECT (SELECT coalesce(sum(fen) FILTER (WHERE fen > 0), 0)::bigint FROM balance),
        (SELECT coalesce(-sum(fen) FILTER (WHERE fen < 0), 0)::bigint FROM balance),
        (SELECT count(*) FROM balance),
        (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'check', wrong.name, 'role', wrong.role, 'partner', coalesce(partner.code, ''),
                'booked_fen', wrong.booked_fen, 'counted_fen', wrong.counted_fen
            ) ORDER BY wrong.name, wrong.role, partner.code), '[]')
        FROM (SELECT * FROM checks WHERE booked_fen <> counted_fen LIMIT %(most)s) AS wrong
        LEFT JOIN partners_partner partner ON partner.id = wrong.partner_id)
"""
"""One row: debits, credits, accounts, and a list of what does not agree. `day`: whose lines are added up again."""
