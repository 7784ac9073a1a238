"""What happens when a province says what became of a number (domain.md A5)."""

from datetime import timedelta

import pytest

from signing.flows.number_event import Ended, NumberEvent, accept_event
from signing.models import Contract, SigningTransaction
from signing.states import NumberEventKind
from tests.signing.factories import MSISDN, NOW, fresh, make_contract, the_province
from unipay.errors import Refusal
from unipay.messaging.models import OutboundMessage
from unipay.partners.models import PortedNumber

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=30)


def report(kind: NumberEventKind = NumberEventKind.NUMBER_CLOSED, msisdn: str = MSISDN) -> Ended:
    event = NumberEvent(kind, msisdn, occurred_at=LATER)
    return accept_event(the_province(), event, request_no="e-1", now=LATER + timedelta(hours=1))


@pytest.mark.parametrize("kind", list(NumberEventKind))
def test_the_former_owners_contract_ends_for_that_reason_and_bank_and_province_are_told(
    kind: NumberEventKind,
) -> None:
    contract = make_contract("ACTIVE")

    ended = report(kind)

    contract = Contract.objects.get()
    assert ended.terminated == [contract]
    assert (contract.state, contract.end_reason) == ("TERMINATED", kind.value)
    kinds = set(OutboundMessage.objects.values_list("kind", flat=True))
    assert kinds == {"contract_changed", "contract_cancelled"}


def test_the_same_event_again_changes_nothing() -> None:
    make_contract("ACTIVE")
    report()

    again = report()

    assert again == Ended()
    assert SigningTransaction.objects.count() == 1


def test_a_late_event_does_not_end_what_the_new_owner_signed_since() -> None:
    make_contract("ACTIVE", opened_at=LATER + timedelta(minutes=1))

    ended = report()

    assert ended == Ended()
    assert Contract.objects.get().state == "ACTIVE"


def test_a_recycled_number_counts_from_when_the_new_owner_joined() -> None:
    make_contract("ACTIVE", opened_at=LATER - timedelta(days=1))
    joined = LATER - timedelta(days=2)
    event = NumberEvent(NumberEventKind.NUMBER_RECYCLED, MSISDN, LATER, joined_network_at=joined)

    ended = accept_event(the_province(), event, request_no="e-1", now=LATER)

    assert ended == Ended()


def test_a_secondary_number_leaves_its_contract() -> None:
    contract = make_contract("ACTIVE", secondary_msisdns=["13805710002", "13805710003"])

    ended = report(msisdn="13805710002")

    contract = fresh(contract)
    assert ended.amended == [contract]
    assert (contract.state, contract.secondary_msisdns) == ("ACTIVE", ["13805710003"])
    assert SigningTransaction.objects.get().kind == "AMENDED"


def test_a_province_can_not_speak_of_a_number_at_home_elsewhere() -> None:
    contract = make_contract("ACTIVE")
    PortedNumber.objects.create(msisdn=MSISDN, province=the_province("JS", prefix="1380025"))

    with pytest.raises(Refusal) as refused:
        report()

    contract = fresh(contract)
    assert refused.value.reason.code == "number_not_yours"
    assert contract.state == "ACTIVE"
