"""What does a line of a return file mean for its item? (domain.md C3, C4) SQL over a temporary table of lines; each
line has one verdict, which is the effect it will have.

A bank that says the same again changes nothing. What contradicts what was asked, or said before, is left to people.
"""

from billing.states import EntryKind, ItemState, LineEffect
from unipay.errors import Finality

JUDGED = "debit_judged"
MOST_FEN = 10**11
"""A thousand million yuan: whoever says that it debited more of one account is not believed."""

_SAID = "coalesce(line.debited_fen, CASE WHEN meaning.finality = 'SUCCESS' THEN item.asked_fen ELSE 0 END)"
_EXCESS_KNOWN = f"""EXISTS (
        SELECT FROM billing_journalentry entry WHERE entry.subject = 'debit_item:' || item.item_no
            AND entry.kind = '{EntryKind.EXCESS}' AND entry.amount_fen = {_SAID} - item.asked_fen
    )"""
# Another transaction number for the same item is another payment: the bank debited twice.
_SAME_PAYMENT = (
    "(line.bank_transaction_no IN ('', item.bank_transaction_no) OR item.bank_transaction_no = '')"
)
_SUCCESS, _FAILURE = (
    f"meaning.finality = '{Finality.SUCCESS}'",
    f"meaning.finality = '{Finality.FINAL_FAILURE}'",
)
_VERDICT = f"""CASE
        WHEN item.id IS NULL THEN '{LineEffect.UNKNOWN_ITEM}'
        WHEN meaning.finality IS NULL OR meaning.finality = '{Finality.UNKNOWN}' THEN '{LineEffect.UNKNOWN_CODE}'
        WHEN item.state IN ('{ItemState.SETTLED}', '{ItemState.PARTLY_SETTLED}') THEN CASE
            WHEN {_SUCCESS} AND {_SAME_PAYMENT} AND ({_SAID} = item.debited_fen OR {_EXCESS_KNOWN})
                THEN '{LineEffect.REPEATED}'
            ELSE '{LineEffect.CASE}' END
        WHEN item.state = '{ItemState.FAILED}' AND {_FAILURE} AND {_SAID} = 0 THEN '{LineEffect.REPEATED}'
        WHEN item.state <> '{ItemState.SENT}' THEN '{LineEffect.CASE}'
        WHEN {_FAILURE} AND {_SAID} = 0 THEN '{LineEffect.FAILED}'
        WHEN {_FAILURE} OR {_SAID} NOT BETWEEN 1 AND {MOST_FEN} THEN '{LineEffect.CASE}'
        WHEN {_SAID} >= item.asked_fen THEN '{LineEffect.SETTLED}'
        WHEN %(allows_partial)s THEN '{LineEffect.PARTLY_SETTLED}'
        ELSE '{LineEffect.CASE}'
    END"""
_COLUMNS = """
        line_id bigint, line_no bigint, item_id bigint, result_code text, bank_transaction_no text, reason_code text,
        follow_up text, said_fen bigint, asked_fen bigint, verdict text"""

CREATE = f"""
    DROP TABLE IF EXISTS pg_temp.{JUDGED};
    CREATE TEMP TABLE {JUDGED} ({_COLUMNS}) ON COMMIT DROP
"""
# A line answers an item of the run whose file it returns, as far as that item's file is still the one in force.
JUDGE = f"""
    INSERT INTO {JUDGED}
    SELECT line.id, line.line_no, item.id, line.result_code, line.bank_transaction_no,
        coalesce(meaning.reason_code, ''),
        CASE WHEN {_FAILURE} THEN meaning.follow_up ELSE '' END, {_SAID}, item.asked_fen, {_VERDICT}
    FROM (
        SELECT * FROM billing_returnline WHERE returned_id = %(returned)s AND effect = '' ORDER BY id LIMIT %(most)s
    ) AS line
    LEFT JOIN billing_debititem item ON item.item_no = line.item_no AND item.run_id = %(run)s
        AND EXISTS (
            SELECT FROM billing_debitbatch batch WHERE batch.id = item.batch_id AND batch.state = ANY(%(answerable)s)
        )
    LEFT JOIN jsonb_to_recordset(%(meanings)s::jsonb)
        AS meaning (code text, finality text, reason_code text, follow_up text) ON meaning.code = line.result_code;
    ANALYZE {JUDGED}
"""
_SILENT = """NOT EXISTS (
        SELECT FROM billing_returnline line JOIN billing_debitreturn returned ON returned.id = line.returned_id
        WHERE line.item_no = item.item_no AND returned.batch_id = %(batch)s
    )"""
# Silence of a bank that names failures only is success.
JUDGE_SILENCE = f"""
    INSERT INTO {JUDGED}
    SELECT NULL, NULL, item.id, '', '', '', '', item.asked_fen, item.asked_fen, '{LineEffect.SETTLED}'
    FROM billing_debititem item
    WHERE item.batch_id = %(batch)s AND item.state = '{ItemState.SENT}' AND {_SILENT}
    ORDER BY item.id LIMIT %(most)s;
    ANALYZE {JUDGED}
"""
# So it is where people ended the item meanwhile: the bank has debited what we no longer ask for.
ENDED_IN_SILENCE = f"""
    SELECT item.item_no, item.msisdn, item.province_id, item.state, item.asked_fen FROM billing_debititem item
    WHERE item.batch_id = %(batch)s AND item.state = '{ItemState.WITHDRAWN}' AND {_SILENT}
    ORDER BY item.id LIMIT %(most)s
"""
CODES = """
    SELECT result_code, bool_or(effect = '') FROM billing_returnline
    WHERE returned_id = %(returned)s AND effect IN ('', 'UNKNOWN_CODE') GROUP BY 1
"""
TAKE_UP = f"""
    UPDATE billing_returnline SET effect = ''
    WHERE returned_id = %(returned)s AND effect = '{LineEffect.UNKNOWN_CODE}' AND result_code = ANY(%(mapped)s)
"""
EFFECTS = f"""
    UPDATE billing_returnline line SET effect = judged.verdict,
        remark = CASE WHEN judged.verdict = '{LineEffect.SETTLED}' AND judged.said_fen > judged.asked_fen
            THEN left(%(excess)s, 200) ELSE line.remark END
    FROM {JUDGED} judged WHERE line.id = judged.line_id
"""
COUNTS = f"""
    SELECT count(*) FILTER (WHERE verdict IN ('{LineEffect.SETTLED}', '{LineEffect.PARTLY_SETTLED}')),
        coalesce(sum(least(said_fen, asked_fen)) FILTER (
            WHERE verdict IN ('{LineEffect.SETTLED}', '{LineEffect.PARTLY_SETTLED}')), 0)::bigint,
        count(*) FILTER (WHERE verdict = '{LineEffect.FAILED}'),
        count(*) FILTER (WHERE verdict = '{LineEffect.REPEATED}'),
        count(*) FILTER (WHERE verdict IN (
            '{LineEffect.CASE}', '{LineEffect.UNKNOWN_ITEM}', '{LineEffect.UNKNOWN_CODE}')),
        count(*)
    FROM {JUDGED}
"""
ITEMS = f"""
    UPDATE billing_debititem item SET state = judged.verdict, bank_code = judged.result_code,
        debited_fen = CASE WHEN judged.verdict = '{LineEffect.FAILED}' THEN 0
            ELSE least(judged.said_fen, judged.asked_fen) END,
        reason_code = judged.reason_code, follow_up = judged.follow_up,
        bank_transaction_no = judged.bank_transaction_no, settled_at = %(now)s
    FROM {JUDGED} judged WHERE item.id = judged.item_id
        AND judged.verdict IN ('{LineEffect.SETTLED}', '{LineEffect.PARTLY_SETTLED}', '{LineEffect.FAILED}')
"""
TAKEN_ITEMS = f"""
    SELECT item_id, least(said_fen, asked_fen), bank_transaction_no FROM {JUDGED}
    WHERE verdict IN ('{LineEffect.SETTLED}', '{LineEffect.PARTLY_SETTLED}')
"""
SETTLED_ITEMS = f"SELECT item_id FROM {JUDGED} WHERE verdict = '{LineEffect.SETTLED}'"
FAILED_ITEMS = f"SELECT item_id FROM {JUDGED} WHERE verdict = '{LineEffect.FAILED}'"
EXCESS = f"SELECT item_id FROM {JUDGED} WHERE verdict = '{LineEffect.SETTLED}' AND said_fen > asked_fen"
