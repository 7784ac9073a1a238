import uuid

import pghistory.models
import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.test.utils import override_script_prefix

from tests.factories import make_partner
from unipay.partners.models import Partner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_a_change_in_the_back_office_carries_who_where_and_which_request(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")
    chosen = {"action": "close", "_selected_action": [bank.pk], "confirmed": "yes"}

    administrator.post("/admin/partners/partner/", chosen)

    context = pghistory.models.Context.objects.get().metadata
    assert uuid.UUID(context.pop("request_id"))
    assert context == {
        "user": User.objects.get().pk,
        "url": "/admin/partners/partner/",
        "source": "BACKOFFICE",
    }


@override_script_prefix("/behind/")
def test_a_change_carries_who_and_where_also_behind_a_prefix(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")
    chosen = {"action": "close", "_selected_action": [bank.pk], "confirmed": "yes"}

    administrator.post("/admin/partners/partner/", chosen, SCRIPT_NAME="/behind")

    context = pghistory.models.Context.objects.get().metadata
    assert context["user"] == User.objects.get().pk
    assert context["url"] == "/behind/admin/partners/partner/"


@override_settings(ROOT_URLCONF="tests.unipay.backoffice.urls")
def test_requests_elsewhere_are_left_to_their_own_doors(administrator: Client) -> None:
    make_partner("ICBC", key_id="")

    administrator.post("/elsewhere")

    assert Partner.objects.get().name == "renamed"
    assert not pghistory.models.Context.objects.exists()


@pytest.mark.parametrize(
    ("address", "script", "style"),
    [
        ("/admin/login/", "script-src 'self' 'unsafe-eval'", "style-src 'self' 'unsafe-inline'"),
        ("/elsewhere", "script-src 'self'", "style-src 'self'"),
    ],
)
@override_settings(ROOT_URLCONF="tests.unipay.backoffice.urls")
def test_only_the_back_office_may_evaluate_and_style_inline(
    client: Client, address: str, script: str, style: str
) -> None:
    make_partner("ICBC", key_id="")

    policy = client.get(address).headers["Content-Security-Policy"].split("; ")

    assert script in policy
    assert style in policy
    assert "object-src 'none'" in policy
