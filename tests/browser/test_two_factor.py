"""Two-factor login and break-glass in a real browser, from the first password on."""

import base64
import time
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django_otp.oath import totp

from tests.browser.conftest import Phone
from unipay.backoffice.grants import grant
from unipay.backoffice.roles import BREAK_GLASS

PASSWORD = "quiet river stone"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture(autouse=True)
def _somebody_on_duty(settings: Any) -> None:
    settings.UNIPAY_REQUIRE_TWO_FACTOR = True
    # A test with real transactions empties every table, those the migrations filled among them.
    grant(apps)
    user = User.objects.create_user("night", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=BREAK_GLASS))


def log_in(phone: Phone) -> None:
    phone.page.goto("/admin/")
    phone.page.fill("[name=username]", "night")
    phone.page.fill("[name=password]", PASSWORD)
    phone.page.click("[type=submit]")


def give(phone: Phone, form: str, code: str) -> None:
    phone.page.fill("[name=code]", code)
    phone.page.click(f"#{form} [type=submit]")


def test_somebody_new_sets_it_up_and_comes_back_with_a_backup_code(phone: Phone) -> None:
    log_in(phone)
    phone.page.wait_for_url("**/admin/account/two-factor/**")
    assert phone.page.locator(".account-qr").evaluate("image => image.naturalWidth") > 0
    phone.page.click("summary")
    secret = base64.b32decode(phone.page.inner_text(".account-secret"))
    # A code may run out while it is typed; the next one is good already.
    give(phone, "enrol-form", f"{totp(secret, t0=-15 if time.time() % 30 > 20 else 0):06}")
    backup_code = phone.page.locator(".account-codes code").first.inner_text()
    phone.page.click(".account-codes + a")
    phone.page.wait_for_url("**/admin/")
    phone.context.clear_cookies()

    log_in(phone)
    phone.page.wait_for_url("**/admin/account/verify/**")
    phone.page.goto("/admin/account/")
    assert "/admin/account/verify/" in phone.page.url
    give(phone, "verify-form", backup_code)
    phone.page.wait_for_url("**/admin/account/")

    assert phone.page.locator("text=使用备用码登录").is_visible()
    assert phone.complaints == []


def test_the_banner_of_an_emergency_stays_until_the_rights_are_given_back(
    phone: Phone, settings: Any
) -> None:
    settings.UNIPAY_REQUIRE_TWO_FACTOR = False
    log_in(phone)
    phone.page.wait_for_url("**/admin/")
    phone.page.goto("/admin/account/")
    phone.page.click("a[href$='/account/break-glass/']")
    phone.page.fill("[name=reason]", "nobody else can be reached tonight")
    phone.page.fill("[name=password]", PASSWORD)
    phone.page.click("form:has([name=reason]) [type=submit]")
    phone.page.wait_for_url("**/admin/")

    phone.page.goto("/admin/auth/user/")
    assert phone.page.locator(".break-glass-banner").is_visible()
    phone.page.click(".break-glass-banner button")
    phone.page.wait_for_url("**/admin/")

    assert phone.page.locator(".break-glass-banner").count() == 0
    assert phone.complaints == []
