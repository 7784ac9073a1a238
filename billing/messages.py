"""What billing promises to ask of its partners, inside the caller's transaction: credits of provinces, their taking
back, and money to be given back of banks (domain.md C2, C11)."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from billing import representation
from billing.models import Recharge
from unipay.messaging import outbox
from unipay.messaging.models import OutboundMessage
from unipay.messaging.set_based import promise_each
from unipay.partners.gateways import money

LAND_RECHARGES = money.LAND_RECHARGES
TAKE_BACK_RECHARGE = money.TAKE_BACK_RECHARGE
REFUND_RECHARGE = money.REFUND_RECHARGE

_FACTS = representation.landing_facts("recharge", bank_code="bank.code")
# One alone is named for itself, so that its messages keep their order and people find them.
_LANDINGS = f"""
    SELECT province_id AS partner_id,
        CASE count(*) WHEN 1 THEN 'recharge:' ELSE 'landings:' END || min(recharge_no) AS subject,
        greatest(max(landing_attempts), 1) AS resource_version,
        CASE count(*) WHEN 1 THEN min(msisdn) ELSE '' END AS msisdn,
        jsonb_build_object('landings', jsonb_agg(facts ORDER BY id)) AS payload
    FROM (
        SELECT recharge.id, recharge.province_id, recharge.recharge_no, recharge.msisdn, recharge.landing_attempts,
            {_FACTS} AS facts,
            (row_number() OVER (PARTITION BY recharge.province_id ORDER BY recharge.id) - 1)
                / {money.MOST_AT_ONCE} AS pack
        FROM billing_recharge recharge JOIN partners_partner bank ON bank.id = recharge.bank_id
        WHERE recharge.id = ANY(%(ids)s)
    ) AS told GROUP BY province_id, pack ORDER BY province_id, pack
"""
_TAKE_BACKS = f"""
    SELECT recharge.province_id AS partner_id, 'recharge:' || recharge.recharge_no AS subject,
        greatest(recharge.landing_attempts, 1) + 1 AS resource_version, recharge.msisdn,
        {representation.take_back_facts("recharge")} AS payload
    FROM billing_recharge recharge WHERE recharge.id = ANY(%(ids)s) ORDER BY recharge.id
"""


def ask_to_land(recharge_ids: Sequence[int], *, now: datetime) -> int:
    """Provinces are asked to credit these recharges, so many in one message; returns how many messages that makes."""
    return promise_each(kind=LAND_RECHARGES, query=_LANDINGS, given={"ids": list(recharge_ids)}, now=now)


def ask_to_take_back(recharge_ids: Sequence[int], *, now: datetime) -> int:
    """Provinces are asked to take these recharges back, each in a message of its own."""
    return promise_each(
        kind=TAKE_BACK_RECHARGE, query=_TAKE_BACKS, given={"ids": list(recharge_ids)}, now=now
    )


def ask_to_refund(recharge: Recharge, *, now: datetime) -> OutboundMessage:
    """The bank is asked to give the money back."""
    return outbox.promise(
        partner=recharge.bank,
        kind=REFUND_RECHARGE,
        subject=recharge.subject,
        resource_version=recharge.landing_attempts + 2,
        payload={
            "recharge_no": recharge.recharge_no,
            "request_no": recharge.request_no,
            "bank_transaction_no": recharge.bank_transaction_no,
            "back_no": recharge.back_no,
            "amount_fen": recharge.amount_fen,
            "reason": recharge.back_reason,
        },
        msisdn=recharge.msisdn,
        now=now,
    )


def landing_facts(recharge_id: int) -> dict[str, Any]:
    """Return what a province is asked to credit, in the words of the messages, to ask it directly."""
    return _facts(_FACTS, recharge_id)


def take_back_facts(recharge_id: int) -> dict[str, Any]:
    """Return what a province is asked to take back, to ask it directly."""
    return _facts(representation.take_back_facts("recharge"), recharge_id)


def _facts(expression: str, recharge_id: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {expression} FROM billing_recharge recharge"
            " JOIN partners_partner bank ON bank.id = recharge.bank_id WHERE recharge.id = %s",
            [recharge_id],
        )
        (facts,) = cursor.fetchone()
    return dict(json.loads(facts))
