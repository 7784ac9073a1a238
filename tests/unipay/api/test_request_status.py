"""A partner in doubt asks what became of its request and is never told less than the truth."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from tests.factories import make_partner
from tests.partner_client import PartnerClient, is_signed_by_us
from tests.unipay.api import views
from unipay.messaging import inbox
from unipay.messaging.inbox import Answer, Envelope

PATH = "/api/v1/requests/R-1"
ORDER = {"request_no": "R-1", "name": "Foshan"}


@pytest.mark.django_db
@time_machine.travel("2026-10-01T08:00:00+08:00", tick=False)
def test_an_answered_request_shows_its_answer(bank: PartnerClient) -> None:
    bank.post("/api/v1/banks", ORDER)

    response = bank.get(PATH)

    assert response.status_code == 200
    assert is_signed_by_us(response)
    assert response.json() == {
        "request_no": "R-1",
        "state": "DONE",
        "operation": "banks.create",
        "status": 201,
        "answer": {"by": "ICBC", "code": "B0", "name": "Foshan"},
        "received_at": "2026-10-01T08:00:00+08:00",
        "answered_at": "2026-10-01T08:00:00+08:00",
    }


@pytest.mark.django_db
def test_a_refused_request_shows_its_refusal(bank: PartnerClient) -> None:
    bank.post("/api/v1/banks", {**ORDER, "name": "taken"})

    status = bank.get(PATH).json()

    assert (status["state"], status["status"], status["answer"]["code"]) == ("DONE", 409, "name_taken")


@pytest.mark.django_db
def test_a_request_that_never_came_is_not_found(bank: PartnerClient) -> None:
    response = bank.get(PATH)

    assert (response.status_code, response.json()["code"]) == (404, "request_not_found")


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["R%00", "%F0%9F%98%80", "R" * 2000, "%25"])
def test_a_number_nobody_could_have_used_is_not_found(bank: PartnerClient, number: str) -> None:
    assert bank.get(f"/api/v1/requests/{number}").status_code == 404


@pytest.mark.django_db
def test_a_request_of_another_partner_is_not_found(bank: PartnerClient) -> None:
    bank.post("/api/v1/banks", ORDER)
    other = PartnerClient(make_partner("CCB", operations=("requests.read",)))

    assert other.get(PATH).status_code == 404


@pytest.mark.django_db
def test_a_request_for_which_others_are_being_asked_is_in_progress(bank: PartnerClient) -> None:
    now = datetime.now(UTC)
    envelope = Envelope(bank.partner, "R-1", "banks.create", "a" * 64, "k1", "s", "t", "{}", "", now)
    inbox.take_lease(envelope, 60)

    status = bank.get(PATH).json()

    assert (status["state"], status["status"], status["answer"]) == ("IN_PROGRESS", None, None)
    assert datetime.fromisoformat(status["received_at"]) - now < timedelta(seconds=1)


@pytest.mark.django_db(transaction=True)
def test_a_request_whose_row_is_not_to_be_seen_yet_is_in_progress(
    bank: PartnerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, may_end = threading.Event(), threading.Event()

    def slow(order: dict[str, str], call: views.Call) -> Answer:
        entered.set()
        may_end.wait(10)
        return Answer(201, {})

    def send() -> None:
        PartnerClient(bank.partner).post("/api/v1/banks", ORDER)
        connection.close()

    monkeypatch.setattr(views, "enter", slow)
    thread = threading.Thread(target=send)
    thread.start()
    entered.wait(10)
    try:
        during = bank.get(PATH).json()
    finally:
        may_end.set()
        thread.join()

    assert (during["state"], during["operation"], during["received_at"]) == ("IN_PROGRESS", None, None)
    assert bank.get(PATH).json()["state"] == "DONE"
