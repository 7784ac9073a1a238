"""A POST through the whole door: the same answer to the byte, one effect, its history, and what it costs."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.partner_client import PartnerClient, is_signed_by_us
from tests.unipay.api import views
from unipay.messaging.models import InboundRequest
from unipay.partners.models import LegalBank, Partner

PATH = "/api/v1/banks"
ORDER = {"request_no": "R-1", "name": "佛山"}


@pytest.mark.django_db
def test_a_repeated_order_is_answered_the_same_to_the_byte(bank: PartnerClient) -> None:
    first = bank.post(PATH, ORDER)

    second = bank.post(PATH, ORDER)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content == '{"by":"ICBC","code":"B0","name":"佛山"}'.encode()
    assert (first.has_header("Idempotent-Replay"), second["Idempotent-Replay"]) == (False, "true")
    assert is_signed_by_us(first)
    assert is_signed_by_us(second)
    assert LegalBank.objects.count() == 1


@pytest.mark.django_db
def test_blanks_and_the_order_of_names_do_not_make_another_request(bank: PartnerClient) -> None:
    bank.post(PATH, b'{"request_no":"R-1","name":"a"}')

    response = bank.post(PATH, b'{ "name": "\\u0061", "request_no": "R-1" }')

    assert response["Idempotent-Replay"] == "true"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "order"),
    [(PATH, {**ORDER, "name": "Jinhua"}), ("/api/v1/asked-banks", ORDER), (PATH + "?a=1", ORDER)],
)
def test_a_number_used_for_something_else_is_refused(
    bank: PartnerClient, path: str, order: dict[str, Any]
) -> None:
    bank.post(PATH, ORDER)

    response = bank.post(path, order)

    assert (response.status_code, response.json()["code"]) == (422, "request_no_reused")
    assert not response.has_header("Idempotent-Replay")
    assert LegalBank.objects.count() == 1


@pytest.mark.django_db
def test_a_kept_refusal_is_repeated_as_the_same_problem(bank: PartnerClient) -> None:
    first = bank.post(PATH, {**ORDER, "name": "taken"})

    second = bank.post(PATH, {**ORDER, "name": "taken"})

    assert (first.status_code, second.status_code) == (409, 409)
    assert first.content == second.content
    assert second["Content-Type"] == "application/problem+json"
    assert second["Idempotent-Replay"] == "true"
    assert not LegalBank.objects.exists()


@pytest.mark.django_db
def test_a_faulty_order_does_not_use_up_its_number(bank: PartnerClient) -> None:
    bank.post(PATH, {**ORDER, "name": 5})

    assert bank.post(PATH, ORDER).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_broken_effect_leaves_nothing_and_the_number_free(bank: PartnerClient) -> None:
    response = bank.post(PATH, {**ORDER, "name": "broken"})

    assert response.status_code == 500
    assert not LegalBank.objects.exists()
    assert not InboundRequest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_order_from_many_threads_has_one_effect(bank: PartnerClient) -> None:
    barrier, statuses = threading.Barrier(6), []

    def send() -> None:
        client = PartnerClient(bank.partner)
        barrier.wait(10)
        statuses.append(client.post(PATH, ORDER).status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert LegalBank.objects.count() == 1


@pytest.mark.django_db
def test_what_is_asked_of_others_reaches_the_effect(bank: PartnerClient) -> None:
    response = bank.post("/api/v1/asked-banks", ORDER)

    assert response.json() == {"by": "ICBC", "code": "B0", "name": "佛山", "said": "asked about 佛山"}


@pytest.mark.django_db
def test_a_refusal_while_asking_is_the_answer(bank: PartnerClient) -> None:
    response = bank.post("/api/v1/asked-banks", {**ORDER, "name": "unheard-of"})

    assert (response.status_code, response.json()["code"]) == (404, "name_unknown")


@pytest.mark.django_db
def test_the_inbox_keeps_who_sent_what(bank: PartnerClient) -> None:
    response = bank.post(PATH, {**ORDER, "msisdn": "13805710001"})

    row = InboundRequest.objects.get()
    assert (row.partner, row.key_id, row.operation, row.msisdn) == (
        bank.partner,
        "k1",
        "banks.create",
        "13805710001",
    )
    assert row.request_id == response["Unipay-Request-Id"]
    assert row.body == '{"request_no": "R-1", "name": "佛山", "msisdn": "13805710001"}'


@pytest.mark.django_db
def test_the_history_names_the_partner_and_the_request(
    bank: PartnerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rename(order: dict[str, Any], call: views.Call) -> views.Answer:
        Partner.objects.filter(pk=call.partner.pk).update(name=order["name"])
        return views.Answer(200, {})

    monkeypatch.setattr(views, "enter", rename)

    response = bank.post(PATH, ORDER)

    event = Partner.pgh_event_model.objects.filter(pgh_obj=bank.partner).latest("pgh_id")
    assert event.name == "佛山"
    assert event.pgh_context.metadata == {
        "source": "API",
        "partner": "ICBC",
        "operation": "banks.create",
        "request_no": "R-1",
        "request_id": response["Unipay-Request-Id"],
    }


@pytest.mark.django_db
def test_a_resource_that_is_not_there_is_a_problem(bank: PartnerClient) -> None:
    response = bank.get("/api/v1/banks/B7")

    assert (response.status_code, response.json()["code"]) == (404, "name_unknown")
    assert is_signed_by_us(response)


def purpose_of(statement: str) -> str:
    """What a statement of a request is for."""
    known = {
        "api_usednonce": "nonce",
        "unipay.inbox_lock": "lock and look",
        "messaging_inboundrequest": "answer",
        "partners_legalbank": "effect",
    }
    return next((purpose for name, purpose in known.items() if name in statement), statement)


def queries_of(run: Any) -> list[str]:
    """What each statement of the run is for, in order."""
    with CaptureQueriesContext(connection) as captured:
        run()
    return [purpose_of(query["sql"]) for query in captured]


@pytest.mark.django_db(transaction=True)
def test_an_order_costs_five_statements_beside_its_effect(bank: PartnerClient) -> None:
    bank.post(PATH, {**ORDER, "request_no": "R-0"})  # the keys are remembered now

    statements = queries_of(lambda: bank.post(PATH, ORDER))

    assert statements == [
        "nonce",
        "BEGIN",
        "lock and look",
        "effect",
        "effect",
        "answer",
        "COMMIT",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_repetition_and_a_read_cost_less(bank: PartnerClient) -> None:
    bank.post(PATH, ORDER)

    repetition = queries_of(lambda: bank.post(PATH, ORDER))
    read = queries_of(lambda: bank.get("/api/v1/banks/B0"))

    assert repetition == ["nonce", "BEGIN", "lock and look", "COMMIT"]
    assert read == ["nonce", "effect"]
