"""Break-glass: the administrator's rights for half an hour, for a reason, with an alarm, and noted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pghistory
import pytest
from django.contrib.auth.models import Group, User
from django.db import InternalError, transaction
from django.test import Client
from structlog.testing import capture_logs

from tests.factories import make_partner, make_province
from unipay import clock
from unipay.backoffice import break_glass
from unipay.backoffice.history import entries
from unipay.backoffice.models import BreakGlass, BreakGlassEnd, Posting
from unipay.backoffice.roles import BREAK_GLASS

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PASSWORD, REASON = "quiet river stone", "the network's administrator cannot be reached"
START, END = "/admin/account/break-glass/", "/admin/account/break-glass/end/"
USERS = "/admin/auth/user/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the clock to so many minutes after noon."""

    def set_clock(minutes: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=minutes))

    set_clock(0)
    return set_clock


@pytest.fixture
def on_duty(at: Any) -> Client:
    user = User.objects.create_user("night", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=BREAK_GLASS))
    client = Client()
    client.force_login(user)
    return client


def break_it(client: Client, *, reason: str = REASON, password: str = PASSWORD) -> Any:
    return client.post(START, {"reason": reason, "password": password})


def test_for_half_an_hour_the_administrators_pages_open(on_duty: Client, at: Any) -> None:
    assert on_duty.get(USERS).status_code == 403

    break_it(on_duty)

    at(29)
    assert on_duty.get(USERS).status_code == 200
    at(31)
    assert on_duty.get(USERS).status_code == 403


@pytest.mark.parametrize(
    ("reason", "password"), [("", PASSWORD), ("why not", PASSWORD), (REASON, "wrong"), (REASON, "")]
)
def test_without_a_reason_and_the_password_nothing_is_lent(
    on_duty: Client, reason: str, password: str
) -> None:
    assert break_it(on_duty, reason=reason, password=password).status_code == 200

    assert not BreakGlass.objects.exists()
    assert on_duty.get(USERS).status_code == 403


def test_who_has_not_the_right_cannot_break_it(client: Client, at: Any) -> None:
    client.force_login(User.objects.create_user("clerk", password=PASSWORD, is_staff=True))

    assert client.get(START).status_code == 403
    assert break_it(client).status_code == 403
    assert not BreakGlass.objects.exists()


def test_guessing_the_password_there_locks_out(on_duty: Client) -> None:
    for _each in range(5):
        last = break_it(on_duty, password="wrong")

    assert last.status_code == 429
    assert not break_it(on_duty).headers.get("Location")
    assert not BreakGlass.objects.exists()


def test_it_raises_the_alarm(on_duty: Client) -> None:
    before = break_glass.BROKEN._value.get()

    with capture_logs() as logs:
        break_it(on_duty)

    row = BreakGlass.objects.get()
    (event,) = [each for each in logs if each["event"] == "break_glass_started"]
    assert event["log_level"] == "critical"
    assert (event["break_glass_no"], event["reason"]) == (row.break_glass_no, REASON)
    assert break_glass.BROKEN._value.get() == before + 1
    assert (row.person.username, row.started_at, row.ends_at) == ("night", NOW, NOW + timedelta(minutes=30))


def test_a_banner_with_the_number_stands_on_every_page(on_duty: Client, at: Any) -> None:
    break_it(on_duty)
    number = BreakGlass.objects.get().break_glass_no

    pages = [on_duty.get(page).content.decode() for page in ("/admin/", "/admin/account/", USERS)]

    assert all(f"Break-glass {number}: you hold" in page for page in pages)
    at(31)
    assert number not in on_duty.get("/admin/").content.decode()


def test_what_is_done_meanwhile_carries_the_number(on_duty: Client) -> None:
    break_it(on_duty)
    colleague = User.objects.create_user("colleague", is_staff=True)
    province = make_province("ZJ", key_id="")
    form = {
        "username": "colleague",
        "is_active": "on",
        "is_staff": "on",
        "postings-TOTAL_FORMS": "1",
        "postings-INITIAL_FORMS": "0",
        "postings-0-user": str(colleague.pk),
        "postings-0-province": str(province.pk),
    }

    on_duty.post(f"{USERS}{colleague.pk}/change/", form)

    context = Posting.objects.get(user=colleague).events.get().pgh_context.metadata
    assert context["break_glass"] == BreakGlass.objects.get().break_glass_no


def test_it_is_ended_by_hand(on_duty: Client) -> None:
    break_it(on_duty)

    on_duty.post(END)

    assert on_duty.get(USERS).status_code == 403
    assert BreakGlassEnd.objects.get().at == NOW
    assert on_duty.get(END).status_code == 405


def test_money_and_contracts_are_not_the_administrators(on_duty: Client) -> None:
    break_it(on_duty)

    user = User.objects.get(username="night")

    assert not user.has_perm("signing.decide_manualcase")
    assert not user.has_perm("approvals.check_proposal")
    assert user.has_perm("auth.change_user")
    assert user.has_module_perms("auth")


def test_nobody_raises_oneself_or_gives_power_meanwhile(on_duty: Client) -> None:
    break_it(on_duty)
    user = User.objects.get(username="night")
    colleague = User.objects.create_user("colleague", is_staff=True)
    powerful = Group.objects.get(name="administrator")
    form = {"is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": [powerful.pk]}
    form |= {"postings-TOTAL_FORMS": "0", "postings-INITIAL_FORMS": "0"}

    for account in (user, colleague):
        on_duty.post(f"{USERS}{account.pk}/change/", {**form, "username": account.username})

    assert not User.objects.filter(is_superuser=True).exists()
    assert not powerful.user_set.exists()


def test_it_is_never_changed_nor_deleted(on_duty: Client) -> None:
    break_it(on_duty)

    for change in (lambda rows: rows.update(reason="another"), lambda rows: rows.delete()):
        with pytest.raises(InternalError, match="append_only"), transaction.atomic():
            change(BreakGlass.objects.all())


def test_administrators_and_auditors_see_it_on_the_overview(on_duty: Client, at: Any) -> None:
    auditor = Client()
    user = User.objects.create_user("auditor", is_staff=True)
    user.groups.add(Group.objects.get(name="auditor"))
    auditor.force_login(user)
    quiet = auditor.get("/admin/").content.decode()

    break_it(on_duty)

    alarmed = auditor.get("/admin/").content.decode()
    note = "Somebody holds the administrator&#x27;s rights now."
    assert (note in quiet, note in alarmed) == (False, True)
    assert note in on_duty.get("/admin/").content.decode()
    at(45)
    assert note not in auditor.get("/admin/").content.decode()


def test_the_history_of_a_row_names_the_emergency() -> None:
    partner = make_partner("ICBC", key_id="")
    user = User.objects.create_user("night")
    with pghistory.context(user=user.pk, break_glass="BG20260302-000001"):
        type(partner).objects.filter(pk=partner.pk).update(name="renamed")

    assert entries(partner)[0].who == "night (BG20260302-000001)"
