"""The back office in a real browser: whatever breaks the content security policy shows in the console."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.browser.conftest import Phone
from tests.factories import make_partner
from unipay.partners.keys import own_key
from unipay.partners.reference import load_result_codes

PAGES = (
    "",
    "partners/partner/",
    "partners/partner/{bank}/change/",
    "partners/partner/{bank}/history/",
    "partners/partner/{bank}/add_key/",
    "partners/partner/add/",
    "partners/ownkey/",
    "partners/resultcode/",
    "partners/resultcode/try/",
    "partners/numbersegment/import/",
    "messaging/outboundmessage/",
    "django_celery_beat/periodictask/add/",
    "auth/user/",
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_no_page_of_the_back_office_breaks_its_policy(phone: Phone, settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    User.objects.create_superuser("root", password="secret-of-root")
    bank = make_partner("ICBC")
    load_result_codes()
    own_key("RSA-SHA256", bank.created_at)

    phone.page.goto("/admin/")
    phone.page.fill("[name=username]", "root")
    phone.page.fill("[name=password]", "secret-of-root")
    phone.page.click("[type=submit]")
    phone.page.wait_for_url("**/admin/")
    for address in PAGES:
        phone.page.goto(f"/admin/{address.format(bank=bank.pk)}", wait_until="networkidle")
        assert phone.page.locator("#content, #main").first.is_visible(), address

    assert phone.complaints == []
