"""What becomes of a correction that can't be applied (domain.md A4): the bank's contract is kept as contested beside
what stands, or the bare question is put to people; the file's line is the evidence.
"""

import json
from dataclasses import dataclass, fields, replace
from datetime import datetime

from django.db import connection

from signing.correction_obstacle import OBSTACLE
from signing.flows import correction_writes as writes
from signing.flows import manual_case
from signing.flows.change import Origin
from signing.flows.correction_orders import ORDERS_TABLE, execute
from signing.flows.manual_case import Evidence
from signing.models import Contract, ManualCase
from signing.representation import contract_facts
from signing.states import CaseReason, ContractState


@dataclass(frozen=True)
class Failed:
    """An order that came to nothing, as far as a case needs it."""

    order_id: int
    verb: str
    outcome: str
    detail: str
    contract_id: int | None
    collided_with_id: int | None
    province_id: int
    msisdn: str
    bank_contract_no: str
    line_no: int | None
    facts: str

    @property
    def is_kept(self) -> bool:
        """Whether the bank's contract is kept beside what stands."""
        return self.outcome == "COLLISION" and self.verb != "AMEND"


_NAMES = tuple(each.name for each in fields(Failed))
_NUMBERED_TWICE = f"""
    UPDATE {ORDERS_TABLE}
    SET outcome = 'IMPOSSIBLE', detail = 'bank_contract_no_in_use', collided_with_id = %(other_id)s
    WHERE order_id = %(order_id)s
"""


def open_cases(*, origin: Origin, now: datetime) -> None:
    """Open a case for each order in COLLISION or IMPOSSIBLE, and write which one beside it.

    A number that no province is home to has nobody who would see its case: such an order gets none.
    """
    for found in _failed():
        order = _without_a_number_in_use(found, origin) if found.is_kept else found
        case = _keep_contested(order, origin, now) if order.is_kept else _ask(order, origin, now)
        said = {"case_id": case.pk, "order_id": order.order_id}
        execute(f"UPDATE {ORDERS_TABLE} SET case_id = %(case_id)s WHERE order_id = %(order_id)s", said)


def _failed() -> list[Failed]:
    # What is no mobile number may be longer than one.
    columns = ", ".join("left(msisdn, 11)" if name == "msisdn" else name for name in _NAMES)
    query = f"""
        SELECT {columns} FROM {ORDERS_TABLE} ordered
        WHERE outcome IN ('COLLISION', 'IMPOSSIBLE') AND case_id IS NULL AND province_id IS NOT NULL
        ORDER BY order_id
    """
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [Failed(**dict(zip(_NAMES, row, strict=True))) for row in cursor.fetchall()]


def _without_a_number_in_use(order: Failed, origin: Origin) -> Failed:
    """Where a line before this one kept a contract under the same number of the bank, this one is not kept too."""
    live = Contract.objects.filter(bank=origin.partner, bank_contract_no=order.bank_contract_no)
    other = live.exclude(state=ContractState.TERMINATED).first()
    if other is None:
        return order
    execute(_NUMBERED_TWICE, {"order_id": order.order_id, "other_id": other.pk})
    return replace(order, outcome="IMPOSSIBLE", detail="bank_contract_no_in_use")


def _keep_contested(order: Failed, origin: Origin, now: datetime) -> ManualCase:
    """As `place` keeps what a bank announces although something stands."""
    with connection.cursor() as cursor:
        cursor.execute(writes.CONTEST, {"order_id": order.order_id, "now": now})
        (contract_id,) = cursor.fetchone()
    both = Contract.objects.select_related("bank", "province")
    contested = both.get(pk=contract_id)
    standing = both.filter(pk__in=[order.collided_with_id]).first()
    held = [Evidence(facts=contract_facts(standing), partner=standing.bank)] if standing else []
    return manual_case.open_case(
        cause=f"clash:{contested.contract_no}",
        reason=CaseReason.STANDING_CONTRACT if standing else CaseReason.CORRECTION_IMPOSSIBLE,
        about=standing or contested,
        contested=contested,
        evidence=[*held, _line(order, origin)],
        now=now,
    )


def _ask(order: Failed, origin: Origin, now: datetime) -> ManualCase:
    contract = Contract.objects.filter(pk__in=[order.contract_id], bank=origin.partner).first()
    cause = f"correction:{origin.partner.code if origin.partner else ''}:{order.bank_contract_no}"
    return manual_case.open_case(
        cause=cause[:120],
        reason=CaseReason.CORRECTION_IMPOSSIBLE,
        about=contract or order,
        evidence=[_line(order, origin)],
        now=now,
    )


def _line(order: Failed, origin: Origin) -> Evidence:
    """The file's line, and why it was not applied."""
    number = f"{origin.request_no}/{order.line_no}" if order.line_no else origin.request_no
    facts = {**json.loads(order.facts), OBSTACLE: order.detail}
    return Evidence(facts=facts, partner=origin.partner, request_no=number[:64])
