import pytest
from django.contrib import admin
from django.test import Client

from tests.conftest import Login
from unipay.partners.models import Partner

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "title"), [("zh-hans", "您无权访问此页面"), ("en", "You may not open this page")]
)
def test_a_page_without_the_right_to_it_says_so_and_leads_back(
    clerk: Login, language: str, title: str
) -> None:
    answer = clerk().get("/admin/partners/partner/", headers={"Accept-Language": language})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert title in page
    assert 'href="/admin/"' in page


def test_an_address_nobody_serves_tells_strangers_nothing(client: Client) -> None:
    answer = client.get("/nothing", headers={"Accept-Language": "en"})

    page = answer.content.decode()
    assert answer.status_code == 404
    assert "There is no such page" in page
    assert "/admin/" not in page


def test_a_form_without_its_token_is_asked_to_be_loaded_again(clerk: Login) -> None:
    visitor = Client(enforce_csrf_checks=True, cookies=clerk().cookies)

    answer = visitor.post("/admin/", headers={"Accept-Language": "en"})

    assert answer.status_code == 403
    assert "Please load the page again" in answer.content.decode()


def test_a_failure_of_ours_is_a_page_too(clerk: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    client = clerk("partners.view_partner")
    client.raise_request_exception = False
    monkeypatch.setattr(admin.site._registry[Partner], "get_queryset", lambda request: 1 // 0)

    answer = client.get("/admin/partners/partner/", headers={"Accept-Language": "en"})

    assert answer.status_code == 500
    assert "Something went wrong at our end" in answer.content.decode()
