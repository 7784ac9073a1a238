"""What happens when a contract is to end (domain.md A3)."""

import pytest

from signing.flows.change import Origin
from signing.flows.termination import end, terminate_for
from signing.models import Contract, HeldNumber, SigningTransaction
from signing.states import EndReason, Source
from tests.signing.factories import NOW, make_contract, the_bank, the_hall, the_province
from unipay import clock
from unipay.errors import Refusal
from unipay.messaging.models import OutboundMessage
from unipay.partners.models import Partner

pytestmark = pytest.mark.django_db

TODAY = clock.business_date(NOW)


def promised() -> list[tuple[str, str]]:
    return list(OutboundMessage.objects.order_by("id").values_list("partner__code", "kind"))


def origin(source: Source, partner: Partner | None = None) -> Origin:
    return Origin(source, TODAY, partner, "r-9")


def test_a_bank_ends_its_contract_and_the_province_hears_of_it() -> None:
    contract, bank = make_contract("ACTIVE"), the_bank()
    asked = origin(Source.BANK, bank)

    terminate_for(bank, contract.contract_no, reason=EndReason.ACCOUNT_CLOSED, origin=asked, now=NOW)

    ended = Contract.objects.get()
    assert (ended.state, ended.end_reason, ended.ended_at) == ("TERMINATED", "ACCOUNT_CLOSED", NOW)
    assert not HeldNumber.objects.exists()
    journal = SigningTransaction.objects.get()
    assert (journal.kind, journal.reason, journal.source_partner) == ("TERMINATED", "ACCOUNT_CLOSED", bank)
    assert promised() == [("ZJ", "contract_changed")]


@pytest.mark.parametrize("source", [Source.HALL, Source.PROVINCE, Source.STAFF])
def test_when_others_end_it_the_bank_is_told_to_cancel(source: Source) -> None:
    contract = make_contract("SUSPENDED")

    end(contract, reason=EndReason.SUBSCRIBER_REQUEST, origin=origin(source), now=NOW)

    assert promised() == [("ZJ", "contract_changed"), ("ICBC", "contract_cancelled")]
    assert OutboundMessage.objects.get(kind="contract_cancelled").payload["reason"] == "SUBSCRIBER_REQUEST"


def test_ending_a_provisional_contract_leaves_no_journal_since_no_book_knows_it() -> None:
    contract = make_contract("PROVISIONAL")

    end(contract, reason=EndReason.BANK_REQUEST, origin=origin(Source.BANK), now=NOW)

    assert Contract.objects.get().state == "TERMINATED"
    assert not SigningTransaction.objects.exists()
    assert promised() == []


def test_the_same_wish_again_changes_nothing() -> None:
    contract = make_contract("ACTIVE")
    end(contract, reason=EndReason.STAFF, origin=origin(Source.STAFF), now=NOW)

    again = end(contract, reason=EndReason.BANK_REQUEST, origin=origin(Source.BANK), now=NOW)

    assert (again.end_reason, again.version) == ("STAFF", 2)
    assert SigningTransaction.objects.count() == 1


def test_a_partner_can_not_end_what_is_not_its_own() -> None:
    contract = make_contract("ACTIVE")
    strangers = [the_bank("CCB"), the_province("JS", prefix="1380025"), the_hall(serves=the_province("JS"))]

    for stranger in strangers:
        with pytest.raises(Refusal) as refused:
            terminate_for(
                stranger,
                contract.contract_no,
                reason=EndReason.BANK_REQUEST,
                origin=origin(Source.BANK, stranger),
                now=NOW,
            )
        assert refused.value.reason.code == "contract_not_found"

    assert Contract.objects.get().state == "ACTIVE"


def test_a_closed_bank_may_still_end_its_contracts() -> None:
    bank = the_bank()
    contract = make_contract("ACTIVE", bank=bank)
    bank.close()
    bank.save()

    ended = terminate_for(
        bank, contract.contract_no, reason=EndReason.BANK_REQUEST, origin=origin(Source.BANK, bank), now=NOW
    )

    assert ended.state == "TERMINATED"
