"""Our side of a comparison (domain.md B, step 1): contracts written out as fast as PostgreSQL can, for a bank or a
province. Lines are separated by newlines, fields by "|"; NULL and "" are both an empty field.
"""

from datetime import date
from typing import Any, Protocol

from django.db import connection

from signing.states import FORMAL, ContractState, TransactionKind

COLUMNS = (
    "contract_id",
    "version",
    "contract_no",
    "bank_contract_no",
    "msisdn",
    "secondary_msisdns",
    "account_index",
    "account_mask",
    "account_type",
    "recharge_threshold_fen",
    "recharge_amount_fen",
    "auto_pay",
    "state",
)
COLUMNS_OF_BANK = (*COLUMNS, "province_id")
COLUMNS_OF_PROVINCE = (*COLUMNS, "bank_code")
# Of a day: the last thing journalled that day, whether it was signed that day, and when it ended (RFC 3339, UTC).
COLUMNS_OF_DAY = ("last_change", "signed_that_day", "ended_at")


class Sink(Protocol):
    """What lines are written to: bytes, a line or more at a time."""

    def write(self, lines: bytes, /) -> Any:
        """Take the next lines."""


_FORMAL = ", ".join(f"'{state}'" for state in FORMAL)
_CHANGES = ", ".join(
    f"'{kind}'" for kind in (TransactionKind.SIGNED, TransactionKind.AMENDED, TransactionKind.TERMINATED)
)
# Most contracts have no secondary number, and sorting nothing costs as much as sorting something.
_SELECTED = """contract.id, contract.version, contract.contract_no, NULLIF(contract.bank_contract_no, ''),
    contract.msisdn,
    CASE WHEN contract.secondary_msisdns <> '{}' THEN (
        SELECT string_agg(number, ',' ORDER BY number COLLATE "C") FROM unnest(contract.secondary_msisdns) AS number
    ) END,
    NULLIF(contract.account_index, ''), NULLIF(contract.account_mask, ''), NULLIF(contract.account_type, ''),
    contract.recharge_threshold_fen, contract.recharge_amount_fen, contract.auto_pay, contract.state"""
_COPY = "COPY ({query}) TO STDOUT (FORMAT csv, DELIMITER '|')"
_FORMAL_OF_BANK = f"""
    SELECT {_SELECTED}, contract.province_id FROM signing_contract contract
    WHERE contract.bank_id = %(partner)s AND contract.state IN ({_FORMAL})
"""
_FORMAL_OF_PROVINCE = f"""
    SELECT {_SELECTED}, bank.code FROM signing_contract contract
    JOIN partners_partner bank ON bank.id = contract.bank_id
    WHERE contract.province_id = %(partner)s AND contract.state IN ({_FORMAL})
"""
# The day's lines are few: each contract's are looked up by their index.
_THAT_DAY = f"""(
        SELECT line.kind FROM signing_signingtransaction line
        WHERE line.contract_id = contract.id AND line.business_date = %(day)s AND line.kind IN ({_CHANGES})
        ORDER BY line.version DESC LIMIT 1
    ), EXISTS (
        SELECT FROM signing_signingtransaction line
        WHERE line.contract_id = contract.id AND line.business_date = %(day)s AND line.kind = 'SIGNED'
    ), to_char(contract.ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_JOURNALLED = """
    SELECT line.contract_id FROM signing_signingtransaction line
    WHERE line.{partner} = %(partner)s AND line.business_date = %(day)s
"""
# No part may be named like a table of keys. Of those that share the bank's number the live one counts, else the newest.
_NAMED_OF_BANK = f"""
    WITH our_journalled AS ({_JOURNALLED.format(partner="bank_id")}), our_numbers AS (
        SELECT bank_contract_no FROM {{keys}} WHERE bank_contract_no <> ''
        UNION SELECT changed.bank_contract_no FROM our_journalled journalled JOIN signing_contract changed
            ON changed.id = journalled.contract_id WHERE changed.bank_contract_no <> ''
    ), our_numbered AS (
        SELECT DISTINCT ON (same.bank_contract_no) same.id
        FROM our_numbers named JOIN signing_contract same
            ON same.bank_id = %(partner)s AND same.bank_contract_no = named.bank_contract_no
        ORDER BY same.bank_contract_no, same.state = '{ContractState.TERMINATED}', same.id DESC
    ), our_wanted AS (
        SELECT id FROM our_numbered
        UNION SELECT held.id FROM {{keys}} key JOIN signing_contract held
            ON held.msisdn = key.msisdn AND held.bank_id = %(partner)s AND held.state IN ({_FORMAL})
        UNION SELECT unnumbered.id FROM our_journalled journalled JOIN signing_contract unnumbered
            ON unnumbered.id = journalled.contract_id AND unnumbered.bank_contract_no = ''
    )
    SELECT {_SELECTED}, contract.province_id, {_THAT_DAY}
    FROM our_wanted wanted JOIN signing_contract contract ON contract.id = wanted.id
"""
_NAMED_OF_PROVINCE = f"""
    WITH our_wanted AS (
        {_JOURNALLED.format(partner="province_id")}
        UNION SELECT known.id FROM {{keys}} key JOIN signing_contract known
            ON known.contract_no = key.contract_no
        UNION SELECT held.id FROM {{keys}} key JOIN signing_contract held
            ON held.msisdn = key.msisdn AND held.state IN ({_FORMAL})
    )
    SELECT {_SELECTED}, bank.code, {_THAT_DAY}
    FROM our_wanted wanted JOIN signing_contract contract ON contract.id = wanted.contract_id
    JOIN partners_partner bank ON bank.id = contract.bank_id
    WHERE contract.province_id = %(partner)s
"""


def copy_formal_contracts_of_bank(bank_id: int, to: Sink) -> None:
    """Write the bank's formal contracts, COLUMNS_OF_BANK, in no order."""
    _copy(_FORMAL_OF_BANK, to, partner=bank_id)


def copy_formal_contracts_of_province(province_id: int, to: Sink) -> None:
    """Write the formal contracts at home in the province, COLUMNS_OF_PROVINCE, in no order."""
    _copy(_FORMAL_OF_PROVINCE, to, partner=province_id)


def copy_contracts_named(bank_id: int, keys: str, business_date: date, to: Sink) -> None:
    """Write COLUMNS_OF_BANK and COLUMNS_OF_DAY of the bank's contracts that an increment of the day may speak of.

    `keys`: a table of the file's `bank_contract_no` and `msisdn` (analysed). Written are, in whatever state, what has
    one of these numbers of the bank or was journalled that day: of those that share a number of the bank the live one,
    else the newest; and what is formal at the bank on one of the mobile numbers.
    """
    _copy(_named(_NAMED_OF_BANK, keys), to, partner=bank_id, day=business_date)


def copy_contracts_named_by_province(province_id: int, keys: str, business_date: date, to: Sink) -> None:
    """Write COLUMNS_OF_PROVINCE and COLUMNS_OF_DAY of the contracts that a province's increment may speak of.

    `keys`: a table of the file's `contract_no` and `msisdn` (analysed). Written are, in whatever state, those named,
    those journalled that day, and what is formal on one of the mobile numbers.
    """
    _copy(_named(_NAMED_OF_PROVINCE, keys), to, partner=province_id, day=business_date)


def _named(query: str, keys: str) -> str:
    return query.replace("{keys}", connection.ops.quote_name(keys))


def _copy(query: str, to: Sink, **given: Any) -> None:
    with connection.cursor() as cursor:
        # COPY takes no parameters: they are written into the statement, quoted by the driver.
        cursor.copy_expert(cursor.mogrify(_COPY.format(query=query), given).decode(), to)
