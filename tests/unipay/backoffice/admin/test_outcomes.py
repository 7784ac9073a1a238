from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory

from unipay.backoffice.admin import report_outcomes
from unipay.errors import Refusal, reason
from unipay.partners.models import LegalBank

NO = reason("test_outcome_refused", status=409, title="Not now.")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def make_banks(number: int) -> list[LegalBank]:
    return [LegalBank.objects.create(code=f"B{each:02}", name="bank") for each in range(number)]


def rename_even(bank: LegalBank) -> None:
    """Rename every second bank; of the others nothing must remain."""
    bank.name = "renamed"
    bank.save()
    if int(bank.code[1:]) % 2:
        raise Refusal(NO, bank.code)


def report(banks: list[LegalBank]) -> tuple[Any, list[str]]:
    """Run it, and return the answer and what the person was told."""
    request: Any = RequestFactory().post("/admin/partners/legalbank/rename/")
    request.user = User.objects.create_superuser("root")
    request._messages = CookieStorage(request)
    page = admin.site.get_model_admin(LegalBank)
    answer = report_outcomes(page, request, banks, verb=rename_even, done="renamed")
    return answer, [str(message) for message in get_messages(request)]


def test_each_row_stands_for_itself_and_the_refused_come_first_with_their_reasons() -> None:
    answer, told = report(make_banks(4))

    assert told == ["2 renamed.", "2 refused: the reasons are below."]
    assert [(each.name, each.refusal) for each in answer.context_data["outcomes"]] == [
        ("B01 bank", "Not now. B01"),
        ("B03 bank", "Not now. B03"),
        ("B00 bank", ""),
        ("B02 bank", ""),
    ]


def test_what_was_done_is_logged_and_what_was_refused_leaves_nothing() -> None:
    report(make_banks(3))

    assert list(LogEntry.objects.order_by("id").values_list("object_repr", flat=True)) == [
        "B00 renamed",
        "B02 renamed",
    ]
    assert LegalBank.objects.get(code="B01").name == "bank"


def test_each_outcome_leads_to_its_row() -> None:
    banks = make_banks(2)

    answer, _told = report(banks)

    links = [each.link for each in answer.context_data["outcomes"]]
    assert links == [f"/admin/partners/legalbank/{bank.pk}/change/" for bank in reversed(banks)]
    assert all(f'href="{link}"' in answer.render().content.decode() for link in links)


def test_a_single_row_needs_no_page() -> None:
    answer, told = report(make_banks(1))

    assert answer.url == "/admin/partners/legalbank/"
    assert told == ["1 renamed."]


def test_a_single_refusal_is_told_where_it_was_asked_for() -> None:
    answer, told = report(make_banks(2)[1:])

    assert answer.url == "/admin/partners/legalbank/"
    assert told == ["B01 bank: Not now. B01"]
