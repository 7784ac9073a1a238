"""A partner does what it was granted; a grant taken back ends with the remembered key."""

import pytest

from tests.factories import make_partner
from tests.partner_client import PartnerClient, is_signed_by_us
from unipay.partners.keys import forget_keys
from unipay.partners.models import LegalBank


@pytest.mark.django_db
def test_an_operation_that_was_not_granted_is_refused() -> None:
    bank = PartnerClient(make_partner(operations=("banks.read",)))

    response = bank.post("/api/v1/banks", {"request_no": "R-1", "name": "a"})

    assert (response.status_code, response.json()["code"]) == (403, "operation_not_permitted")
    assert is_signed_by_us(response)
    assert not LegalBank.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_grant_taken_back_counts_once_keys_are_forgotten(bank: PartnerClient) -> None:
    assert bank.get("/api/v1/all-banks").status_code == 200
    bank.partner.permissions.all().delete()
    forget_keys()

    assert bank.get("/api/v1/all-banks").status_code == 403
