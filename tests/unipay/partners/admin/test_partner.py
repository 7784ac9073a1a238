from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tests.factories import key_pair, make_partner
from tests.told import run_action
from unipay.partners import stakes
from unipay.partners.keys import live_key
from unipay.partners.models import MaintenanceWindow, Partner, PartnerKey

LIST = "/admin/partners/partner/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def run(client: Client, action: str, *partners: Partner) -> list[str]:
    """Run an action on the partners and return what the person was told."""
    return run_action(client, LIST, action, *partners)


def form_of(partner: Partner, **changed: Any) -> dict[str, Any]:
    """Return what the change form of a partner without inline rows sends."""
    counts = {
        f"{prefix}-{count}_FORMS": 0
        for prefix in ("keys", "permissions", "endpoints", "maintenance_windows")
        for count in ("TOTAL", "INITIAL")
    }
    return {
        "name": partner.name,
        "name_en": "",
        "legal_bank": "",
        "base_url": partner.base_url,
        "signing_page_url": "",
        "serves": "",
        "connect_timeout_ms": 2000,
        "read_timeout_ms": 5000,
        "rate_limit_per_minute": 6000,
        **counts,
        **changed,
    }


def test_each_chosen_partner_is_told_its_own_outcome(administrator: Client) -> None:
    open_bank = make_partner("ICBC", name="工商银行", key_id="")
    closed_bank = make_partner("CCB", name="建设银行", key_id="", status="CLOSED")

    told = run(administrator, "close", open_bank, closed_bank)

    assert told == [
        "1 closed.",
        "1 refused: the reasons are below.",
        "CCB 建设银行: Not possible in the partner's present status. closed to new business",
    ]
    assert Partner.objects.get(code="ICBC").status == "CLOSED"


@pytest.mark.parametrize(
    ("status", "action", "expected"),
    [
        ("OPEN", "close", "CLOSED"),
        ("OPEN", "suspend", "SUSPENDED"),
        ("CLOSED", "suspend", "SUSPENDED"),
        ("CLOSED", "reopen", "OPEN"),
        ("SUSPENDED", "reopen", "OPEN"),
        ("SUSPENDED", "close", "SUSPENDED"),
        ("OPEN", "reopen", "OPEN"),
    ],
)
def test_a_partner_is_closed_suspended_and_reopened(
    administrator: Client, status: str, action: str, expected: str
) -> None:
    bank = make_partner("ICBC", key_id="", status=status)

    run(administrator, action, bank)

    assert Partner.objects.get().status == expected


def test_who_may_only_look_closes_nothing(clerk: Callable[..., Client]) -> None:
    bank = make_partner("ICBC", key_id="")

    run(clerk("partners.view_partner"), "close", bank)

    assert Partner.objects.get().status == "OPEN"


def test_a_new_partner_gets_the_rights_of_its_kind(administrator: Client) -> None:
    form = {**form_of(Partner(name="工商银行")), "code": "ICBC", "kind": "BANK"}

    administrator.post(f"{LIST}add/", form)

    bank = Partner.objects.get()
    assert bank.permissions.filter(operation="signings.create").exists()
    assert bank.permissions.count() == 13


def test_code_and_kind_and_status_of_a_partner_never_change_by_its_form(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")

    administrator.post(
        f"{LIST}{bank.pk}/change/", form_of(bank, name="工商银行", code="CCB", kind="HALL", status="CLOSED")
    )

    bank = Partner.objects.get()
    assert (bank.code, bank.kind, bank.status, bank.name) == ("ICBC", "BANK", "OPEN", "工商银行")


@pytest.mark.django_db(transaction=True)
def test_a_change_counts_at_once_in_this_process(administrator: Client) -> None:
    bank = make_partner("ICBC")
    live_key("ICBC", "k1")

    administrator.post(f"{LIST}{bank.pk}/change/", form_of(bank, rate_limit_per_minute=5))

    assert live_key("ICBC", "k1").partner.rate_limit_per_minute == 5


def test_a_maintenance_window_is_kept_in_beijing_time(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")
    window = {
        "maintenance_windows-TOTAL_FORMS": 1,
        "maintenance_windows-0-starts_at_0": "2026-10-01",
        "maintenance_windows-0-starts_at_1": "01:00:00",
        "maintenance_windows-0-ends_at_0": "2026-10-01",
        "maintenance_windows-0-ends_at_1": "05:00:00",
        "maintenance_windows-0-remark": "年终",
    }

    administrator.post(f"{LIST}{bank.pk}/change/", form_of(bank, **window))

    period = MaintenanceWindow.objects.get().period
    assert (period.lower, period.upper) == (
        datetime(2026, 9, 30, 17, tzinfo=UTC),
        datetime(2026, 9, 30, 21, tzinfo=UTC),
    )


def test_a_window_that_ends_before_it_starts_is_an_error_of_the_form(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")
    window = {
        "maintenance_windows-TOTAL_FORMS": 1,
        "maintenance_windows-0-starts_at_0": "2026-10-01",
        "maintenance_windows-0-starts_at_1": "05:00:00",
        "maintenance_windows-0-ends_at_0": "2026-10-01",
        "maintenance_windows-0-ends_at_1": "01:00:00",
    }

    page = administrator.post(f"{LIST}{bank.pk}/change/", form_of(bank, **window)).content.decode()

    assert "It must end after it starts." in page
    assert not MaintenanceWindow.objects.exists()


def test_two_windows_given_at_once_must_not_meet(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")
    windows: dict[str, Any] = {"maintenance_windows-TOTAL_FORMS": 2}
    for number, (starts, ends) in enumerate([("01:00:00", "05:00:00"), ("04:00:00", "06:00:00")]):
        name = f"maintenance_windows-{number}"
        windows |= {f"{name}-starts_at_0": "2026-10-01", f"{name}-starts_at_1": starts}
        windows |= {f"{name}-ends_at_0": "2026-10-01", f"{name}-ends_at_1": ends}

    page = administrator.post(f"{LIST}{bank.pk}/change/", form_of(bank, **windows)).content.decode()

    assert "Two of these windows meet each other." in page
    assert not MaintenanceWindow.objects.exists()


@pytest.mark.parametrize(
    ("action", "status", "said"),
    [
        ("close", "OPEN", "New signings at this bank are refused"),
        ("suspend", "OPEN", "Everything it sends is refused (403)"),
        ("reopen", "CLOSED", "Everything it may send is accepted again"),
        ("close", "SUSPENDED", "Not possible in the partner&#x27;s present status."),
    ],
)
def test_what_it_stops_is_shown_before_a_partner_is_moved(
    administrator: Client, action: str, status: str, said: str
) -> None:
    bank = make_partner("ICBC", key_id="", status=status)

    from_list = administrator.post(LIST, {"action": action, "_selected_action": [bank.pk]})

    assert said in from_list.content.decode()
    assert Partner.objects.get().status == status


def test_what_is_under_way_with_a_partner_is_told_by_who_knows_it(
    administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stakes, "_registered", [lambda partner: [f"Seven wait for {partner.code}."]])
    bank = make_partner("ICBC", key_id="")

    page = administrator.get(f"{LIST}{bank.pk}/suspend/").content.decode()

    assert "Seven wait for ICBC." in page


@pytest.mark.parametrize(
    ("page", "before", "after"),
    [("close", "OPEN", "CLOSED"), ("suspend", "CLOSED", "SUSPENDED"), ("reopen", "SUSPENDED", "OPEN")],
)
def test_a_partner_is_moved_from_its_own_page(
    administrator: Client, page: str, before: str, after: str
) -> None:
    bank = make_partner("ICBC", key_id="", status=before)
    address = f"{LIST}{bank.pk}/{page}/"

    asked = administrator.get(address)
    answer = administrator.post(address, {"confirmed": "yes"})

    assert asked.status_code == 200
    assert answer.headers["Location"] == f"{LIST}{bank.pk}/change/"
    assert Partner.objects.get().status == after


def test_a_page_offers_only_what_is_possible(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="", status="SUSPENDED")

    page = administrator.get(f"{LIST}{bank.pk}/change/").content.decode()

    assert f"{LIST}{bank.pk}/reopen/" in page
    assert f"{LIST}{bank.pk}/suspend/" not in page
    assert administrator.post(f"{LIST}{bank.pk}/suspend/", {"confirmed": "yes"}).status_code == 403


def test_a_key_is_rotated_by_its_form(administrator: Client) -> None:
    bank = make_partner("ICBC")
    old = bank.keys.get()
    offered = {"key_id": "k2", "algorithm": "RSA-SHA256", "public_key": key_pair("next").public_pem}
    until = {"replaces": old.pk, "old_ends_at_0": "2099-10-01", "old_ends_at_1": "00:00:00"}

    page = administrator.get(f"{LIST}{bank.pk}/add_key/").content.decode()
    administrator.post(f"{LIST}{bank.pk}/add_key/", {**offered, **until})

    assert "Keys that are not retired" in page
    old.refresh_from_db()
    assert old.valid_until == datetime(2099, 9, 30, 16, tzinfo=UTC)
    assert bank.keys.get(key_id="k2").valid_until is None


def test_a_rotation_needs_an_end_that_is_to_come(administrator: Client) -> None:
    bank = make_partner("ICBC")
    offered = {"key_id": "k2", "algorithm": "RSA-SHA256", "public_key": key_pair("next").public_pem}
    until = {"replaces": bank.keys.get().pk, "old_ends_at_0": "2020-10-01", "old_ends_at_1": "00:00:00"}

    page = administrator.post(f"{LIST}{bank.pk}/add_key/", {**offered, **until}).content.decode()

    assert "Say until when, later than now." in page
    assert PartnerKey.objects.count() == 1


def test_a_key_is_added_by_its_own_form(administrator: Client) -> None:
    bank = make_partner("ICBC")
    offered = {"key_id": "k2", "algorithm": "RSA-SHA256", "public_key": key_pair("next").public_pem}

    answer = administrator.post(f"{LIST}{bank.pk}/add_key/", offered)

    assert answer.headers["Location"] == f"{LIST}{bank.pk}/change/"
    assert list(bank.keys.order_by("slot").values_list("key_id", "slot")) == [("k1", 1), ("k2", 2)]


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        ({"public_key": "nonsense"}, "The public key cannot be used."),
        ({"key_id": "k1"}, "The key id already names another key."),
        ({"algorithm": "SM2-SM3"}, "the public key is not an SM2 key"),
        ({"key_id": "k 2"}, "1 to 32 of A-Z"),
    ],
)
def test_a_key_that_is_refused_is_an_error_of_the_form(
    administrator: Client, offered: dict[str, str], said: str
) -> None:
    bank = make_partner("ICBC")
    sound = {"key_id": "k2", "algorithm": "RSA-SHA256", "public_key": key_pair("next").public_pem}

    answer = administrator.post(f"{LIST}{bank.pk}/add_key/", {**sound, **offered})

    assert said in answer.content.decode()
    assert PartnerKey.objects.count() == 1


def test_who_may_only_look_adds_no_key(clerk: Callable[..., Client]) -> None:
    bank = make_partner("ICBC", key_id="")
    offered = {"key_id": "k1", "algorithm": "RSA-SHA256", "public_key": key_pair("next").public_pem}

    answer = clerk("partners.view_partner").post(f"{LIST}{bank.pk}/add_key/", offered)

    assert answer.status_code == 403
    assert not PartnerKey.objects.exists()


def test_partners_are_never_deleted(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")

    assert administrator.post(f"{LIST}{bank.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Partner.objects.filter(pk=bank.pk).exists()


def test_a_partner_that_never_was_is_not_found(administrator: Client) -> None:
    assert administrator.get(f"{LIST}nonsense/change/").status_code == 302
    assert administrator.get(f"{LIST}nonsense/close/").status_code == 403
