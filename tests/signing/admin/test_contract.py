from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.signing.factories import ACCOUNT, HOLDER, make_contract, make_transaction, the_bank, the_province
from unipay.partners.models import Partner

CONTRACTS = "/admin/signing/contract/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def found(client: Client, **query: str) -> list[Any]:
    return list(client.get(CONTRACTS, query).context["cl"].result_list)


def page_of(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_the_list_shows_each_contract_with_its_number_masked(administrator: Client) -> None:
    contract = make_contract()

    page = page_of(administrator, CONTRACTS)

    assert contract.contract_no in page
    assert "138 **** 0001" in page
    assert "13805710001" not in page
    assert "active" in page


def test_a_longer_list_costs_no_more_queries(administrator: Client) -> None:
    make_contract()
    administrator.get(CONTRACTS)
    with CaptureQueriesContext(connection) as short:
        administrator.get(CONTRACTS)
    for ending in range(2, 9):
        make_contract(msisdn=f"1380571000{ending}", bank=the_bank("CCB") if ending % 2 else None)

    with CaptureQueriesContext(connection) as long:
        administrator.get(CONTRACTS)

    assert len(long) == len(short)


def test_neither_list_nor_page_unseals_anything(administrator: Client) -> None:
    contract = make_contract()

    with CaptureQueriesContext(connection) as asked:
        administrator.get(CONTRACTS)
        administrator.get(f"{CONTRACTS}{contract.pk}/change/")

    statements = " ".join(query["sql"] for query in asked)
    for column in ("account_number", "holder_name", "identity_no"):
        assert f'"signing_contract"."{column}"' not in statements


@pytest.mark.parametrize(
    "term", ["13805710002", "+86 138-0571-0002", "{contract_no}", "{written_small}", "ICBC-77"]
)
def test_a_contract_is_found_by_number_contract_number_or_the_banks_number(
    administrator: Client, term: str
) -> None:
    wanted = make_contract(msisdn="13805710002", bank_contract_no="ICBC-77")
    make_contract(msisdn="13805710003")
    numbers = {
        "contract_no": wanted.contract_no,
        "written_small": wanted.contract_no.replace("-", "").lower(),
    }

    assert found(administrator, q=term.format(**numbers)) == [wanted]


@pytest.mark.parametrize("term", ["1380571000", "ICBC-7", "C-0000", "张三丰", "%", "x" * 100])
def test_parts_of_numbers_and_names_find_nothing(administrator: Client, term: str) -> None:
    make_contract(msisdn="13805710002", bank_contract_no="ICBC-77")

    assert found(administrator, q=term) == []


def test_contracts_are_filtered_by_state_bank_province_and_channel(administrator: Client) -> None:
    ccb = the_bank("CCB")
    active = make_contract(msisdn="13805710002")
    contested = make_contract("CONTESTED", bank=ccb, channel="CARRIER", msisdn="13805710002")

    assert found(administrator, state__exact="CONTESTED") == [contested]
    assert found(administrator, bank__id__exact=str(ccb.pk)) == [contested]
    assert found(administrator, channel__exact="COUNTER") == [active]
    assert found(administrator, province__id__exact=str(active.province_id)) == [contested, active]


def test_only_banks_and_provinces_are_offered_as_such(administrator: Client) -> None:
    make_contract()
    the_bank("CCB")
    the_province("SH", prefix="1380021")

    filters = administrator.get(CONTRACTS).context["cl"].filter_specs
    offered = {each.title: {label for _pk, label in each.lookup_choices} for each in filters[1:3]}

    assert offered == {
        "bank": {str(bank) for bank in Partner.objects.filter(kind="BANK")},
        "province": {str(province) for province in Partner.objects.filter(kind="PROVINCE")},
    }


def test_the_page_shows_masks_terms_and_journal_and_leads_on(administrator: Client) -> None:
    contract = make_contract(recharge_amount_fen=123450)
    line = make_transaction(contract, request_no="ICBC-REQ-1")

    page = page_of(administrator, f"{CONTRACTS}{contract.pk}/change/")

    assert contract.account_mask in page
    assert contract.identity_mask in page
    assert "1,234.50" in page
    assert line.transaction_no in page
    assert "ICBC-REQ-1" in page
    assert f"/admin/messaging/outboundmessage/?q=contract:{contract.contract_no}" in page
    for secret in (ACCOUNT.number, HOLDER.identity_no, HOLDER.name, contract.account_index):
        assert secret not in page


def test_the_history_tells_of_each_change(administrator: Client) -> None:
    contract = make_contract()
    contract.suspend()
    contract.save()

    page = page_of(administrator, f"{CONTRACTS}{contract.pk}/history/")

    assert '<del class="text-subtle">active</del> → <ins class="no-underline">suspended</ins>' in page


def test_contracts_are_only_looked_at(administrator: Client) -> None:
    contract = make_contract()

    changed = administrator.post(f"{CONTRACTS}{contract.pk}/change/", {"msisdn": "13805719999"})

    assert changed.status_code == 403
    assert administrator.get(f"{CONTRACTS}add/").status_code == 403
    assert administrator.post(f"{CONTRACTS}{contract.pk}/delete/", {"post": "yes"}).status_code == 403
    contract = type(contract).objects.get(pk=contract.pk)
    assert (contract.msisdn, contract.state) == ("13805710001", "ACTIVE")


def test_contracts_are_shown_to_those_with_the_right_only(clerk: Callable[..., Client]) -> None:
    contract = make_contract()

    assert clerk("signing.view_contract").get(f"{CONTRACTS}{contract.pk}/change/").status_code == 200
    assert clerk(username="nobody").get(f"{CONTRACTS}{contract.pk}/change/").status_code == 403
