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


def outcomes_of(banks: list[LegalBank]) -> tuple[int, list[str]]:
    request: Any = RequestFactory().post("/")
    request.user = User.objects.create_superuser("root")
    request._messages = CookieStorage(request)
    page = admin.site.get_model_admin(LegalBank)
    count = report_outcomes(page, request, banks, verb=rename_even, done="renamed")
    return count, [str(message) for message in get_messages(request)]


def test_each_row_stands_for_itself_and_its_refusal_is_told() -> None:
    count, told = outcomes_of(make_banks(4))

    assert count == 2
    assert told == ["2 renamed.", "B01 bank: Not now. B01", "B03 bank: Not now. B03"]


def test_what_was_done_is_logged_and_what_was_refused_leaves_nothing() -> None:
    outcomes_of(make_banks(3))

    assert list(LogEntry.objects.order_by("id").values_list("object_repr", flat=True)) == [
        "B00 renamed",
        "B02 renamed",
    ]
    assert LegalBank.objects.get(code="B01").name == "bank"


def test_many_refusals_are_summed_up() -> None:
    _count, told = outcomes_of(make_banks(50))

    assert len(told) == 22
    assert told[-1] == "and 5 more."
