import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client, override_settings

from tests.factories import make_partner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_addresses", "english")]


@pytest.fixture
def _addresses(settings: object) -> None:
    settings.ROOT_URLCONF = "tests.unipay.backoffice.urls"


def log_in(client: Client, password: str) -> int:
    answer = client.post("/admin/login/", {"username": "root", "password": password, "next": "/admin/"})
    return answer.status_code


def test_every_page_of_the_menu_opens_for_an_administrator(administrator: Client) -> None:
    make_partner("ICBC")

    answers = {}
    for model in admin.site._registry:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        answers[address] = administrator.get(address).status_code

    assert answers == dict.fromkeys(answers, 200)


def test_the_menu_leads_only_where_the_person_may_go(clerk: object) -> None:
    page = clerk("partners.view_partner").get("/admin/").content.decode()

    assert "/admin/partners/partner/" in page
    assert "/admin/partners/ownkey/" not in page
    assert "/admin/auth/user/" not in page


def test_who_is_no_staff_stays_outside(client: Client) -> None:
    client.force_login(User.objects.create_user("customer"))

    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/partners/partner/").status_code == 302


@pytest.mark.parametrize(
    ("language", "title"), [("zh-hans", "统一支付中心管理后台"), ("en", "Unipay back office")]
)
def test_the_language_can_be_switched(client: Client, language: str, title: str) -> None:
    client.post("/i18n/setlang/", {"language": language, "next": "/admin/login/"})

    page = client.get("/admin/login/").content.decode()

    assert f'lang="{language}"' in page
    assert title in page


@pytest.mark.parametrize(
    ("is_sandbox", "is_debug", "badge"),
    [(True, True, "Sandbox"), (False, True, "Development"), (False, False, None)],
)
def test_a_badge_warns_where_nothing_is_real(
    administrator: Client, is_sandbox: bool, is_debug: bool, badge: str | None
) -> None:
    administrator.post("/i18n/setlang/", {"language": "en"})

    with override_settings(UNIPAY_SANDBOX=is_sandbox, DEBUG=is_debug):
        context = administrator.get("/admin/").context

    assert (context["environment"] or [None])[0] == badge


def test_after_five_wrong_passwords_the_right_one_is_of_no_use(client: Client) -> None:
    User.objects.create_superuser("root", password="secret-of-root")
    for _ in range(5):
        last = log_in(client, "wrong")

    locked = client.post("/admin/login/", {"username": "root", "password": "secret-of-root"})

    assert last == 429
    assert locked.status_code == 429
    assert locked.headers["Retry-After"] == "1800"
    assert client.get("/admin/").status_code == 302


def test_an_administrator_lifts_a_lock(client: Client) -> None:
    User.objects.create_superuser("root", password="secret-of-root")
    administrator = Client()
    administrator.force_login(User.objects.create_superuser("other"))
    for _ in range(5):
        log_in(client, "wrong")
    attempts = administrator.get("/admin/axes/accessattempt/").context["cl"].result_list
    chosen = {"action": "delete_selected", "_selected_action": [each.pk for each in attempts], "post": "yes"}

    administrator.post("/admin/axes/accessattempt/", chosen)

    assert log_in(client, "secret-of-root") == 302


def test_four_wrong_passwords_and_then_the_right_one_let_in(client: Client) -> None:
    User.objects.create_superuser("root", password="secret-of-root")
    for _ in range(4):
        log_in(client, "wrong")

    assert log_in(client, "secret-of-root") == 302
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("address", ["/admin/r/1/1/", "/admin/r/999/1/", "/admin/r/x/y/"])
def test_no_record_has_a_page_outside_the_back_office(administrator: Client, address: str) -> None:
    assert administrator.get(address).status_code == 404
