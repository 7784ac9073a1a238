"""Orders of a correction as a test gives them, and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg2.extras import Json

from signing.flows import correction
from signing.flows.change import Origin
from signing.models import Contract, SigningTransaction
from signing.states import Source
from tests.signing.factories import ACCOUNT, HOLDER, MSISDN, NOW, fresh, the_bank, the_province
from unipay import clock, encryption
from unipay.messaging.models import OutboundMessage

RUN_NO = "R-1234"


@dataclass(frozen=True)
class Became:
    """What the table says of an order afterwards."""

    outcome: str
    detail: str
    result_contract_id: int | None
    collided_with_id: int | None
    case_id: int | None


def to_create(**columns: Any) -> dict[str, Any]:
    """An order to create what ICBC has: a prepaid contract of the usual account and holder."""
    usual = {
        "verb": "CREATE",
        "bank_id": the_bank().pk,
        "province_id": the_province().pk,
        "bank_contract_no": "BANK-NEW",
        "msisdn": MSISDN,
        "recharge_threshold_fen": 2000,
        "recharge_amount_fen": 5000,
        **_sealed({**ACCOUNT.as_columns(), **HOLDER.as_columns()}),
    }
    return {**usual, **columns}


def to_amend(contract: Contract, *attributes: str, **columns: Any) -> dict[str, Any]:
    """An order that the contract, as it is now, takes what is given of these attributes."""
    usual = {"verb": "AMEND", "province_id": contract.province_id, "attributes": list(attributes)}
    return {**usual, **_of(contract), **columns}


def to_terminate(contract: Contract, **columns: Any) -> dict[str, Any]:
    """An order to end the contract as it is now."""
    return {"verb": "TERMINATE", **_of(contract), **columns}


@transaction.atomic
def correct(*orders: dict[str, Any], now: datetime = NOW) -> list[Became]:
    """Apply the orders, in this order, as one run of ICBC's file would, and return what became of each."""
    origin = Origin(Source.RECONCILIATION, clock.business_date(now), the_bank(), RUN_NO)
    fill(*orders)
    correction.apply(origin=origin, now=now)
    return outcomes()


def fill(*orders: dict[str, Any]) -> None:
    """Make the table with these orders; they are numbered from 1 unless they say otherwise."""
    correction.prepare()
    with connection.cursor() as cursor:
        for place, order in enumerate(orders, start=1):
            columns = {"order_id": place, **order, "facts": Json(order.get("facts", {}))}
            names, values = ", ".join(columns), ", ".join(["%s"] * len(columns))
            cursor.execute(
                f"INSERT INTO {correction.ORDERS_TABLE} ({names}) VALUES ({values})", list(columns.values())
            )


def outcomes() -> list[Became]:
    """What the table says, in the order of its orders."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT outcome, detail, result_contract_id, collided_with_id, case_id"
            f" FROM {correction.ORDERS_TABLE} ORDER BY order_id"
        )
        return [Became(*row) for row in cursor.fetchall()]


def _of(contract: Contract) -> dict[str, Any]:
    return {"contract_id": contract.pk, "seen_version": contract.version, "bank_id": contract.bank_id}


def _sealed(columns: dict[str, Any]) -> dict[str, Any]:
    contexts = {
        "account_number": "contract.account",
        "holder_name": "contract.holder",
        "identity_no": "contract.identity",
    }
    sealed = {
        name: encryption.default().seal(columns[name], context=context) for name, context in contexts.items()
    }
    return {**columns, **sealed}


def nothing_happened_to(*contracts: Contract) -> bool:
    """Whether the contracts are as they were, and nothing was journalled or promised."""
    same = all(_columns(fresh(contract)) == _columns(contract) for contract in contracts)
    return same and not SigningTransaction.objects.exists() and not OutboundMessage.objects.exists()


def _columns(contract: Contract) -> dict[str, Any]:
    return {name: value for name, value in vars(contract).items() if name != "_state"}


def journal() -> list[tuple[str, int]]:
    """The journal: what happened, and to which version that led."""
    return list(SigningTransaction.objects.order_by("id").values_list("kind", "version"))
