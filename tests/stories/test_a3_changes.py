"""Domain.md A3 over real HTTP: amendment and termination by each side, number events, and who is told."""

import pytest

from signing.flows import manual_case
from signing.models import Contract
from signing.states import Decision
from tests.town import Town
from unipay import clock
from unipay.sandbox import bank_signing
from unipay.sandbox import client as partner_client
from unipay.sandbox.bank import ask_to_sign
from unipay.sandbox.demo import carrier_channel

pytestmark = pytest.mark.django_db(transaction=True)

PREPAID = "13805710010"


def signed(town: Town, msisdn: str = PREPAID, bank: str = "ICBC") -> Contract:
    row, _reply = ask_to_sign(bank, msisdn)
    bank_signing.sign(row)
    town.deliver()
    return town.contract(msisdn=msisdn)


def today() -> str:
    return clock.business_date(clock.now()).isoformat()


def test_a_bank_amends_and_the_province_has_the_new_terms(town: Town) -> None:
    contract = signed(town)
    order = {"request_no": "a-1", "terms": {"recharge_amount_fen": 10000}, "business_date": today()}

    reply = partner_client.post("ICBC", f"/contracts/{contract.contract_no}/amendments", order)
    town.deliver()

    assert (reply.status, reply.body["terms"]["recharge_amount_fen"]) == (200, 10000)
    assert town.journal(PREPAID) == [("ICBC", "SIGNED"), ("ICBC", "AMENDED")]
    assert town.messages(PREPAID)[-1] == ("ZJ", "contract_changed", "DELIVERED")


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("ICBC", [("ZJ", "contract_changed", "DELIVERED")]),
        ("ZJ", [("ZJ", "contract_changed", "DELIVERED"), ("ICBC", "contract_cancelled", "DELIVERED")]),
        ("HALL", [("ZJ", "contract_changed", "DELIVERED"), ("ICBC", "contract_cancelled", "DELIVERED")]),
    ],
)
def test_each_side_may_end_the_contract_and_the_others_hear_of_it(
    town: Town, who: str, told: list[tuple[str, str, str]]
) -> None:
    contract = signed(town)
    order = {"request_no": "t-1", "reason": "SUBSCRIBER_REQUEST", "business_date": today()}

    reply = partner_client.post(who, f"/contracts/{contract.contract_no}/termination", order)
    town.deliver()

    assert (reply.status, reply.body["state"]) == (200, "TERMINATED")
    assert town.messages(PREPAID)[1:] == told
    assert town.province_book("ZJ", PREPAID) == [(contract.contract_no, "TERMINATED")]


def test_a_stranger_can_neither_see_nor_end_it(town: Town) -> None:
    contract = signed(town)
    order = {"request_no": "t-1", "reason": "BANK_REQUEST", "business_date": today()}
    path = f"/contracts/{contract.contract_no}"

    for stranger in ("CCB", "JS"):
        assert partner_client.get(stranger, path).code == "contract_not_found"
        assert partner_client.post(stranger, f"{path}/termination", order).code == "contract_not_found"
        assert partner_client.get(stranger, "/contracts").body["results"] == []

    assert town.contract(pk=contract.pk).state == "ACTIVE"


def test_a_closed_number_ends_its_contract_at_bank_and_province(town: Town) -> None:
    contract = signed(town)
    event = {
        "request_no": "e-1",
        "event": "NUMBER_CLOSED",
        "msisdn": PREPAID,
        "occurred_at": clock.rfc3339(clock.now(), milliseconds=True),
    }

    reply = partner_client.post("ZJ", "/number-events", event)
    town.deliver()

    assert reply.body["terminated"] == [contract.contract_no]
    assert town.contract(pk=contract.pk).end_reason == "NUMBER_CLOSED"
    assert [state for _no, state in town.book("ICBC", PREPAID)] == ["CANCELLED"]


def test_a_duplicate_is_decided_and_every_book_follows(town: Town) -> None:
    carrier_channel.walk(PREPAID, bank_code="ICBC", button="overtaken")
    town.deliver()
    case = town.case()

    manual_case.decide(
        case.case_no,
        decision=Decision.REPLACE,
        remark="subscriber chose",
        decided_by_id=None,
        now=clock.now(),
    )
    town.deliver()

    case = town.case()
    assert case.standing is not None
    assert case.contested is not None
    assert (case.state, case.standing.state, case.contested.state) == ("CLOSED", "TERMINATED", "ACTIVE")
    assert [state for _no, state in town.book("ABC", PREPAID)] == ["CANCELLED"]
    assert town.province_book("ZJ", PREPAID) == [
        (case.standing.contract_no, "TERMINATED"),
        (case.contested.contract_no, "SIGNED"),
    ]
