"""A province that says two things of one recharge: money moves by the first final word, people look (domain.md C11).
However it was asked, directly, by message or by the sweep, the same comes of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from billing.flows import ask_back, landing, recharge, reversal
from billing.flows.recharge import RechargeOrder
from billing.models import Recharge
from signing.models import ManualCase
from tests.billing import money
from tests.billing.factories import DAY, MSISDN, NOW, make_recharge
from tests.partner_server import PartnerServer, Reply, serving
from tests.signing.factories import the_bank, the_province
from unipay.errors import Refusal
from unipay.messaging.models import AttemptOutcome, DeliveryAttempt, OutboundMessage
from unipay.partners.gateways.money import Credit
from unipay.partners.reference import load_result_codes

SOON = NOW + timedelta(minutes=1)
LATER = NOW + timedelta(minutes=5)
REFUSED = {"result": "REFUSED", "reason_code": "number_not_normal"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart")]


@pytest.fixture
def province(db: None) -> Iterator[PartnerServer]:
    load_result_codes()
    with serving(the_province()) as server:
        yield server


def says(province: PartnerServer, **said: str) -> None:
    province.replies = lambda called: Reply(
        {
            "result_code": "0000",
            "results": [{"recharge_no": each["recharge_no"], **said} for each in called.body["landings"]],
        }
    )


def taken() -> Recharge:
    the_province()
    order = RechargeOrder("COUNTER", 5000, "T-1", DAY, msisdn=MSISDN)
    return recharge.take(the_bank(), order, request_no="R-1", now=NOW)


def told(one: Recharge, result: str, reason_code: str = "", *, at: datetime = SOON) -> None:
    """The sweep hears it from the province."""
    landing.apply(the_province(), {one.recharge_no: Credit(one.recharge_no, result, reason_code)}, now=at)


def errors() -> list[str]:
    """What the case says of the trouble, in the order it was told."""
    return [piece.facts["error"] for piece in ManualCase.objects.get().evidence.order_by("id")]


def reversed_by_its_bank(one: Recharge) -> Recharge:
    """The bank reverses it, and the province lets it go, at SOON."""
    begun = reversal.begin(one.bank, one.recharge_no, reason="wrong number", now=SOON)
    return ask_back.conclude(begun, True, now=SOON) if begun.state == "TAKING_BACK" else begun


def sent(message: OutboundMessage, at: datetime) -> None:
    """The message left at that moment."""
    DeliveryAttempt.objects.create(
        message=message, number=1, started_at=at, latency_ms=5, outcome=AttemptOutcome.ACKNOWLEDGED
    )


def test_a_message_of_many_that_credits_what_went_back_before_it_was_sent_is_a_case() -> None:
    gone, other = make_recharge("PAID"), make_recharge("PAID")
    (message,) = money.promise(gone, other, now=NOW)
    reversed_by_its_bank(gone)
    sent(message, LATER)

    money.answer(message, money.results([gone, other]), now=LATER)

    assert (money.fresh(gone).state, money.fresh(other).state) == ("REVERSED", "LANDED")
    assert (ManualCase.objects.get().about, errors()) == (gone.subject, ["credited_after_going_back"])
    money.require_conserved()


def test_what_was_credited_before_it_was_taken_back_and_told_late_is_no_case() -> None:
    gone, other = make_recharge("PAID"), make_recharge("PAID")
    (message,) = money.promise(gone, other, now=NOW)
    sent(message, NOW)
    reversed_by_its_bank(gone)

    money.answer(message, money.results([gone, other]), now=LATER)

    assert money.fresh(gone).state == "REVERSED"
    assert not ManualCase.objects.exists()


def test_a_refusal_of_what_is_credited_is_a_case_and_the_credit_stands() -> None:
    one = make_recharge("PAID")
    (message,) = money.promise(one, now=NOW)
    told(one, "CREDITED")

    money.answer(message, money.results([one], "REFUSED"), now=LATER)

    assert (money.fresh(one).state, errors()) == ("LANDED", ["refused_after_credit"])
    money.require_conserved()


def test_a_message_refused_as_a_whole_says_nothing_of_what_is_credited() -> None:
    one = make_recharge("PAID")
    (message,) = money.promise(one, now=NOW)
    told(one, "CREDITED")

    money.refuse(message, "9001", "", now=LATER)

    assert money.fresh(one).state == "LANDED"
    assert not ManualCase.objects.exists()


def test_a_bank_that_waits_is_not_told_a_refusal_of_what_is_credited(province: PartnerServer) -> None:
    one = taken()
    told(one, "CREDITED")
    says(province, **REFUSED)

    answered = recharge.ask(one, now=LATER)
    told_to_bank = recharge.conclude(one, answered, now=LATER)

    assert (answered, told_to_bank.state, errors()) == (None, "LANDED", ["refused_after_credit"])
    money.require_conserved()


def test_a_bank_that_waits_hears_of_the_credit_and_the_case_of_an_earlier_refusal_goes(
    province: PartnerServer,
) -> None:
    one = taken()
    told(one, "REFUSED", "number_not_normal")
    says(province, result="CREDITED")

    told_to_bank = recharge.conclude(one, recharge.ask(one, now=LATER), now=LATER)

    assert told_to_bank.state == "LANDED"
    assert ManualCase.objects.get().state == "WITHDRAWN"
    money.require_conserved()


def test_a_credit_told_to_a_bank_that_waits_of_what_it_has_reversed_meanwhile_is_a_case(
    province: PartnerServer,
) -> None:
    one = taken()
    told(one, "REFUSED", "number_not_normal")
    reversed_by_its_bank(one)
    says(province, result="CREDITED")

    told_to_bank = recharge.conclude(one, recharge.ask(one, now=LATER), now=LATER)

    assert (told_to_bank.state, money.balances()) == ("REVERSED", {})
    assert ManualCase.objects.filter(state="OPEN").get().about == one.subject
    money.require_conserved()


def test_a_refusal_told_twice_ends_the_recharge_and_its_case(province: PartnerServer) -> None:
    one = taken()
    told(one, "REFUSED", "number_not_normal")
    says(province, **REFUSED)

    with pytest.raises(Refusal) as refused:
        recharge.ask(one, now=LATER)

    assert refused.value.reason.code == "number_not_normal"
    assert (money.fresh(one).state, ManualCase.objects.get().state) == ("REVERSED", "WITHDRAWN")
    money.require_conserved()


def test_a_bank_that_reverses_what_was_refused_ends_its_case() -> None:
    one = taken()
    told(one, "REFUSED", "number_not_normal")

    assert reversed_by_its_bank(one).state == "REVERSED"

    assert ManualCase.objects.get().state == "WITHDRAWN"
