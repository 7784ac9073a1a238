"""Domain.md A1, step by step over real HTTP: hall, our pages, the bank's page, the three books."""

import pytest

from signing.flows import expiry
from signing.models import SigningSession
from tests.town import Town
from unipay import clock
from unipay.sandbox import bank_signing
from unipay.sandbox.bank import ask_to_sign
from unipay.sandbox.demo import carrier_channel
from unipay.sandbox.models import SandboxContract, SandboxSession

pytestmark = pytest.mark.django_db(transaction=True)

PREPAID = "13805710010"


def hall_heard(msisdn: str) -> tuple[str, str, str]:
    session = SandboxSession.objects.get(msisdn=msisdn)
    return session.told_by, session.state, session.contract_state


def test_a_subscriber_signs_from_the_hall_and_every_book_has_it(town: Town) -> None:
    carrier_channel.walk(PREPAID, bank_code="ICBC")
    town.deliver()

    contract = town.contract(msisdn=PREPAID)
    assert (contract.state, contract.channel, contract.bank.code) == ("ACTIVE", "CARRIER", "ICBC")
    assert (contract.recharge_threshold_fen, contract.recharge_amount_fen) == (1000, 5000)
    assert town.book("ICBC", PREPAID) == [(contract.contract_no, "SIGNED")]
    assert town.province_book("ZJ", PREPAID) == [(contract.contract_no, "SIGNED")]
    assert len(town.sms(PREPAID)) == 1
    assert town.journal(PREPAID) == [("ICBC", "SIGNED")]
    assert hall_heard(PREPAID) == ("ICBC", "COMPLETED", "ACTIVE")


def test_where_the_bank_does_not_tell_the_hall_we_do(town: Town) -> None:
    carrier_channel.walk(PREPAID, bank_code="CCB")
    town.deliver()

    assert hall_heard(PREPAID) == ("UNIPAY", "COMPLETED", "ACTIVE")
    assert town.messages(PREPAID) == [
        ("ZJ", "contract_changed", "DELIVERED"),
        ("CCB", "contract_confirmed", "DELIVERED"),
        ("HALL", "signing_outcome", "DELIVERED"),
    ]


def test_a_bank_that_signs_with_sm2_is_understood_both_ways(town: Town) -> None:
    carrier_channel.walk(PREPAID, bank_code="BOC")
    town.deliver()

    assert town.contract(msisdn=PREPAID).state == "ACTIVE"
    assert hall_heard(PREPAID) == ("BOC", "COMPLETED", "ACTIVE")


def test_an_account_the_bank_does_not_accept_ends_the_flow_and_the_hall_is_told(town: Town) -> None:
    carrier_channel.walk(PREPAID, bank_code="ICBC", button="fail")

    session = SigningSession.objects.get()
    assert (session.state, session.failure_code) == ("FAILED", "account_invalid")
    assert hall_heard(PREPAID) == ("ICBC", "FAILED", "")
    assert town.journal(PREPAID) == []


def test_a_number_signed_elsewhere_on_the_way_is_a_case_and_both_signings_are_kept(town: Town) -> None:
    carrier_channel.walk(PREPAID, bank_code="ICBC", button="overtaken")
    town.deliver()

    case = town.case()
    assert (case.reason, case.state) == ("STANDING_CONTRACT", "OPEN")
    assert case.standing is not None
    assert case.contested is not None
    assert (case.standing.state, case.contested.state) == ("ACTIVE", "CONTESTED")
    assert (case.standing.bank.code, case.contested.bank.code) == ("ABC", "ICBC")
    assert town.province_book("ZJ", PREPAID) == [(case.standing.contract_no, "SIGNED")]
    assert hall_heard(PREPAID) == ("ICBC", "COMPLETED", "CONTESTED")


def test_a_number_with_a_standing_contract_is_refused_at_the_hall(town: Town) -> None:
    carrier_channel.walk(PREPAID, bank_code="ICBC")

    _session, reply = carrier_channel.open_at_hall(PREPAID, bank_code="CCB")

    assert (reply.status, reply.code) == (409, "number_has_contract")
    assert reply.body["conflict"]["bank_code"] == "ICBC"


@pytest.mark.parametrize("ending", ["9030", "9031"])
def test_a_bank_that_announces_again_changes_nothing(town: Town, ending: str) -> None:
    msisdn = f"1380571{ending}"

    carrier_channel.walk(msisdn, bank_code="ICBC")
    town.deliver()

    assert town.journal(msisdn) == [("ICBC", "SIGNED")]
    assert town.messages(msisdn) == [("ZJ", "contract_changed", "DELIVERED")]
    assert len(town.sms(msisdn)) == 1


def test_a_bank_that_first_says_failed_and_then_signed_is_a_case(town: Town) -> None:
    msisdn = "13805719033"

    carrier_channel.walk(msisdn, bank_code="ICBC")

    assert town.case().reason == "LATE_RESULT"
    assert town.contract(msisdn=msisdn).state == "CONTESTED"


def test_a_wrongly_signed_result_has_no_effect_and_no_business_detail(town: Town) -> None:
    msisdn = "13805719034"

    at_bank = carrier_channel.walk(msisdn, bank_code="ICBC")

    assert town.journal(msisdn) == []
    assert SigningSession.objects.get().state == "AT_BANK"
    assert at_bank.row().unipay_state == ""


def test_a_lost_notice_is_found_when_the_session_runs_out_of_time(town: Town) -> None:
    msisdn = "13805719037"
    carrier_channel.walk(msisdn, bank_code="ICBC")
    session = SigningSession.objects.get()
    assert session.state == "AT_BANK"

    expiry.settle_session(session.pk, now=clock.now)
    town.deliver()

    contract = town.contract(msisdn=msisdn)
    assert contract.state == "ACTIVE"
    assert SigningSession.objects.get().state == "COMPLETED"
    assert town.province_book("ZJ", msisdn) == [(contract.contract_no, "SIGNED")]


def test_a_late_announcement_after_the_end_is_a_case_never_silence(town: Town) -> None:
    msisdn = "13805719038"
    carrier_channel.walk(msisdn, bank_code="ICBC")
    session = SigningSession.objects.get()
    expiry.settle_session(session.pk, now=lambda: session.expires_at)
    assert SigningSession.objects.get().state == "EXPIRED"

    bank_signing.announce_now(SandboxContract.objects.get(session_no=session.session_no))

    assert town.case().reason == "LATE_RESULT"
    assert town.contract(msisdn=msisdn).state == "CONTESTED"


def test_the_books_of_two_channels_do_not_mix(town: Town) -> None:
    carrier_channel.walk(PREPAID, bank_code="ICBC")
    row, reply = ask_to_sign("CCB", "13805710012")

    assert reply.status == 201
    assert row.contract_no == town.contract(msisdn="13805710012").contract_no
    assert town.contract(msisdn=PREPAID).bank.code == "ICBC"
