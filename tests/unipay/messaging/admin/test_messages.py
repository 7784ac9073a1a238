from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from structlog.testing import capture_logs

from tests.factories import make_partner
from tests.told import run_action
from tests.unipay.messaging.factories import CARD, IDENTITY_NO, NOW, make_message, make_request
from unipay.backoffice.models import Disclosure, Posting
from unipay.messaging.models import DeliveryAttempt, OutboundMessage

INBOUND, OUTBOUND = "/admin/messaging/inboundrequest/", "/admin/messaging/outboundmessage/"
WHY = {"reason": "the bank asks"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def run(client: Client, action: str, *messages: OutboundMessage) -> list[str]:
    return run_action(client, OUTBOUND, action, *messages)


def found(client: Client, address: str, **query: str) -> list[Any]:
    return list(client.get(address, query).context["cl"].result_list)


def test_dead_and_refused_messages_are_sent_again_and_others_say_why_not(administrator: Client) -> None:
    province = make_partner("ZJ", "PROVINCE", key_id="")
    dead, refused, waiting = (make_message(province, state) for state in ("DEAD", "REFUSED", "PENDING"))

    told = run(administrator, "send_again", dead, refused, waiting)

    assert told == [
        "2 sent again.",
        "1 refused: the reasons are below.",
        f"{waiting}: It is waiting to be sent.",
    ]
    states = OutboundMessage.objects.order_by("id").values_list("state", "attempts")
    assert list(states) == [("PENDING", 0), ("PENDING", 0), ("PENDING", 0)]


def test_a_delivered_message_is_told_again_as_a_copy(administrator: Client) -> None:
    told = make_message(make_partner("ZJ", "PROVINCE", key_id=""), "DELIVERED", payload={"number": 7})

    assert run(administrator, "send_again", told) == ["1 sent again."]

    first, copy = OutboundMessage.objects.order_by("id")
    assert (first.state, copy.state) == ("DELIVERED", "PENDING")
    assert copy.event_id != first.event_id
    assert copy.payload["number"] == 7


@pytest.mark.parametrize(
    ("action", "state", "said"),
    [
        ("send_again", "DEAD", "It is sent at once"),
        ("send_again", "DELIVERED", "a copy goes out"),
        ("send_again", "CANCELLED", "It was cancelled"),
        ("cancel", "PENDING", "ZJ is never told of it."),
        ("cancel", "DELIVERED", "not possible in its present state."),
    ],
)
def test_what_will_happen_is_shown_before_it_does(
    administrator: Client, action: str, state: str, said: str
) -> None:
    message = make_message(make_partner("ZJ", "PROVINCE", key_id=""), state)

    page = administrator.post(OUTBOUND, {"action": action, "_selected_action": [message.pk]})

    assert said in page.content.decode()
    assert OutboundMessage.objects.get().state == state


def test_an_attempt_that_was_made_is_told_before_cancelling(administrator: Client) -> None:
    message = make_message(make_partner("ZJ", "PROVINCE", key_id=""), "PENDING", attempts=2)

    page = administrator.post(OUTBOUND, {"action": "cancel", "_selected_action": [message.pk]})

    assert "2 attempts were made: it may have arrived all the same." in page.content.decode()


def test_pending_and_dead_messages_are_cancelled_and_others_say_why_not(administrator: Client) -> None:
    province = make_partner("ZJ", "PROVINCE", key_id="")
    pending, delivered = make_message(province, "PENDING"), make_message(province, "DELIVERED")

    told = run(administrator, "cancel", pending, delivered)

    assert told == [
        "1 cancelled.",
        "1 refused: the reasons are below.",
        f"{delivered}: not possible in its present state.",
    ]
    assert list(OutboundMessage.objects.order_by("id").values_list("state", flat=True)) == [
        "CANCELLED",
        "DELIVERED",
    ]


def test_who_may_only_look_sends_and_cancels_nothing(clerk: Callable[..., Client]) -> None:
    dead = make_message(make_partner("ZJ", "PROVINCE", key_id=""))
    looking = clerk("messaging.view_outboundmessage")

    run(looking, "send_again", dead)
    run(looking, "cancel", dead)

    assert OutboundMessage.objects.get().state == "DEAD"


def test_a_message_is_shown_with_every_attempt_and_masked(administrator: Client) -> None:
    message = make_message(
        make_partner("ZJ", "PROVINCE", key_id=""), payload={"msisdn": "13805710001", "note": IDENTITY_NO}
    )
    DeliveryAttempt.objects.create(
        message=message, number=1, started_at=NOW, latency_ms=87, outcome="UNANSWERED", error="read time-out"
    )

    page = administrator.get(f"{OUTBOUND}{message.pk}/change/").content.decode()

    assert "read time-out" in page
    assert IDENTITY_NO not in page


def test_the_history_of_a_message_tells_who_sent_it_again(administrator: Client) -> None:
    message = make_message(make_partner("ZJ", "PROVINCE", key_id=""))
    run(administrator, "send_again", message)

    page = administrator.get(f"{OUTBOUND}{message.pk}/history/").content.decode()

    assert "root" in page
    assert "pending" in page


@pytest.mark.parametrize(
    ("term", "numbers"),
    [("138 0571 0001", [1]), ("contract:2", [2]), ("0571", []), ("contract:", [])],
)
def test_messages_are_found_by_whole_values(administrator: Client, term: str, numbers: list[int]) -> None:
    province = make_partner("ZJ", "PROVINCE", key_id="")
    make_message(province, subject="contract:1", msisdn="13805710001", resource_version=1)
    make_message(province, subject="contract:2", msisdn="13805710002", resource_version=2)

    assert [each.resource_version for each in found(administrator, OUTBOUND, q=term)] == numbers


def test_a_message_is_found_by_its_event_id(administrator: Client) -> None:
    province = make_partner("ZJ", "PROVINCE", key_id="")
    make_message(province)
    sought = make_message(province)

    assert found(administrator, OUTBOUND, q=str(sought.event_id)) == [sought]


def test_messages_are_filtered_by_state_kind_and_partner(administrator: Client) -> None:
    province, bank = make_partner("ZJ", "PROVINCE", key_id=""), make_partner("ICBC", key_id="")
    sought = make_message(province, "DEAD", kind="contract_changed")
    make_message(province, "DELIVERED", kind="contract_changed")
    make_message(province, "DEAD", kind="signing_outcome")
    make_message(bank, "DEAD", kind="contract_changed")

    query = {"state__exact": "DEAD", "kind": "contract_changed", "partner__id__exact": str(province.pk)}
    assert found(administrator, OUTBOUND, **query) == [sought]


def test_the_body_of_a_request_is_for_those_who_may_see_personal_data(clerk: Callable[..., Client]) -> None:
    asked = make_request(make_partner("ICBC", key_id=""), answer={"contract_no": "C1", "holder": IDENTITY_NO})
    looking = clerk("messaging.view_inboundrequest")
    trusted = clerk("messaging.view_inboundrequest", "backoffice.reveal_personal_data", username="trusted")

    page = looking.get(f"{INBOUND}{asked.pk}/change/").content.decode()

    assert "C1" in page
    assert CARD not in page
    assert IDENTITY_NO not in page
    assert looking.post(f"{INBOUND}{asked.pk}/reveal/", WHY).status_code == 403
    assert CARD not in trusted.get(f"{INBOUND}{asked.pk}/reveal/").content.decode()
    assert CARD in trusted.post(f"{INBOUND}{asked.pk}/reveal/", WHY).content.decode()


def test_looking_at_personal_data_is_kept_and_logged(administrator: Client) -> None:
    asked = make_request(make_partner("ICBC", key_id=""))

    with capture_logs() as logged:
        administrator.post(f"{INBOUND}{asked.pk}/reveal/", WHY)

    noted = Disclosure.objects.get()
    assert (noted.person.get_username(), noted.subject_id, noted.fields) == ("root", str(asked.pk), ["body"])
    assert [event["user"] for event in logged if event["event"] == "personal_data_revealed"] == ["root"]


def test_who_may_not_see_requests_sees_no_personal_data_of_them_either(clerk: Callable[..., Client]) -> None:
    asked = make_request(make_partner("ICBC", key_id=""))

    answer = clerk("backoffice.reveal_personal_data").post(f"{INBOUND}{asked.pk}/reveal/", WHY)

    assert answer.status_code == 403
    assert not Disclosure.objects.exists()


def test_requests_are_found_by_number_and_request_number(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")
    by_number = make_request(bank, request_no="R-1", msisdn="13805710001")
    by_request_no = make_request(bank, request_no="R-2")

    assert found(administrator, INBOUND, q="13805710001") == [by_number]
    assert found(administrator, INBOUND, q="R-2") == [by_request_no]


def test_messages_and_requests_are_not_edited(administrator: Client) -> None:
    message = make_message(make_partner("ZJ", "PROVINCE", key_id=""))
    asked = make_request(message.partner)

    for address in (f"{OUTBOUND}{message.pk}/", f"{INBOUND}{asked.pk}/"):
        assert administrator.post(f"{address}change/", {"state": "DELIVERED"}).status_code == 403
        assert administrator.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert administrator.get(f"{OUTBOUND}add/").status_code == 403


def test_lists_and_rows_mask_mobile_numbers(administrator: Client) -> None:
    bank = make_partner("ICBC")
    asked = make_request(bank, msisdn="13805710001")
    message = make_message(bank, msisdn="13805710001")

    addresses = (INBOUND, OUTBOUND, f"{INBOUND}{asked.pk}/change/", f"{OUTBOUND}{message.pk}/change/")
    pages = [administrator.get(address).content.decode() for address in addresses]

    assert all("138 **** 0001" in page and "13805710001" not in page for page in pages)


def test_people_of_one_province_see_the_messages_of_that_province_only(clerk: Callable[..., Client]) -> None:
    own, other = make_partner("ZJ", "PROVINCE", key_id=""), make_partner("ICBC", key_id="")
    seen, hidden = make_message(own), make_message(other)
    asked, unseen = make_request(own), make_request(other)
    client = clerk("messaging.view_outboundmessage", "messaging.view_inboundrequest")
    Posting.objects.create(user=User.objects.get(), province=own)

    assert found(client, OUTBOUND) == [seen]
    assert found(client, INBOUND, q="R-1") == [asked]
    assert client.get(f"{OUTBOUND}{hidden.pk}/change/").status_code == 302
    assert client.get(f"{INBOUND}{unseen.pk}/change/").status_code == 302


def test_operations_and_kinds_are_shown_by_name(administrator: Client) -> None:
    bank = make_partner("ICBC")
    make_request(bank)
    make_message(bank, kind="contract_changed")

    inbound, outbound = (administrator.get(address).content.decode() for address in (INBOUND, OUTBOUND))

    assert "signing request" in inbound
    assert "contract changed" in outbound


def test_messages_are_filtered_by_kind(administrator: Client) -> None:
    bank = make_partner("ICBC")
    changed = make_message(bank, kind="contract_changed")
    make_message(bank, kind="signing_outcome")

    assert found(administrator, OUTBOUND, kind="contract_changed") == [changed]


def test_what_waits_for_a_partner_is_told_before_it_is_suspended(administrator: Client) -> None:
    province = make_partner("ZJ", "PROVINCE", key_id="")
    make_message(province, "PENDING")
    make_message(province, "DELIVERED")

    page = administrator.get(f"/admin/partners/partner/{province.pk}/suspend/").content.decode()

    assert "1 of our messages wait for it." in page


def test_a_message_is_sent_again_and_cancelled_from_its_own_page(administrator: Client) -> None:
    message = make_message(make_partner("ZJ", "PROVINCE", key_id=""))
    own_page = f"{OUTBOUND}{message.pk}/"

    asked = administrator.get(f"{own_page}send-again/").content.decode()
    sent = administrator.post(f"{own_page}send-again/", {"confirmed": "yes"})
    assert OutboundMessage.objects.get().state == "PENDING"
    administrator.post(f"{own_page}cancel/", {"confirmed": "yes"})

    assert "It is sent at once" in asked
    assert sent.headers["Location"] == f"{own_page}change/"
    assert OutboundMessage.objects.get().state == "CANCELLED"


def test_a_message_of_another_province_is_not_sent_again(clerk: Callable[..., Client]) -> None:
    message = make_message(make_partner("ZJ", "PROVINCE", key_id=""))
    elsewhere = clerk("messaging.view_outboundmessage", "messaging.change_outboundmessage")
    Posting.objects.create(
        user=User.objects.get(username="clerk"), province=make_partner("BJ", "PROVINCE", key_id="")
    )

    elsewhere.post(f"{OUTBOUND}{message.pk}/send-again/", {"confirmed": "yes"})

    assert OutboundMessage.objects.get().state == "DEAD"
