"""What happens when a bank's file of mandates was accepted (domain.md C5): what it signed, amended and ended becomes
true here, all lines at once; lines that can't are shown as faults of the file.

Ended comes before signed: an agreement may change its account by ending one mandate and signing another.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from billing.models import Arrangement, Mandate
from billing.states import DebitWay, MandateState
from unipay import bank_card, encryption, identity
from unipay.exchange.copying import copy_rows
from unipay.exchange.flows.note_faults import note_faults
from unipay.exchange.models import ReceivedFile
from unipay.exchange.reading import Reading
from unipay.partners.home_sql import home_province_of

UNKNOWN_MANDATE, IN_THE_WAY, HOMELESS = "unknown_mandate", "mandate_in_the_way", "mandate_without_home"

_SAID = "billing_mandate_line"
_COLUMNS = (
    "line_no",
    "change",
    "mandate_no",
    "way",
    "agreement_no",
    "msisdn",
    "account_number",
    "account_index",
    "account_mask",
    "holder_name",
    "holder_mask",
    "signed_at",
)
_FIELDS = ("change", "mandate_no", "agreement_no", "msisdn", "account_number", "holder_name", "signed_at")
_LAST_BILL = """(
        SELECT bill.province_id FROM billing_bill bill WHERE bill.agreement_no = said.agreement_no
            AND bill.agreement_no <> '' ORDER BY bill.due_date DESC LIMIT 1
    )"""
_CREATE = f"""
    DROP TABLE IF EXISTS pg_temp.{_SAID};
    CREATE TEMP TABLE {_SAID} (
        line_no bigint, change text, mandate_no text, way text, agreement_no text, msisdn text,
        account_number text, account_index text, account_mask text, holder_name text, holder_mask text,
        signed_at timestamptz, province_id bigint
    ) ON COMMIT DROP
"""
_FIND_HOMES = f"""
    UPDATE {_SAID} said SET province_id = CASE WHEN said.msisdn <> '' THEN {home_province_of("said.msisdn")}
        ELSE {_LAST_BILL} END WHERE said.change = 'ADD'
"""
_TABLE = Mandate._meta.db_table
_SAME = """mandate.bank_id = %(bank)s AND mandate.mandate_no = said.mandate_no
        AND (said.way = '' OR mandate.way = said.way) AND said.agreement_no IN ('', mandate.agreement_no)
        AND said.msisdn IN ('', mandate.msisdn)"""
_LIVE = f"mandate.state <> '{MandateState.ENDED}'"
_END = f"""
    UPDATE {_TABLE} mandate SET state = '{MandateState.ENDED}', ended_at = %(now)s
    FROM {_SAID} said WHERE said.change = 'END' AND {_SAME} AND {_LIVE}
"""
# What a line leaves empty stays as it is; a mandate announced again is amended.
_AMEND = f"""
    UPDATE {_TABLE} mandate SET
        account_number = CASE WHEN said.account_mask <> '' THEN said.account_number ELSE mandate.account_number END,
        account_index = CASE WHEN said.account_mask <> '' THEN said.account_index ELSE mandate.account_index END,
        account_mask = coalesce(nullif(said.account_mask, ''), mandate.account_mask),
        holder_name = CASE WHEN said.holder_mask <> '' THEN said.holder_name ELSE mandate.holder_name END,
        holder_mask = coalesce(nullif(said.holder_mask, ''), mandate.holder_mask)
    FROM {_SAID} said WHERE said.change IN ('ADD', 'AMEND') AND {_SAME} AND {_LIVE}
        AND (said.account_mask <> '' AND said.account_index <> mandate.account_index
            OR said.holder_mask <> '' AND said.holder_mask <> mandate.holder_mask)
"""
_ADD = f"""
    INSERT INTO {_TABLE} (bank_id, province_id, way, mandate_no, agreement_no, msisdn, account_number, account_index,
        account_mask, holder_name, holder_mask, state, signed_at, remark)
    SELECT %(bank)s, said.province_id, said.way, said.mandate_no, said.agreement_no, said.msisdn, said.account_number,
        said.account_index, said.account_mask, said.holder_name, said.holder_mask, '{MandateState.ACTIVE}',
        least(coalesce(said.signed_at, %(now)s), %(now)s), ''
    FROM {_SAID} said WHERE said.change = 'ADD' AND said.province_id IS NOT NULL AND said.way <> ''
        AND NOT EXISTS (SELECT FROM {_TABLE} mandate WHERE {_SAME} AND {_LIVE})
    ORDER BY said.line_no ON CONFLICT DO NOTHING
"""
_FAULTS = f"""
    SELECT said.line_no, CASE
        WHEN said.change <> 'ADD' THEN '{UNKNOWN_MANDATE}'
        WHEN said.province_id IS NULL OR said.way = '' THEN '{HOMELESS}' ELSE '{IN_THE_WAY}' END
    FROM {_SAID} said WHERE NOT EXISTS (
        SELECT FROM {_TABLE} mandate WHERE {_SAME} AND (said.change = 'END' OR {_LIVE})
    ) ORDER BY said.line_no
"""


@transaction.atomic
def mandates_accepted(file: ReceivedFile, reading: Reading, now: datetime) -> None:
    """Make true what the file says; harmless when repeated."""
    given: dict[str, Any] = {"bank": file.partner_id, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_CREATE)
        copy_rows(_SAID, _COLUMNS, _sealed(_lines(reading), _way_for_agreements(file.partner_id)))
        cursor.execute(f"ANALYZE {_SAID}")
        cursor.execute(_FIND_HOMES)
        for statement in (_END, _AMEND, _ADD):
            cursor.execute(statement, given)
        cursor.execute(_FAULTS, given)
        faults = cursor.fetchall()
    note_faults(file, [(line_no, "mandate_no", code) for line_no, code in faults])


def _lines(reading: Reading) -> Iterator[tuple[Any, ...]]:
    columns = ", ".join(_said(name, reading) for name in _FIELDS)
    found = reading.connection.execute(
        f"SELECT line_no, {columns} FROM lines WHERE NOT is_faulty ORDER BY line_no"
    )
    return iter(found.fetchone, None)


def _said(name: str, reading: Reading) -> str:
    if name not in reading.fields:
        return f"NULL AS {name}"
    # As text: DuckDB hands moments to Python only through a library nobody else here needs.
    return f"CAST({name} AS VARCHAR)" if name == "signed_at" else name


def _sealed(lines: Iterator[tuple[Any, ...]], way_for_agreements: str) -> Iterator[Sequence[Any]]:
    """Seal accounts and names before they reach the database."""
    keys = encryption.default()
    for line_no, change, mandate_no, agreement_no, msisdn, account, holder, signed_at in lines:
        way = DebitWay.ONE_CARD if msisdn else way_for_agreements if agreement_no else ""
        yield (
            line_no,
            change,
            mandate_no,
            str(way),
            "" if msisdn else agreement_no or "",
            msisdn or "",
            keys.seal(account, context="mandate.account") if account else "",
            keys.blind_index(account, context="mandate.account") if account else "",
            bank_card.mask(account) if account else "",
            keys.seal(holder, context="mandate.holder") if holder else "",
            identity.mask_name(holder) if holder else "",
            signed_at,
        )


def _way_for_agreements(bank_id: int) -> str:
    """Which way the bank debits agreements: collection, or else offline."""
    ways = Arrangement.objects.filter(bank_id=bank_id, way__in=[DebitWay.COLLECTION, DebitWay.OFFLINE])
    return ways.order_by("-is_active", "way").values_list("way", flat=True).first() or ""
