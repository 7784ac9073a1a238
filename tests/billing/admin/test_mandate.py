"""Mandates are entered by finance, masked, and suspended by hand."""

import pytest
from django.test import Client

from billing.models import Mandate
from tests.billing.admin.pages import address, read
from tests.billing.factories import MSISDN, make_mandate
from tests.signing.factories import the_bank, the_province

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart", "english")]


def test_a_mandate_is_entered_masked_and_may_be_suspended(finance: Client) -> None:
    said = {
        "way": "COLLECTION",
        "bank": the_bank().pk,
        "province": the_province().pk,
        "mandate_no": "M1",
        "agreement_no": "A100",
        "account_number": "6222021234567890128",
        "holder_name": "张三丰",
        "signed_on": "2026-11-01",
    }

    refused = finance.post("/admin/billing/mandate/enter/", {**said, "msisdn": MSISDN})
    entered = finance.post("/admin/billing/mandate/enter/", said)

    assert "one of them" in refused.content.decode()
    assert entered.status_code == 302
    mandate = Mandate.objects.get()
    page = read(finance, address(mandate))
    assert mandate.account_mask in page
    assert "6222021234567890128" not in page
    finance.post(address(mandate, "suspend"), {"confirmed": "yes", "remark": "doubt"})
    assert Mandate.objects.get().state == "SUSPENDED"


@pytest.mark.parametrize(
    ("way", "given", "said"),
    [
        ("OFFLINE", {"msisdn": MSISDN}, "Collection debits agreements"),
        ("ONE_CARD", {"agreement_no": "A100"}, "One-card debits numbers"),
    ],
)
def test_a_mandate_that_its_way_would_never_debit_is_refused(
    finance: Client, way: str, given: dict[str, str], said: str
) -> None:
    typed = {
        "way": way,
        "bank": the_bank().pk,
        "province": the_province().pk,
        "mandate_no": "M1",
        "account_number": "6222021234567890128",
        "holder_name": "张三丰",
        "signed_on": "2026-11-01",
        **given,
    }

    answer = finance.post("/admin/billing/mandate/enter/", typed)

    assert said in answer.content.decode()
    assert not Mandate.objects.exists()


def test_another_mandate_for_the_same_agreement_is_refused_with_the_reason(finance: Client) -> None:
    make_mandate(agreement_no="A100")

    answer = finance.post(
        "/admin/billing/mandate/enter/",
        {
            "way": "COLLECTION",
            "bank": the_bank().pk,
            "province": the_province().pk,
            "mandate_no": "M9",
            "agreement_no": "A100",
            "account_number": "6222021234567890128",
            "holder_name": "张三丰",
            "signed_on": "2026-11-01",
        },
    )

    assert "has another mandate that has not ended" in answer.content.decode()
    assert Mandate.objects.count() == 1
