"""What happens when a formal contract is to change (domain.md A3)."""

from typing import Any

import pytest

from signing.flows.amendment import amend_for
from signing.flows.change import Origin
from signing.models import Contract, HeldNumber, SigningTransaction
from signing.particulars import Account, Amendment
from signing.states import Source
from signing.terms import Terms
from tests.signing.factories import MSISDN, NOW, make_contract, the_bank, the_hall
from unipay import clock
from unipay.errors import Refusal
from unipay.messaging.models import OutboundMessage

pytestmark = pytest.mark.django_db

TODAY = clock.business_date(NOW)


def amend(contract: Contract, source: Source = Source.BANK, **changed: Any) -> Contract:
    partner = the_bank() if source == Source.BANK else the_hall()
    return amend_for(
        partner,
        contract.contract_no,
        Amendment(TODAY, **changed),
        origin=Origin(source, TODAY, partner, "r-3"),
        now=NOW,
    )


def promised() -> list[tuple[str, str]]:
    return list(OutboundMessage.objects.order_by("id").values_list("partner__code", "kind"))


def test_terms_change_within_the_offer_and_the_province_hears_of_it() -> None:
    contract = make_contract("ACTIVE")

    amend(contract, terms=Terms(recharge_amount_fen=50000))

    changed = Contract.objects.get()
    assert (changed.recharge_threshold_fen, changed.recharge_amount_fen, changed.version) == (2000, 50000, 2)
    assert SigningTransaction.objects.get().kind == "AMENDED"
    assert promised() == [("ZJ", "contract_changed")]
    assert OutboundMessage.objects.get().payload["contract"]["terms"]["recharge_amount_fen"] == 50000


def test_the_bank_is_told_what_the_hall_changed() -> None:
    contract = make_contract("ACTIVE")

    amend(contract, Source.HALL, terms=Terms(recharge_amount_fen=6000))

    assert promised() == [("ZJ", "contract_changed"), ("ICBC", "contract_confirmed")]


def test_terms_beyond_the_offer_are_refused() -> None:
    contract = make_contract("ACTIVE")

    with pytest.raises(Refusal) as refused:
        amend(contract, terms=Terms(recharge_amount_fen=50001))

    assert refused.value.reason.code == "terms_not_allowed"
    assert Contract.objects.get().recharge_amount_fen == 5000


def test_secondary_numbers_come_and_go() -> None:
    contract = make_contract("ACTIVE", secondary_msisdns=["13805710002", "13805710003"])

    amend(contract, secondary_msisdns=("13805710003", "13805710004"))

    held = set(HeldNumber.objects.values_list("msisdn", flat=True))
    assert held == {MSISDN, "13805710003", "13805710004"}


def test_a_secondary_number_held_elsewhere_is_refused() -> None:
    make_contract("ACTIVE", msisdn="13805710002", bank=the_bank("CCB"))
    contract = make_contract("ACTIVE")

    with pytest.raises(Refusal) as refused:
        amend(contract, secondary_msisdns=("13805710002",))

    assert refused.value.reason.code == "number_has_contract"
    assert Contract.objects.get(pk=contract.pk).secondary_msisdns == []


def test_the_account_changes_with_its_index_and_mask() -> None:
    contract = make_contract("ACTIVE")
    before = contract.account_index

    amend(contract, account=Account("6228480402564890018", "DEBIT"))

    changed = Contract.objects.get()
    assert (changed.account_number, changed.account_mask) == ("6228480402564890018", "622848*********0018")
    assert changed.account_index != before


def test_an_amendment_that_changes_nothing_is_refused() -> None:
    contract = make_contract("ACTIVE")

    with pytest.raises(Refusal) as refused:
        amend(contract, terms=Terms(recharge_amount_fen=5000))

    assert refused.value.reason.code == "nothing_to_amend"
    assert not SigningTransaction.objects.exists()


@pytest.mark.parametrize("state", ["PROVISIONAL", "CONTESTED", "SUSPENDED", "TERMINATED"])
def test_only_active_contracts_can_be_amended(state: str) -> None:
    contract = make_contract(state)

    with pytest.raises(Refusal) as refused:
        amend(contract, terms=Terms(recharge_amount_fen=6000))

    assert refused.value.reason.code == "contract_not_active"
