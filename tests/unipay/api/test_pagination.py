"""Lists come newest first, in pages of a bounded size, and every row exactly once."""

import base64

import pytest

from tests.partner_client import PartnerClient
from unipay.partners.models import LegalBank

pytestmark = pytest.mark.django_db

PATH = "/api/v1/all-banks"


def make_banks(count: int) -> None:
    LegalBank.objects.bulk_create(LegalBank(code=f"B{n}", name=f"Bank {n}") for n in range(count))


def test_the_pages_together_hold_every_row_once(bank: PartnerClient) -> None:
    make_banks(5)

    pages, cursor = [], ""
    while cursor is not None:
        page = bank.get(f"{PATH}?limit=2" + (f"&cursor={cursor}" if cursor else "")).json()
        pages.append([row["code"] for row in page["results"]])
        cursor = page["next_cursor"]

    assert pages == [["B4", "B3"], ["B2", "B1"], ["B0"]]


def test_a_last_page_that_is_just_full_has_no_next_one(bank: PartnerClient) -> None:
    make_banks(2)

    assert bank.get(f"{PATH}?limit=2").json() == {
        "results": [{"code": "B1"}, {"code": "B0"}],
        "next_cursor": None,
    }


def test_rows_added_meanwhile_do_not_disturb_the_pages(bank: PartnerClient) -> None:
    make_banks(3)
    cursor = bank.get(f"{PATH}?limit=2").json()["next_cursor"]
    LegalBank.objects.create(code="B9", name="late")

    page = bank.get(f"{PATH}?limit=2&cursor={cursor}").json()

    assert page == {"results": [{"code": "B0"}], "next_cursor": None}


def cursor_of(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("limit=0", "limit", "min_value"),
        ("limit=201", "limit", "max_value"),
        ("limit=ten", "limit", "invalid"),
        ("cursor=%25%25", "cursor", "invalid"),
        ("cursor=" + cursor_of("after:x"), "cursor", "invalid"),
        ("cursor=" + cursor_of("after:" + "9" * 19), "cursor", "invalid"),
        ("cursor=" + cursor_of("after:١"), "cursor", "invalid"),
        ("cursor=a%00", "cursor", "null_characters_not_allowed"),
        ("cursor=" + "a" * 65, "cursor", "max_length"),
        ("colour=red", "colour", "unknown_field"),
        ("format=xml", "format", "unknown_field"),
        ("limit=1&limit=2", "limit", "duplicate_name"),
        ("limit=+1", "limit", "invalid"),
        ("limit=1_0", "limit", "invalid"),
        ("limit=%EF%BC%91", "limit", "invalid"),
        ("limit=" + "9" * 3000, "limit", "max_string_length"),
    ],
)
def test_a_faulty_query_names_its_parameter(bank: PartnerClient, query: str, field: str, code: str) -> None:
    response = bank.get(f"{PATH}?{query}")

    assert response.status_code == 400
    assert [(fault["field"], fault["code"]) for fault in response.json()["errors"]] == [(field, code)]
