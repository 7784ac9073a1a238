"""What happens when a province is down for an hour and comes back (time travelled): late, in order, never lost."""

from datetime import datetime, timedelta

import pytest
import time_machine

from tests.town import Town
from unipay import clock
from unipay.messaging.models import DeliveryAttempt
from unipay.partners.models import Partner
from unipay.sandbox import bank_signing
from unipay.sandbox import client as partner_client
from unipay.sandbox.bank import ask_to_sign

pytestmark = pytest.mark.django_db(transaction=True)

FAR, NEAR = "13805710010", "13800250010"
NOBODY_LISTENS = "http://127.0.0.1:9/sandbox/provinces/ZJ"


def test_a_province_down_for_an_hour_hears_everything_in_order_and_others_do_not_wait(town: Town) -> None:
    home = town.partner("ZJ").base_url
    rows = {msisdn: ask_to_sign("ICBC", msisdn)[0] for msisdn in (FAR, NEAR)}
    Partner.objects.filter(code="ZJ").update(base_url=NOBODY_LISTENS)
    for row in rows.values():
        bank_signing.sign(row)
    contract = town.contract(msisdn=FAR)
    order = {"request_no": "a-1", "terms": {"recharge_amount_fen": 10000}, "business_date": "2026-03-02"}
    partner_client.post("ICBC", f"/contracts/{contract.contract_no}/amendments", order)

    town.deliver()
    assert town.messages(NEAR) == [("JS", "contract_changed", "DELIVERED")]
    assert [state for _to, _kind, state in town.messages(FAR)] == ["PENDING", "PENDING"]

    with time_machine.travel(clock.now() + timedelta(minutes=59), tick=True):
        town.deliver()
    assert [state for _to, _kind, state in town.messages(FAR)] == ["PENDING", "PENDING"]

    Partner.objects.filter(code="ZJ").update(base_url=home)
    with time_machine.travel(clock.now() + timedelta(hours=3), tick=True):
        town.deliver()

    assert [state for _to, _kind, state in town.messages(FAR)] == ["DELIVERED", "DELIVERED"]
    assert town.province_book("ZJ", FAR) == [(contract.contract_no, "SIGNED")]
    sent: list[datetime] = list(
        DeliveryAttempt.objects.filter(outcome="ACKNOWLEDGED", message__msisdn=FAR)
        .order_by("message_id")
        .values_list("started_at", flat=True)
    )
    assert sent == sorted(sent)
    assert DeliveryAttempt.objects.filter(message__msisdn=FAR, outcome="FAILED").count() >= 2
