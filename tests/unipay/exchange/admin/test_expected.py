"""What came of what must come: the calendar, and files that need not come."""

import re
from datetime import date, time

import pytest
from django.test import Client

from tests.conftest import Login
from tests.factories import make_province
from tests.unipay.backoffice.world import member
from tests.unipay.exchange.factories import make_expectation, make_expected, make_received, the_bank
from unipay.exchange.models import ExpectedFile, FileExpectation

MONTH = "/admin/exchange/expectedfile/month/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_the_calendar_says_of_each_day_what_came_of_it(administrator: Client) -> None:
    came = make_received("ACCEPTED")
    make_expected("ARRIVED", business_date=date(2026, 11, 2), file=came)
    missing = make_expected("MISSING", business_date=date(2026, 11, 3))
    make_expected("MISSING", business_date=date(2026, 10, 31))

    page = administrator.get(MONTH, {"month": "2026-11"})

    (line,) = page.context["month"].lines
    assert [day.date.day for day, expected, _look in line.cells if expected] == [2, 3]
    assert line.missing == 1
    html = page.content.decode()
    assert f'href="/admin/exchange/receivedfile/{came.pk}/change/"' in html
    assert f'href="/admin/exchange/expectedfile/{missing.pk}/change/"' in html
    assert 'title="2026-11-03 · missing"' in html


def test_a_month_that_is_none_is_this_month(administrator: Client) -> None:
    for typed in ("2026-13", "", "next"):
        page = administrator.get(MONTH, {"month": typed})

        assert page.context["month"].first.day == 1


def test_the_calendar_leads_to_the_months_around_it(administrator: Client) -> None:
    page = administrator.get(MONTH, {"month": "2026-01"})

    assert (page.context["month"].before, page.context["month"].after) == ("2025-12", "2026-02")


def test_a_posted_clerk_sees_the_own_province_in_the_calendar(db: None) -> None:
    zhejiang, guangdong = make_province("ZJ"), make_province("GD", prefix="1390200")
    for partner in (zhejiang, guangdong, the_bank()):
        make_expected("MISSING", partner=partner, business_date=date(2026, 11, 3))
    clerk = member("zhejiang", "finance", province=zhejiang)

    page = clerk.get(MONTH, {"month": "2026-11"})

    assert [line.partner for line in page.context["month"].lines] == [zhejiang]


def test_a_file_is_waived_with_a_remark(clerk: Login) -> None:
    expected = make_expected("MISSING")
    browser = clerk("exchange.view_expectedfile", "exchange.change_expectedfile")
    address = f"/admin/exchange/expectedfile/{expected.pk}/waive/"

    asked = browser.get(address)
    without = browser.post(address, {"confirmed": "yes", "remark": ""})
    browser.post(address, {"confirmed": "yes", "remark": "a holiday of the bank"})

    assert "no alarm sounds" in asked.content.decode()
    assert "Please say why." in without.content.decode()
    waived = ExpectedFile.objects.get(pk=expected.pk)
    assert (waived.state, waived.remark) == ("WAIVED", "a holiday of the bank")
    assert waived.waived_by is not None


def test_what_has_come_cannot_be_waived(clerk: Login) -> None:
    expected = make_expected("ARRIVED", file=make_received("ACCEPTED"))
    browser = clerk("exchange.view_expectedfile", "exchange.change_expectedfile")

    answer = browser.get(f"/admin/exchange/expectedfile/{expected.pk}/waive/")

    assert answer.status_code == 403


def test_an_expectation_that_is_saved_is_followed_at_once(administrator: Client) -> None:
    bank = the_bank()
    form = {
        "partner": bank.pk,
        "kind": "bank_contract_increment",
        "rhythm": "DAILY",
        "day_of_month": "7",
        "due_days": "1",
        "due_time": "09:00",
        "starts_on": "2026-11-01",
        "is_active": "on",
    }

    administrator.post("/admin/exchange/fileexpectation/add/", form)

    expectation = FileExpectation.objects.get()
    assert (expectation.due_time, expectation.day_of_month) == (time(9), None)
    assert ExpectedFile.objects.filter(partner=bank, kind="bank_contract_increment").exists()
    listed = administrator.get("/admin/exchange/fileexpectation/").content.decode()
    assert "A file for every day, due the next day by 09:00." in listed


@pytest.mark.parametrize("day", ["", "0", "29", "-2"])
def test_a_monthly_expectation_names_a_day_every_month_has(administrator: Client, day: str) -> None:
    expectation = make_expectation()
    form = {
        "partner": expectation.partner_id,
        "kind": expectation.kind,
        "rhythm": "MONTHLY",
        "day_of_month": day,
        "due_days": "1",
        "due_time": "09:00",
        "starts_on": "2026-11-01",
        "is_active": "on",
    }

    page = administrator.post(f"/admin/exchange/fileexpectation/{expectation.pk}/change/", form)

    assert page.status_code == 200
    assert re.search("1 to 28, or -1", page.content.decode())
    assert FileExpectation.objects.get().rhythm == "DAILY"
