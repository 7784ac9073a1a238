"""Which orders of a correction can be carried out, and why not the others? SQL over the orders without an outcome; a
verdict is "OUTCOME:detail", NULL where nothing stands against an order. The numbers are locked already.
"""

from signing import shield
from signing.states import FORMAL, ContractState, UserType

_FORMAL = ", ".join(f"'{state}'" for state in FORMAL)
_NUMBERS = "array_append(o.secondary_msisdns, o.msisdn)"
_RECHARGES = "(o.recharge_threshold_fen IS NOT NULL OR o.recharge_amount_fen IS NOT NULL)"


def _taken(attribute: str, column: str = "") -> str:
    column = column or attribute
    return f"{column} = CASE WHEN '{attribute}' = ANY (o.attributes) THEN o.{column} ELSE c.{column} END"


def _is_new(attribute: str) -> str:
    return f"(o.verb IN ('CREATE', 'CONTEST') OR '{attribute}' = ANY (o.attributes))"


# An order to amend becomes all that the contract is to be; the province follows the number.
FILL = f"""
    UPDATE signing_correction_order o SET
        {_taken("bank_contract_no")}, {_taken("msisdn")}, {_taken("secondary_msisdns")},
        {_taken("account", "account_number")}, {_taken("account", "account_index")},
        {_taken("account", "account_mask")}, {_taken("account_type")},
        {_taken("recharge_threshold_fen")}, {_taken("recharge_amount_fen")}, {_taken("auto_pay")},
        province_id = CASE
            WHEN 'msisdn' = ANY (o.attributes) AND o.msisdn <> c.msisdn THEN o.province_id ELSE c.province_id
        END,
        former_province_id = c.province_id, former_msisdn = c.msisdn
    FROM signing_contract c WHERE c.id = o.contract_id AND o.verb = 'AMEND' AND o.outcome IS NULL
"""
# As `terms.user_type_of`, except that where no province ever said it, it follows the terms when these change.
NAME_USER_TYPES = f"""
    UPDATE signing_correction_order o SET user_type = CASE
        WHEN c.offer ->> 'user_type' <> '' THEN c.offer ->> 'user_type'
        WHEN {_RECHARGES} THEN '{UserType.PREPAID}'
        WHEN o.auto_pay THEN '{UserType.POSTPAID}'
        ELSE COALESCE(c.user_type, '')
    END
    FROM signing_correction_order same LEFT JOIN signing_contract c ON c.id = same.contract_id AND same.verb = 'AMEND'
    WHERE same.order_id = o.order_id AND o.outcome IS NULL AND o.verb <> 'TERMINATE'
"""
_IS_SO_ALREADY = """(
    o.bank_contract_no = c.bank_contract_no AND o.msisdn = c.msisdn
    AND o.secondary_msisdns @> c.secondary_msisdns::text[] AND o.secondary_msisdns <@ c.secondary_msisdns::text[]
    AND o.account_index = c.account_index AND o.account_mask = c.account_mask AND o.account_type = c.account_type
    AND o.recharge_threshold_fen IS NOT DISTINCT FROM c.recharge_threshold_fen
    AND o.recharge_amount_fen IS NOT DISTINCT FROM c.recharge_amount_fen AND o.auto_pay = c.auto_pay
)"""
_OF_ITS_CONTRACT = f"""
    SELECT o.order_id, o.contract_id AS result_id, CASE
        WHEN c.id IS NULL THEN 'IMPOSSIBLE:no_such_contract'
        WHEN c.bank_id <> o.bank_id THEN 'IMPOSSIBLE:of_another_bank'
        WHEN c.state = '{ContractState.TERMINATED}' AND o.verb = 'TERMINATE' THEN 'ALREADY:'
        WHEN c.state = '{ContractState.TERMINATED}' THEN 'STALE:ended'
        WHEN o.verb = 'AMEND' AND c.state IN ({_FORMAL}) AND {_IS_SO_ALREADY} THEN 'ALREADY:'
        WHEN {shield.has_open_case(contract="o.contract_id")} THEN 'OPEN_CASE:'
        WHEN c.state NOT IN ({_FORMAL}) THEN 'IN_FLIGHT:'
        WHEN c.version IS DISTINCT FROM o.seen_version THEN 'STALE:version'
        WHEN o.turn > 1 THEN 'STALE:ordered_twice'
    END AS verdict
    FROM (
        SELECT *, row_number() OVER (PARTITION BY contract_id ORDER BY verb DESC, order_id) AS turn
        FROM signing_correction_order WHERE outcome IS NULL AND verb IN ('TERMINATE', 'AMEND')
    ) AS o LEFT JOIN signing_contract c ON c.id = o.contract_id
"""
_OF_ITS_SHAPE = f"""
    SELECT o.order_id, o.contract_id AS result_id, CASE
        WHEN o.province_id IS NULL THEN 'IMPOSSIBLE:unknown_number'
        WHEN {_is_new("bank_contract_no")} AND length(o.bank_contract_no) NOT BETWEEN 1 AND 64
            THEN 'IMPOSSIBLE:bank_contract_no_invalid'
        WHEN ({_is_new("msisdn")} OR {_is_new("secondary_msisdns")}) AND (
            o.msisdn = ANY (o.secondary_msisdns) OR cardinality(o.secondary_msisdns) > %(most)s
            OR EXISTS (SELECT FROM unnest({_NUMBERS}) AS each WHERE each !~ '^1[3-9][0-9]{{9}}$')
            OR cardinality(o.secondary_msisdns) > (SELECT COUNT(DISTINCT each) FROM unnest(o.secondary_msisdns) AS each)
        ) THEN 'IMPOSSIBLE:numbers_invalid'
        WHEN length(o.account_mask) > 32 OR length(o.account_type) > 8 OR length(o.holder_mask) > 64
            OR length(o.account_index) > 64 OR length(o.identity_index) > 64 OR length(o.identity_mask) > 32
            THEN 'IMPOSSIBLE:particulars_too_long'
        WHEN o.recharge_threshold_fen < 0 OR o.recharge_amount_fen <= 0 THEN 'IMPOSSIBLE:terms_out_of_range'
        WHEN o.auto_pay AND {_RECHARGES} THEN 'IMPOSSIBLE:terms_exclude_each_other'
        WHEN o.auto_pay AND o.user_type = '{UserType.PREPAID}' THEN 'IMPOSSIBLE:auto_pay_for_prepaid'
        WHEN {_RECHARGES} AND o.user_type = '{UserType.POSTPAID}' THEN 'IMPOSSIBLE:recharge_for_postpaid'
    END AS verdict
    FROM signing_correction_order o WHERE o.outcome IS NULL AND o.verb <> 'TERMINATE'
"""
_OF_WHAT_IS_UNDER_WAY = f"""
    SELECT o.order_id, same.id AS result_id, CASE
        WHEN o.verb <> 'AMEND' AND same.state IN ({_FORMAL}) AND same.msisdn = o.msisdn THEN 'ALREADY:'
        WHEN o.verb <> 'AMEND' AND ({shield.has_open_case(contract="same.id")}
            OR {shield.number_has_open_case(msisdn="o.msisdn", bank="o.bank_id")}) THEN 'OPEN_CASE:'
        WHEN o.verb <> 'AMEND' AND {shield.is_in_flight(msisdn="o.msisdn", bank="o.bank_id")} THEN 'IN_FLIGHT:'
        WHEN EXISTS (
            SELECT FROM signing_heldnumber held JOIN signing_contract holder ON holder.id = held.contract_id
            WHERE held.msisdn = ANY ({_NUMBERS}) AND holder.bank_id = o.bank_id
                AND holder.state = '{ContractState.PROVISIONAL}'
        ) THEN 'IN_FLIGHT:'
    END AS verdict
    FROM signing_correction_order o LEFT JOIN signing_contract same
        ON same.bank_id = o.bank_id AND same.bank_contract_no = o.bank_contract_no AND same.bank_contract_no <> ''
        AND same.state <> '{ContractState.TERMINATED}' AND o.verb <> 'AMEND'
    WHERE o.outcome IS NULL AND o.verb = %(verb)s
"""
_JUDGE = """
    UPDATE signing_correction_order judged SET
        outcome = split_part(verdict, ':', 1), detail = split_part(verdict, ':', 2),
        result_contract_id = CASE WHEN verdict = 'ALREADY:' THEN result_id END
    FROM ({verdicts}) AS found WHERE found.order_id = judged.order_id AND found.verdict IS NOT NULL
"""
JUDGE_CONTRACTS = _JUDGE.format(verdicts=_OF_ITS_CONTRACT)
JUDGE_SHAPES = _JUDGE.format(verdicts=_OF_ITS_SHAPE)
JUDGE_WHAT_IS_UNDER_WAY = _JUDGE.format(verdicts=_OF_WHAT_IS_UNDER_WAY)

# Who waits: an order that wants what another contract holds, or what an earlier order wants too.
LET_WAIT = f"""
    WITH asked AS (
        SELECT o.order_id, {_NUMBERS} || ('#' || o.bank_contract_no) AS claims,
            {shield.holder_of(msisdn="o.msisdn", secondary_msisdns="o.secondary_msisdns", contract="o.contract_id")}
                AS holder_id,
            (SELECT same.id FROM signing_contract same
                WHERE same.bank_id = o.bank_id AND same.bank_contract_no = o.bank_contract_no
                    AND same.bank_contract_no <> '' AND same.state <> '{ContractState.TERMINATED}'
                    AND same.id IS DISTINCT FROM o.contract_id) AS numbered_id
        FROM signing_correction_order o WHERE o.outcome IS NULL AND o.verb = %(verb)s
    ), claimed AS (
        SELECT order_id, unnest(claims) AS claim FROM asked WHERE holder_id IS NULL AND numbered_id IS NULL
    ), later AS (
        SELECT DISTINCT order_id FROM (
            SELECT order_id, min(order_id) OVER (PARTITION BY claim) AS first_id FROM claimed
        ) AS ranked WHERE first_id <> order_id
    )
    UPDATE signing_correction_order waiting SET
        waits = holder_id IS NOT NULL OR numbered_id IS NOT NULL OR later.order_id IS NOT NULL,
        detail = CASE WHEN numbered_id IS NOT NULL THEN 'bank_contract_no_in_use' ELSE 'number_held' END,
        collided_with_id = COALESCE(numbered_id, holder_id)
    FROM asked LEFT JOIN later ON later.order_id = asked.order_id WHERE asked.order_id = waiting.order_id
"""
# Nothing is freed any more: what still waits, waits in vain.
GIVE_UP_WAITING = """
    UPDATE signing_correction_order
    SET outcome = CASE
        WHEN NOT waits THEN 'STALE'
        WHEN detail = 'bank_contract_no_in_use' THEN 'IMPOSSIBLE'
        ELSE 'COLLISION'
    END
    WHERE outcome IS NULL AND verb = %(verb)s
"""
# People decide, whether anything stands or not.
LEAVE_TO_PEOPLE = """
    UPDATE signing_correction_order SET
        outcome = CASE
            WHEN collided_with_id IS NOT NULL AND detail = 'bank_contract_no_in_use' THEN 'IMPOSSIBLE'
            ELSE 'COLLISION'
        END,
        detail = CASE WHEN collided_with_id IS NULL THEN 'ended_here' ELSE detail END
    WHERE outcome IS NULL AND verb = 'CONTEST'
"""
NOTE_REFUSAL = f"""
    UPDATE signing_correction_order o SET outcome = %(outcome)s, detail = %(detail)s, collided_with_id = {
    shield.holder_of(msisdn="o.msisdn", secondary_msisdns="o.secondary_msisdns", contract="o.contract_id")
}
    WHERE o.order_id = %(order_id)s
"""
