"""Facts told by one statement are the facts told one by one."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from signing import representation_sql
from signing.models import Contract
from signing.representation import contract_facts
from tests.signing.factories import NOW, PREPAID_OFFER, make_contract, the_bank

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        ("ACTIVE", {}),
        ("PROVISIONAL", {}),
        ("CONTESTED", {"bank_contract_no": "B|1"}),
        ("SUSPENDED", {"secondary_msisdns": ["13805710009", "13805710002"]}),
        ("TERMINATED", {"end_reason": "RECONCILIATION", "ended_at": NOW + timedelta(microseconds=999_999)}),
        ("ACTIVE", {"offer": None, "user_type": "", "recharge_threshold_fen": None, "auto_pay": True}),
        ("ACTIVE", {"offer": {}}),
        ("ACTIVE", {"offer": {"user_type": "POSTPAID"}}),
        ("ACTIVE", {"offer": {**PREPAID_OFFER, "auto_pay_allowed": True, "not known": 1}}),
        ("ACTIVE", {"offer": {**PREPAID_OFFER, "amount_max_fen": None}}),
        ("ACTIVE", {"opened_at": datetime(2026, 12, 31, 16, 0, 0, 500_000, tzinfo=UTC)}),
    ],
    ids=lambda given: "",
)
def test_a_contract_of_any_shape_is_told_alike(state: str, fields: dict[str, Any]) -> None:
    contract = make_contract(state, bank=the_bank("CCB"), **fields)

    assert facts_in_sql(contract) == contract_facts(Contract.objects.get(pk=contract.pk))


def facts_in_sql(contract: Contract) -> dict[str, Any]:
    facts = representation_sql.contract_facts("contract", bank_code="bank.code")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {facts} FROM signing_contract contract"
            " JOIN partners_partner bank ON bank.id = contract.bank_id WHERE contract.id = %s",
            [contract.pk],
        )
        found: dict[str, Any] = json.loads(cursor.fetchone()[0])
        return found
