import pytest

from tests.factories import make_partner
from unipay.errors import Refusal
from unipay.partners import availability
from unipay.partners.keys import live_key
from unipay.partners.models import Partner


@pytest.mark.django_db(transaction=True)
def test_a_suspension_counts_at_once_in_this_process() -> None:
    bank = make_partner("ICBC")
    assert live_key("ICBC", "k1").partner.status == "OPEN"

    availability.suspend(bank)

    assert live_key("ICBC", "k1").partner.status == "SUSPENDED"


@pytest.mark.django_db
def test_what_the_status_does_not_allow_is_refused_and_changes_nothing() -> None:
    bank = make_partner("ICBC", key_id="", status="SUSPENDED")

    with pytest.raises(Refusal) as caught:
        availability.close(bank)

    assert caught.value.reason.code == "partner_status_not_possible"
    assert Partner.objects.get().status == "SUSPENDED"
