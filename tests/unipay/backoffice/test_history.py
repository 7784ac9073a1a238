from datetime import UTC, datetime

import pghistory
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from tests.factories import key_pair, make_partner
from unipay.backoffice import history
from unipay.backoffice.history import Change, entries
from unipay.partners import availability
from unipay.partners.keys import add_partner_key
from unipay.partners.models import Partner

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def rename(partner: Partner, name: str) -> None:
    Partner.objects.filter(pk=partner.pk).update(name=name)


def test_each_change_is_told_with_its_field_before_and_after_newest_first() -> None:
    bank = make_partner("ICBC", name="工行", key_id="")
    rename(bank, "工商银行")
    availability.close(bank)

    found = entries(bank)

    assert [entry.label for entry in found] == ["changed", "changed", "created"]
    assert found[0].changes == (Change("status", "open", "closed to new business"),)
    assert found[1].changes == (Change("name", "工行", "工商银行"),)
    assert Change("code", "—", "ICBC") in found[2].changes


def test_a_person_a_partner_and_a_part_of_unipay_are_named_with_their_request() -> None:
    bank = make_partner("ICBC", key_id="")
    user = User.objects.create_user("zhang")
    with pghistory.context(user=user.pk, url="/admin/partners/partner/", request_id="r-1"):
        rename(bank, "a")
    with pghistory.context(partner="ICBC", operation="signings.create", request_id="r-2", source="API"):
        rename(bank, "b")
    with pghistory.context(source="EXPIRY"):
        rename(bank, "c")

    named = [(entry.who, entry.where, entry.request_id) for entry in entries(bank)]

    assert named == [
        ("EXPIRY", "", ""),
        ("ICBC", "signings.create", "r-2"),
        ("zhang", "/admin/partners/partner/", "r-1"),
        ("without a context", "", ""),
    ]


def test_a_change_by_hand_in_sql_is_noted_too() -> None:
    bank = make_partner("ICBC", key_id="")

    with connection.cursor() as cursor:
        cursor.execute("UPDATE partners_partner SET read_timeout_ms = 9000 WHERE id = %s", [bank.pk])

    latest = entries(bank)[0]
    assert latest.who == "without a context"
    assert latest.changes == (Change("read time-out (ms)", "5000", "9000"),)


def test_related_rows_and_moments_are_told_as_people_read_them() -> None:
    bank = make_partner("ICBC", name="工商银行", key_id="")
    key = add_partner_key(bank, "k1", "RSA-SHA256", key_pair("k1").public_pem, NOW)

    changes = {change.field: change.after for change in entries(key)[0].changes}

    assert changes["partner"] == "ICBC 工商银行"
    assert changes["valid from"] == "2026-03-02 12:00:00"


def test_a_long_history_is_cut_to_the_latest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_ENTRIES", 3)
    bank = make_partner("ICBC", key_id="")
    for number in range(5):
        rename(bank, f"name {number}")

    found = entries(bank)

    assert [entry.changes[0].after for entry in found] == ["name 4", "name 3", "name 2"]
    assert found[-1].changes[0].before == "name 1"


def test_the_history_costs_a_few_queries_however_long_it_is(django_assert_max_num_queries: object) -> None:
    bank = make_partner("ICBC", key_id="")
    for number in range(20):
        with pghistory.context(user=number):
            rename(bank, f"name {number}")

    with django_assert_max_num_queries(2):
        entries(bank)


def test_the_page_shows_who_changed_what_in_which_request(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")
    bank_page = f"/admin/partners/partner/{bank.pk}"
    with pghistory.context(user=User.objects.get().pk, url=f"{bank_page}/change/", request_id="trace-1"):
        rename(bank, "<b>工商银行</b>")

    page = administrator.get(f"{bank_page}/history/").content.decode()

    for shown in ("root", f"{bank_page}/change/", "trace-1", "&lt;b&gt;工商银行&lt;/b&gt;"):
        assert shown in page


def test_the_page_is_for_those_who_may_see_the_row(clerk: object) -> None:
    bank = make_partner("ICBC", key_id="")

    assert clerk().get(f"/admin/partners/partner/{bank.pk}/history/").status_code == 403
    seeing = clerk("partners.view_partner", username="seeing")
    assert seeing.get(f"/admin/partners/partner/{bank.pk}/history/").status_code == 200
    assert seeing.get("/admin/partners/partner/999999/history/").status_code == 302
