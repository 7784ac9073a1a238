"""Which due bills does a run ask for, and why not the others? (domain.md C3, A5's guard.) SQL over a temporary table of
candidates; the parameters are `debit_date`, `bank`, `way`, `max_attempts`, `minimum_fen`, `cap_fen`, `run`.

A bill is the affair of the bank whose contract (or mandate) holds its number or agreement, or did last. Reasons are
looked for in a fixed order, and the first one counts.
"""

from billing.states import (
    BY_CONTRACT,
    ITEM_OPEN,
    BillKind,
    BillState,
    DebitWay,
    Exclusion,
    FollowUp,
    ItemState,
    MandateState,
)
from signing.queries import doubt_is_cleared
from signing.states import ContractState, UserType

CANDIDATES, GROUPS = "debit_candidate", "debit_group"

# `payer`: the contract's or mandate's id; `asked_of`: the number or agreement. Both with the province make an item.
CREATE = f"""
    DROP TABLE IF EXISTS pg_temp.{GROUPS};
    DROP TABLE IF EXISTS pg_temp.{CANDIDATES};
    CREATE TEMP TABLE {CANDIDATES} (
        bill_id bigint NOT NULL, province_id bigint NOT NULL, payer bigint, asked_of text NOT NULL,
        open_fen bigint NOT NULL, attempts smallint NOT NULL, billing_month date NOT NULL, due_date date NOT NULL,
        reason text
    ) ON COMMIT DROP;
    CREATE TEMP TABLE {GROUPS} (
        position bigint NOT NULL, item_id bigint, province_id bigint NOT NULL, payer bigint NOT NULL,
        asked_of text NOT NULL, attempt smallint NOT NULL, oldest_month date NOT NULL, asked_fen bigint NOT NULL,
        bill_count bigint NOT NULL
    ) ON COMMIT DROP
"""
_IS_DUE = f"bill.state = '{BillState.DUE}' AND bill.due_date <= %(debit_date)s"
_INSERT = f"""
    INSERT INTO {CANDIDATES}
        (bill_id, province_id, payer, asked_of, open_fen, attempts, billing_month, due_date, reason)
    SELECT bill.id, bill.province_id, {{payer}}, {{asked_of}}, bill.amount_fen - bill.settled_fen, bill.attempts,
        bill.billing_month, bill.due_date, {{reason}}
    FROM billing_bill bill
"""
_GIVEN_UP = f"""EXISTS (
        SELECT FROM billing_debitshare share JOIN billing_debititem item ON item.id = share.item_id
        WHERE share.bill_id = bill.id AND item.follow_up = '{FollowUp.GIVE_UP}'
    )"""
_ELSEWHERE = f"""
        WHEN EXISTS (SELECT FROM billing_debitshare share WHERE share.bill_id = bill.id AND share.is_open)
            THEN '{Exclusion.IN_FLIGHT}'
        WHEN bill.attempts >= %(max_attempts)s OR bill.attempts > 0 AND {_GIVEN_UP}
            THEN '{Exclusion.TOO_MANY_ATTEMPTS}'
    END"""
_OF_CONTRACT = f"""CASE
        WHEN contract.state <> '{ContractState.ACTIVE}' THEN '{Exclusion.NOT_ACTIVE}'
        WHEN contract.user_type = '{UserType.POSTPAID}' AND NOT contract.auto_pay THEN '{Exclusion.NO_AUTO_PAY}'
        WHEN bill.joined_network_at > contract.signed_at
            AND NOT {doubt_is_cleared("contract.id", "bill.joined_network_at")}
            THEN '{Exclusion.NUMBER_CHANGED_HANDS}'
        {_ELSEWHERE}"""
# Agreement numbers are given by provinces: what another one bills under the same number is not this customer's.
_OF_MANDATE = f"""CASE
        WHEN mandate.agreement_no <> '' AND mandate.province_id <> bill.province_id THEN '{Exclusion.NO_CONTRACT}'
        WHEN mandate.state <> '{MandateState.ACTIVE}' THEN '{Exclusion.NOT_ACTIVE}'
        WHEN mandate.msisdn <> '' AND bill.joined_network_at > mandate.signed_at
            THEN '{Exclusion.NUMBER_CHANGED_HANDS}'
        {_ELSEWHERE}"""
_NO_CONTRACT = f"'{Exclusion.NO_CONTRACT}'"

_HELD = f"""{_INSERT.format(payer="contract.id", asked_of="bill.msisdn", reason=_OF_CONTRACT)}
    JOIN signing_heldnumber held ON held.msisdn = bill.msisdn
    JOIN signing_contract contract ON contract.id = held.contract_id AND contract.bank_id = %(bank)s
    WHERE {_IS_DUE} AND bill.kind = '{BillKind.PERSONAL}'
"""
_HELD_BEFORE = f"""{_INSERT.format(payer="NULL", asked_of="bill.msisdn", reason=_NO_CONTRACT)}
    JOIN LATERAL (
        SELECT contract.bank_id FROM signing_contract contract
        WHERE contract.msisdn = bill.msisdn AND contract.signed_at IS NOT NULL ORDER BY contract.id DESC LIMIT 1
    ) AS latest ON latest.bank_id = %(bank)s
    WHERE {_IS_DUE} AND bill.kind = '{BillKind.PERSONAL}'
        AND NOT EXISTS (SELECT FROM signing_heldnumber held WHERE held.msisdn = bill.msisdn)
"""
_FOR_BILL = "mandate.way = %(way)s AND mandate.{column} = bill.{column}"
_MANDATED = f"""{_INSERT.format(payer="mandate.id", asked_of="bill.{column}", reason=_OF_MANDATE)}
    JOIN billing_mandate mandate ON {_FOR_BILL} AND mandate.bank_id = %(bank)s
        AND mandate.state <> '{MandateState.ENDED}'
    WHERE {_IS_DUE} AND bill.kind = '{{kind}}'
"""
_MANDATED_BEFORE = f"""{_INSERT.format(payer="NULL", asked_of="bill.{column}", reason=_NO_CONTRACT)}
    JOIN LATERAL (
        SELECT mandate.bank_id, mandate.state FROM billing_mandate mandate WHERE {_FOR_BILL}
            AND mandate.{{column}} <> ''
        ORDER BY (mandate.state <> '{MandateState.ENDED}') DESC, mandate.id DESC LIMIT 1
    ) AS latest ON latest.bank_id = %(bank)s AND latest.state = '{MandateState.ENDED}'
    WHERE {_IS_DUE} AND bill.kind = '{{kind}}'
"""
_KINDS = {"agreement_no": BillKind.CORPORATE, "msisdn": BillKind.PERSONAL}

_SAME = "{0}.province_id = {1}.province_id AND {0}.payer = {1}.payer AND {0}.asked_of = {1}.asked_of"
UNDER_MINIMUM = f"""
    UPDATE {CANDIDATES} candidate SET reason = '{Exclusion.UNDER_MINIMUM}'
    FROM (
        SELECT province_id, payer, asked_of FROM {CANDIDATES} WHERE reason IS NULL
        GROUP BY 1, 2, 3 HAVING sum(open_fen) < %(minimum_fen)s
    ) AS small
    WHERE candidate.reason IS NULL AND {_SAME.format("candidate", "small")}
"""
_IN_MONTH = """run.debit_date >= date_trunc('month', %(debit_date)s::date)
            AND run.debit_date < date_trunc('month', %(debit_date)s::date) + interval '1 month'"""
_OPEN_ITEMS = ", ".join(f"'{state}'" for state in ITEM_OPEN)
_HERE = "run.arrangement_id = %(arrangement)s AND"
_USED = f"""(
        SELECT coalesce(sum(CASE WHEN item.state IN ({_OPEN_ITEMS}) THEN item.asked_fen ELSE item.debited_fen END), 0)
        FROM billing_debititem item JOIN billing_debitrun run ON run.id = item.run_id
        WHERE item.{{column}} = capped.asked_of AND {{where}} {_IN_MONTH}
    )"""
# What is over the cap, oldest bills first: the first that does not fit, and all behind it.
_OVER_CAP = f"""
    UPDATE {CANDIDATES} candidate SET reason = '{Exclusion.OVER_CAP}'
    FROM (
        SELECT asked_of, least(
            %(cap_fen)s::bigint - {_USED.format(column="{column}", where=_HERE)},
            monthly_fen - {_USED.format(column="{column}", where="")}
        ) AS left_fen
        FROM (
            SELECT DISTINCT waiting.asked_of, cap.monthly_fen FROM {CANDIDATES} waiting
            LEFT JOIN billing_debitcap cap ON cap.msisdn = waiting.asked_of
            WHERE waiting.reason IS NULL AND (%(cap_fen)s::bigint IS NOT NULL OR cap.monthly_fen IS NOT NULL)
        ) AS capped
    ) AS allowed
    JOIN (
        SELECT bill_id, asked_of, sum(open_fen) OVER (
            PARTITION BY asked_of ORDER BY billing_month, due_date, bill_id ROWS UNBOUNDED PRECEDING
        ) AS so_far_fen
        FROM {CANDIDATES} WHERE reason IS NULL
    ) AS summed ON summed.asked_of = allowed.asked_of AND summed.so_far_fen > allowed.left_fen
    WHERE candidate.bill_id = summed.bill_id AND candidate.reason IS NULL
"""
GROUP = f"""
    INSERT INTO {GROUPS} (position, province_id, payer, asked_of, attempt, oldest_month, asked_fen, bill_count)
    SELECT row_number() OVER (ORDER BY province_id, asked_of, payer), province_id, payer, asked_of,
        max(attempts) + 1, min(billing_month), sum(open_fen), count(*)
    FROM {CANDIDATES} WHERE reason IS NULL GROUP BY province_id, payer, asked_of;
    ANALYZE {GROUPS}
"""


def candidates(way: str) -> tuple[str, ...]:
    """Return the statements that fill the table of candidates for a way of debiting."""
    if way in BY_CONTRACT:
        return (_HELD, _HELD_BEFORE)
    column = column_of(way)
    return tuple(
        statement.format(kind=_KINDS[column], column=column) for statement in (_MANDATED, _MANDATED_BEFORE)
    )


def over_cap(way: str) -> str:
    """Return the statement that leaves out what is over a cap: of the subscriber's over all ways, of the arrangement's
    for each number or agreement, counting what was debited this month or still may be."""
    return _OVER_CAP.format(column=column_of(way))


def column_of(way: str) -> str:
    """Return which column of an item names who is asked: the number, or the agreement of a corporate one."""
    return "agreement_no" if way in (DebitWay.COLLECTION, DebitWay.OFFLINE) else "msisdn"


ITEMS = f"""
    UPDATE {GROUPS} SET item_id = nextval(pg_get_serial_sequence('billing_debititem', 'id'));
    INSERT INTO billing_debititem (id, item_no, run_id, bank_id, province_id, contract_id, mandate_id, msisdn,
        agreement_no, oldest_month, attempt, asked_fen, debited_fen, state, bank_code, reason_code, follow_up,
        bank_transaction_no)
    SELECT item_id, lpad(%(run)s::text, 8, '0') || lpad(position::text, 9, '0'), %(run)s, %(bank)s, province_id,
        CASE WHEN %(by_contract)s THEN payer END, CASE WHEN NOT %(by_contract)s THEN payer END,
        CASE WHEN %(column)s = 'msisdn' THEN asked_of ELSE '' END,
        CASE WHEN %(column)s = 'agreement_no' THEN asked_of ELSE '' END,
        oldest_month, attempt, asked_fen, 0, '{ItemState.SELECTED}', '', '', '', ''
    FROM {GROUPS} ORDER BY position
"""
# In the order of bills, so that two runs that reach for the same ones wait for each other in one direction.
SHARES = f"""
    INSERT INTO billing_debitshare (item_id, bill_id, asked_fen, settled_fen, is_open)
    SELECT grouped.item_id, candidate.bill_id, candidate.open_fen, 0, TRUE
    FROM {CANDIDATES} candidate JOIN {GROUPS} grouped ON {_SAME.format("candidate", "grouped")}
    WHERE candidate.reason IS NULL ORDER BY candidate.bill_id
    ON CONFLICT (bill_id) WHERE is_open DO NOTHING
"""
LOCK_BILLS = f"""
    SELECT count(*) FROM (
        SELECT bill.id FROM billing_bill bill
        WHERE bill.id IN (SELECT bill_id FROM {CANDIDATES} WHERE reason IS NULL)
        ORDER BY bill.id FOR NO KEY UPDATE OF bill
    ) AS held
"""
DROP_CHANGED = f"""
    DELETE FROM billing_debitshare share USING {CANDIDATES} candidate, billing_bill bill, billing_debititem item
    WHERE candidate.reason IS NULL AND bill.id = candidate.bill_id AND share.bill_id = bill.id
        AND item.id = share.item_id AND item.run_id = %(run)s
        AND (bill.state <> '{BillState.DUE}' OR bill.amount_fen - bill.settled_fen <> candidate.open_fen)
"""
EXCLUSIONS = f"""
    INSERT INTO billing_debitexclusion (run_id, bill_id, reason, open_fen)
    SELECT %(run)s, bill_id, min(reason), min(open_fen) FROM {CANDIDATES}
    WHERE reason IS NOT NULL GROUP BY bill_id ORDER BY bill_id
"""
# Another run, or somebody who paid, was faster with some bills: the items ask for the rest.
MEND_ITEMS = f"""
    WITH truth AS (
        SELECT grouped.item_id, grouped.asked_fen AS planned_fen, coalesce(sum(share.asked_fen), 0) AS asked_fen
        FROM {GROUPS} grouped LEFT JOIN billing_debitshare share ON share.item_id = grouped.item_id
        GROUP BY 1, 2
    )
    UPDATE billing_debititem item
    SET asked_fen = CASE WHEN truth.asked_fen > 0 THEN truth.asked_fen ELSE item.asked_fen END,
        state = CASE WHEN truth.asked_fen > 0 THEN item.state ELSE '{ItemState.WITHDRAWN}' END
    FROM truth WHERE item.id = truth.item_id AND truth.asked_fen <> truth.planned_fen
"""
COUNTS = f"""
    SELECT count(*), coalesce(sum(item.asked_fen), 0)::bigint,
        (SELECT count(*) FROM billing_debitshare share JOIN {GROUPS} grouped ON grouped.item_id = share.item_id)
    FROM billing_debititem item WHERE item.run_id = %(run)s AND item.state = '{ItemState.SELECTED}'
"""
LEFT_OUT = f"""
    SELECT count(DISTINCT bill_id), coalesce(sum(open_fen), 0)::bigint FROM {CANDIDATES} WHERE reason IS NOT NULL
"""
