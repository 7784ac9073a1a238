from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.signing.factories import make_session

SESSIONS = "/admin/signing/signingsession/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def found(client: Client, **query: str) -> list[Any]:
    return list(client.get(SESSIONS, query).context["cl"].result_list)


def test_sessions_are_listed_and_found_by_number_or_session_number(administrator: Client) -> None:
    failed = make_session("FAILED", msisdn="13805710002")
    opened = make_session(msisdn="13805710003")

    assert found(administrator) == [opened, failed]
    assert found(administrator, q="13805710002") == [failed]
    assert found(administrator, q=opened.session_no.lower()) == [opened]
    assert found(administrator, q="account_invalid") == []
    assert found(administrator, state__exact="FAILED") == [failed]


def test_a_longer_list_costs_no_more_queries(administrator: Client) -> None:
    make_session("AT_BANK")
    administrator.get(SESSIONS)
    with CaptureQueriesContext(connection) as short:
        administrator.get(SESSIONS)
    for ending in range(2, 9):
        make_session("COMPLETED", msisdn=f"1380571000{ending}")

    with CaptureQueriesContext(connection) as long:
        administrator.get(SESSIONS)

    assert len(long) == len(short)


def test_the_subscribers_link_is_shown_nowhere(administrator: Client) -> None:
    session = make_session()

    pages = [
        administrator.get(address).content.decode()
        for address in (SESSIONS, f"{SESSIONS}{session.pk}/change/", f"{SESSIONS}{session.pk}/history/")
    ]

    assert session.session_no in pages[1]
    for page in pages:
        assert session.link_token not in page


def test_sessions_are_only_looked_at(administrator: Client) -> None:
    session = make_session()

    assert administrator.post(f"{SESSIONS}{session.pk}/change/", {"state": "COMPLETED"}).status_code == 403
    assert administrator.get(f"{SESSIONS}add/").status_code == 403
    assert administrator.post(f"{SESSIONS}{session.pk}/delete/", {"post": "yes"}).status_code == 403
    assert type(session).objects.get().state == "OPENED"


@pytest.mark.parametrize("lookup", ["link_token__startswith", "link_token", "return_url__contains"])
def test_the_subscribers_link_cannot_be_guessed_by_asking_for_its_letters(
    administrator: Client, lookup: str
) -> None:
    session = make_session()

    answer = administrator.get(SESSIONS, {lookup: session.link_token[:1]})

    assert answer.status_code == 400
