from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.signing.factories import ACCOUNT, make_contract, make_transaction

JOURNAL = "/admin/signing/signingtransaction/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def found(client: Client, **query: str) -> list[Any]:
    return list(client.get(JOURNAL, query).context["cl"].result_list)


def test_the_journal_is_found_by_number_contract_or_transaction(administrator: Client) -> None:
    contract = make_contract(msisdn="13805710002")
    signed = make_transaction(contract)
    amended = make_transaction(contract, "AMENDED", version=2)
    other = make_transaction(make_contract(msisdn="13805710003"))

    assert found(administrator) == [other, amended, signed]
    assert found(administrator, q="13805710002") == [amended, signed]
    assert found(administrator, q=contract.contract_no) == [amended, signed]
    assert found(administrator, q=amended.transaction_no) == [amended]
    assert found(administrator, kind__exact="AMENDED") == [amended]


def test_a_longer_journal_costs_no_more_queries(administrator: Client) -> None:
    contract = make_contract()
    make_transaction(contract)
    administrator.get(JOURNAL)
    with CaptureQueriesContext(connection) as short:
        administrator.get(JOURNAL)
    for version in range(2, 9):
        make_transaction(contract, "AMENDED", version=version)

    with CaptureQueriesContext(connection) as long:
        administrator.get(JOURNAL)

    assert len(long) == len(short)


def test_a_line_shows_the_contract_as_it_was_then(administrator: Client) -> None:
    line = make_transaction(make_contract(), recharge_amount_fen=9900)

    page = administrator.get(f"{JOURNAL}{line.pk}/change/").content.decode()

    assert "99.00" in page
    assert line.account_mask in page
    assert ACCOUNT.number not in page


def test_the_journal_is_only_looked_at(administrator: Client) -> None:
    line = make_transaction(make_contract())

    assert administrator.post(f"{JOURNAL}{line.pk}/change/", {"kind": "TERMINATED"}).status_code == 403
    assert administrator.get(f"{JOURNAL}add/").status_code == 403
    assert administrator.post(f"{JOURNAL}{line.pk}/delete/", {"post": "yes"}).status_code == 403
