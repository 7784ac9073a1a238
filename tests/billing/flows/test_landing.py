"""What happens when money that was taken is credited at the province (domain.md C2, C11)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.errors import RECHARGE_NOT_STUCK
from billing.flows import ask_back, landing
from billing.models import JournalEntry, Recharge
from billing.states import AccountRole, EntryKind
from signing.models import ManualCase
from tests.billing import money
from tests.billing.factories import DAY, MSISDN, NOW, make_bill, make_recharge, make_settlement
from tests.factories import make_province
from tests.signing.factories import the_province
from unipay.errors import Refusal
from unipay.messaging.models import OutboundMessage

LATER = NOW + timedelta(minutes=5)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart")]


def test_a_promised_landing_says_what_is_to_be_credited_and_which_bills_it_pays() -> None:
    recharge = make_recharge("PAID")
    bill = make_bill("SETTLED")
    make_settlement(bill, recharge)

    (message,) = money.promise(recharge, now=NOW)

    assert message.partner == the_province()
    assert (message.subject, message.msisdn) == (recharge.subject, MSISDN)
    assert message.payload["landings"] == [
        {
            "recharge_no": recharge.recharge_no,
            "msisdn": MSISDN,
            "agreement_no": "",
            "amount_fen": 5000,
            "source": "COUNTER",
            "bank_code": recharge.bank.code,
            "paid_at": "2026-11-05T10:00:00+08:00",
            "business_date": "2026-11-05",
            "bills": [{"province_bill_no": bill.province_bill_no, "amount_fen": 5000}],
        }
    ]
    recharge = money.fresh(recharge)
    assert (recharge.landing_attempts, recharge.next_landing_at) == (1, NOW + landing.LOOK_AGAIN)


def test_many_recharges_share_messages_of_two_hundred_to_each_province() -> None:
    elsewhere = make_province("GD", prefix="1350000")
    recharges = [make_recharge("PAID") for _ in range(201)]
    recharges.append(make_recharge("PAID", province=elsewhere))

    messages = money.promise(*recharges, now=NOW)

    sizes = [(message.partner.code, len(message.payload["landings"])) for message in messages]
    assert sorted(sizes) == sorted([(the_province().code, 200), (the_province().code, 1), ("GD", 1)])


def test_what_is_not_paid_any_more_is_not_promised() -> None:
    assert money.promise(make_recharge("LANDED"), make_recharge("REVERSED"), now=NOW) == []


def test_a_credited_recharge_is_landed_with_its_entry() -> None:
    recharge = make_recharge("PAID")
    (message,) = money.promise(recharge, now=NOW)

    money.answer(message, money.results([recharge]), now=LATER)

    recharge = money.fresh(recharge)
    assert (recharge.state, recharge.landed_at, recharge.next_landing_at) == ("LANDED", LATER, None)
    entry = recharge.landed_entry
    assert entry is not None
    assert (entry.kind, entry.subject, entry.amount_fen, entry.business_date) == (
        "LANDED",
        recharge.subject,
        5000,
        DAY,
    )
    assert money.balances() == {"BANK_CLEARING": 5000, "PROVINCE_PAYABLE": -5000}
    money.require_conserved()


def test_two_hundred_are_credited_in_a_handful_of_statements() -> None:
    recharges = [make_recharge("PAID") for _ in range(200)]
    (message,) = money.promise(*recharges, now=NOW)

    with CaptureQueriesContext(
        connection,
    ) as statements:
        money.answer(message, money.results(recharges), now=LATER)

    assert Recharge.objects.filter(state="LANDED").count() == 200
    assert len(statements) <= 14
    assert money.balance(AccountRole.PROVINCE_PAYABLE) == -200 * 5000


def test_an_answer_that_comes_twice_credits_once() -> None:
    recharge = make_recharge("PAID")
    (message,) = money.promise(recharge, now=NOW)
    money.answer(message, money.results([recharge]), now=LATER)

    landing.settled(message, LATER)

    assert JournalEntry.objects.filter(kind=EntryKind.LANDED).count() == 1


def test_a_refused_recharge_waits_for_people_with_a_case() -> None:
    recharge = make_recharge("PAID")
    (message,) = money.promise(recharge, now=NOW)

    answered = money.results([recharge], "REFUSED", reason_code="number_not_normal")
    money.answer(message, answered, now=LATER)

    recharge = money.fresh(recharge)
    assert (recharge.state, recharge.landing_error) == ("PAID", "number_not_normal")
    assert recharge.next_landing_at is None
    case = ManualCase.objects.get()
    assert (case.reason, case.about, case.msisdn) == ("RECHARGE_STUCK", recharge.subject, MSISDN)
    assert case.evidence.get().facts["error"] == "number_not_normal"


def test_a_message_refused_as_a_whole_refuses_each_of_its_recharges() -> None:
    recharges = [make_recharge("PAID"), make_recharge("PAID")]
    (message,) = money.promise(*recharges, now=NOW)

    money.refuse(message, "2001", "number_not_normal", now=LATER)

    assert {each.landing_error for each in Recharge.objects.all()} == {"2001"}
    assert {each.next_landing_at for each in Recharge.objects.all()} == {None}
    assert ManualCase.objects.count() == 2


@pytest.mark.parametrize(("calls", "attempts"), [(2, 1), (1, 2)])
def test_a_refusal_of_the_whole_does_not_speak_of_what_was_asked_before(calls: int, attempts: int) -> None:
    """An earlier call may have been credited and its answer lost: people know, and the sweep asks."""
    recharge = make_recharge("PAID", paid_at=NOW)
    (message,) = money.promise(recharge, now=NOW)
    Recharge.objects.filter(pk=recharge.pk).update(landing_attempts=attempts)
    message.attempts = calls

    money.refuse(message, "2001", "bad_signature", now=NOW + timedelta(hours=1))

    recharge = money.fresh(recharge)
    assert recharge.next_landing_at == NOW + timedelta(hours=1, minutes=15)
    assert not ask_back.is_surely_not_credited(recharge)
    assert ManualCase.objects.count() == 1


def test_what_is_refused_after_it_was_asked_for_twice_is_taken_back_before_it_is_given_back() -> None:
    once = make_recharge("PAID", landing_attempts=1, landing_error="number_not_normal")
    twice = make_recharge("PAID", landing_attempts=2, landing_error="number_not_normal")

    assert ask_back.is_surely_not_credited(once)
    assert not ask_back.is_surely_not_credited(twice)


def test_what_the_answer_leaves_out_is_asked_about_soon() -> None:
    told, untold = make_recharge("PAID"), make_recharge("PAID")
    (message,) = money.promise(told, untold, now=NOW)

    money.answer(message, money.results([told]), now=LATER)

    untold = money.fresh(untold)
    assert (untold.state, untold.next_landing_at) == ("PAID", LATER + timedelta(minutes=1))


@pytest.mark.parametrize(
    "body",
    [
        None,
        {"result_code": "0000"},
        {"result_code": "0000", "results": "all well"},
        {"result_code": "0000", "results": [{"recharge_no": 7, "result": "CREDITED"}, None]},
        {"result_code": "0000", "results": [{"recharge_no": "P-SOMEBODY-ELSES", "result": "CREDITED"}]},
    ],
)
def test_an_answer_that_says_nothing_of_it_credits_nothing(body: dict[str, object] | None) -> None:
    recharge = make_recharge("PAID")
    (message,) = money.promise(recharge, now=NOW)

    money.answer(message, body, now=LATER)

    recharge = money.fresh(recharge)
    assert (recharge.state, recharge.next_landing_at) == ("PAID", LATER + timedelta(minutes=1))
    assert not ManualCase.objects.exists()


def test_an_answer_that_contradicts_itself_credits_nothing() -> None:
    recharge = make_recharge("PAID")
    (message,) = money.promise(recharge, now=NOW)
    both = money.results([recharge])
    both["results"] += money.results([recharge], "REFUSED")["results"]

    money.answer(message, both, now=LATER)

    recharge = money.fresh(recharge)
    assert recharge.state == "PAID"


def test_a_province_credits_its_own_recharges_only() -> None:
    recharge = make_recharge("PAID")

    landed = landing.land(make_province("GD", prefix="1350000"), [recharge.recharge_no], now=LATER)

    recharge = money.fresh(recharge)
    assert (landed, recharge.state) == (0, "PAID")


def test_a_message_that_died_becomes_a_case_and_the_sweep_goes_on_asking() -> None:
    recharge = make_recharge("PAID")
    (message,) = money.promise(recharge, now=NOW)

    money.let_die(message, now=LATER)

    recharge = money.fresh(recharge)
    assert recharge.landing_error == "ConnectError: nobody there"
    assert recharge.next_landing_at == LATER + timedelta(minutes=1)
    assert ManualCase.objects.get().state == "OPEN"


def test_the_case_goes_when_the_recharge_is_credited_after_all() -> None:
    recharge = make_recharge("PAID")
    (message,) = money.promise(recharge, now=NOW)
    money.let_die(message, now=LATER)

    landing.apply(
        the_province(), {recharge.recharge_no: landing.Credit(recharge.recharge_no, "CREDITED")}, now=LATER
    )

    recharge = money.fresh(recharge)
    assert (recharge.state, recharge.landing_error) == ("LANDED", "")
    assert ManualCase.objects.get().state == "WITHDRAWN"


def test_a_credit_of_what_went_back_without_the_province_is_a_case_and_moves_no_money() -> None:
    recharge = make_recharge("REVERSED")
    Recharge.objects.update(back_asked_at=None)
    before = money.balances()

    landing.apply(
        the_province(), {recharge.recharge_no: landing.Credit(recharge.recharge_no, "CREDITED")}, now=LATER
    )

    recharge = money.fresh(recharge)
    assert (recharge.state, money.balances()) == ("REVERSED", before)
    assert ManualCase.objects.get().evidence.get().facts["error"] == "credited_after_going_back"


def test_staff_have_a_refused_recharge_asked_for_again() -> None:
    recharge = make_recharge("PAID", landing_attempts=1, landing_error="number_not_normal")

    landing.try_again(recharge.recharge_no, now=LATER)

    (message,) = money.promised("land_recharges")
    assert message.resource_version == 2
    recharge = money.fresh(recharge)
    assert (recharge.landing_attempts, recharge.next_landing_at) == (2, LATER + landing.LOOK_AGAIN)


def test_a_credited_recharge_is_not_asked_for_again() -> None:
    recharge = make_recharge("LANDED")

    with pytest.raises(Refusal) as refused:
        landing.try_again(recharge.recharge_no, now=LATER)

    assert refused.value.reason is RECHARGE_NOT_STUCK
    assert not OutboundMessage.objects.exists()
