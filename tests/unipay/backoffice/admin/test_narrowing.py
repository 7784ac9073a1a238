"""What people of one province see of lists, pages, files and histories; and what no screen shows of anybody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client

from tests.conftest import Login
from tests.factories import make_province
from tests.signing.factories import (
    ACCOUNT,
    HOLDER,
    MSISDN,
    make_case,
    make_contract,
    make_session,
    make_transaction,
    the_province,
)
from tests.unipay.messaging.factories import make_message, make_request
from unipay.backoffice.admin import WindowAdmin
from unipay.backoffice.models import Disclosure, Posting

SECONDARY = "13805710009"
SIGNING = ("contract", "signingsession", "signingtransaction", "manualcase")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def make_row(model: str, msisdn: str, province: Any) -> Any:
    """A row of signing in that province."""
    makers: dict[str, Callable[[], Any]] = {
        "contract": lambda: make_contract(msisdn=msisdn, province=province),
        "signingsession": lambda: make_session("FAILED", msisdn=msisdn, province=province),
        "signingtransaction": lambda: make_transaction(make_contract(msisdn=msisdn, province=province)),
        "manualcase": lambda: make_case(msisdn=msisdn, province=province, standing=None, contested=None),
    }
    return makers[model]()


def bound_to(province: Any, clerk: Login, *rights: str) -> Client:
    """The browser of somebody posted to the province."""
    client = clerk(*rights)
    Posting.objects.create(user=User.objects.get(username="clerk"), province=province)
    return client


@pytest.mark.parametrize("model", SIGNING)
def test_people_of_one_province_see_its_rows_only(clerk: Login, model: str) -> None:
    shanghai = make_province("SH", prefix="1380021", key_id="")
    foreign, own = make_row(model, MSISDN, the_province()), make_row(model, "13800210001", shanghai)
    client = bound_to(shanghai, clerk, f"signing.view_{model}", "backoffice.export_lists")
    address = f"/admin/signing/{model}/"

    listed = client.get(address).context["cl"].result_list
    searched = client.get(address, {"q": MSISDN}).context["cl"].result_list
    file = client.post(f"{address}export/", {"format": "csv"}).content.decode("utf-8-sig")

    assert list(listed) == [own]
    assert list(searched) == []
    assert len(file.splitlines()) == 2
    assert client.get(f"{address}{own.pk}/change/").status_code == 200
    assert client.get(f"{address}{foreign.pk}/change/").status_code == 302
    assert client.get(f"{address}{foreign.pk}/history/").status_code == 302


@pytest.mark.parametrize("model", SIGNING)
def test_people_of_one_province_reveal_nothing_of_another(clerk: Login, model: str) -> None:
    shanghai = make_province("SH", prefix="1380021", key_id="")
    foreign = make_row(model, MSISDN, the_province())
    client = bound_to(shanghai, clerk, f"signing.view_{model}", "backoffice.reveal_personal_data")

    answer = client.post(f"/admin/signing/{model}/{foreign.pk}/reveal/", {"reason": "because I can"})

    assert answer.status_code == 404
    assert not Disclosure.objects.exists()


def test_only_the_provinces_of_the_person_are_offered_as_filters(clerk: Login) -> None:
    shanghai = make_province("SH", prefix="1380021", key_id="")
    make_contract(), make_contract(msisdn="13800210001", province=shanghai)
    client = bound_to(shanghai, clerk, "signing.view_contract")

    filters = {each.title: each for each in client.get("/admin/signing/contract/").context["cl"].filter_specs}

    offered = filters["province"].lookup_choices if "province" in filters else []
    assert {pk for pk, _label in offered} <= {shanghai.pk}


def test_every_window_on_rows_of_a_province_is_narrowed_to_it() -> None:
    unbound = [
        model._meta.label
        for model, page in admin.site._registry.items()
        if isinstance(page, WindowAdmin)
        and any(field.name == "province" for field in model._meta.get_fields())
        and page.province_field != "province"
    ]

    assert unbound == []


def test_no_screen_of_any_record_shows_a_number_name_or_account(administrator: Client) -> None:
    case = make_case()
    contract = make_contract(msisdn="13805710002", secondary_msisdns=[SECONDARY])
    rows = [
        case,
        contract,
        make_session("FAILED", secondary_msisdns=[SECONDARY]),
        make_transaction(contract),
        make_request(the_province(), msisdn=MSISDN, answer={"msisdn": MSISDN, "secondary": [SECONDARY]}),
        make_message(
            the_province(), msisdn=MSISDN, payload={"msisdn": MSISDN, "secondary_msisdns": [SECONDARY]}
        ),
    ]
    secrets = (MSISDN, "13805710002", SECONDARY, ACCOUNT.number, HOLDER.name, HOLDER.identity_no)

    for row in rows:
        base = f"/admin/{row._meta.app_label}/{row._meta.model_name}/"
        for page in (base, f"{base}{row.pk}/change/", f"{base}{row.pk}/history/"):
            text = administrator.get(page).content.decode()

            assert [secret for secret in secrets if secret in text] == [], page


def test_every_window_that_masks_a_number_can_reveal_it() -> None:
    silent = [
        model._meta.label
        for model, page in admin.site._registry.items()
        if isinstance(page, WindowAdmin)
        and any(field.name == "msisdn" for field in model._meta.get_fields())
        and model is not apps.get_model("backoffice.Disclosure")
        and "msisdn" not in getattr(page, "reveals", ())
    ]

    assert silent == []
