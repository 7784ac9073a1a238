"""What the sweep makes of recharges in doubt (domain.md C11): it asks the province by each one's own number."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from billing.flows import landing, landing_sweep
from billing.models import JournalEntry, Recharge
from signing.models import ManualCase
from tests.billing import money
from tests.billing.factories import NOW, make_recharge
from tests.partner_server import PartnerServer, Reply, serving
from tests.signing.factories import the_province
from unipay.partners.reference import load_result_codes

LATER = NOW + timedelta(minutes=5)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart")]


@pytest.fixture
def province(db: None) -> Iterator[PartnerServer]:
    load_result_codes()
    with serving(the_province()) as server:
        yield server


def doubtful(**fields: Any) -> Recharge:
    """One that was asked of the province, which nobody knows an answer of."""
    return make_recharge("PAID", **{"landing_attempts": 1, "next_landing_at": NOW, **fields})


def says(province: PartnerServer, result: str, **more: Any) -> None:
    province.replies = lambda called: Reply(
        {
            "result_code": "0000",
            "results": [
                {"recharge_no": number, "result": result, **more} for number in called.body["recharge_nos"]
            ],
        }
    )


def swept(at: datetime = LATER) -> int:
    return sum(
        landing_sweep.sweep(province_id, now=at) for province_id in landing_sweep.provinces_with_due(at)
    )


def test_what_the_province_has_credited_is_landed(province: PartnerServer) -> None:
    recharge = doubtful()
    says(province, "CREDITED")

    assert swept() == 1

    assert money.fresh(recharge).state == "LANDED"
    assert province.bodies[0]["recharge_nos"] == [recharge.recharge_no]
    assert money.promised("land_recharges") == []
    money.require_conserved()


def test_what_it_never_heard_of_is_asked_for_once_more(province: PartnerServer) -> None:
    recharge = doubtful()
    says(province, "NOT_FOUND")

    swept()

    recharge = money.fresh(recharge)
    (message,) = money.promised("land_recharges")
    assert message.resource_version == 2
    assert (recharge.state, recharge.next_landing_at) == ("PAID", LATER + landing.LOOK_AGAIN)


@pytest.mark.parametrize(
    ("result", "error"), [("REFUSED", "number_not_normal"), ("TAKEN_BACK", "taken_back")]
)
def test_what_it_refuses_is_a_case(result: str, error: str, province: PartnerServer) -> None:
    recharge = doubtful()
    says(province, result, reason_code="number_not_normal")

    swept()

    recharge = money.fresh(recharge)
    assert (recharge.state, recharge.landing_error, recharge.next_landing_at) == ("PAID", error, None)
    assert ManualCase.objects.get().about == recharge.subject


@pytest.mark.parametrize(
    "reply", [Reply(hangs_up=True), Reply({"result_code": "9998"}), Reply({"result_code": "2001"})]
)
def test_silence_costs_time_and_nothing_else(reply: Reply, province: PartnerServer) -> None:
    recharge = doubtful()
    province.always(reply)

    swept()

    recharge = money.fresh(recharge)
    assert (recharge.state, recharge.landing_error) == ("PAID", "")
    assert recharge.next_landing_at == LATER + timedelta(minutes=2)
    assert swept() == 0
    assert not ManualCase.objects.exists()


def test_what_is_being_taken_back_is_asked_back_again(province: PartnerServer) -> None:
    recharge = make_recharge("TAKING_BACK", next_landing_at=NOW)

    swept()

    (message,) = money.promised("take_back_recharge")
    assert message.payload["back_no"] == recharge.back_no
    assert province.called == []


def test_what_is_not_due_is_left_alone(province: PartnerServer) -> None:
    doubtful(next_landing_at=LATER + timedelta(seconds=1))
    make_recharge("LANDED")

    assert swept() == 0
    assert province.called == []


def test_a_sweep_speaks_of_two_hundred_at_once(province: PartnerServer) -> None:
    for _ in range(201):
        doubtful()
    says(province, "CREDITED")

    assert (swept(), swept()) == (200, 1)
    assert JournalEntry.objects.filter(kind="LANDED").count() == 201
    money.require_conserved()
