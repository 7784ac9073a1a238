from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils.timezone import localtime
from psycopg2.extras import DateTimeTZRange

from tests.factories import make_partner
from unipay import clock
from unipay.partners import maintenance
from unipay.partners.models import MaintenanceWindow, Partner

LIST = "/admin/partners/maintenancewindow/"
HOUR = timedelta(hours=1)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def make_window(partner: Partner, begins_in: float, hours: float = 1) -> MaintenanceWindow:
    starts_at = clock.now() + begins_in * HOUR
    period = DateTimeTZRange(starts_at, starts_at + hours * HOUR)
    return MaintenanceWindow.objects.create(partner=partner, period=period)


def given(partner: Partner, starts_at: datetime, ends_at: datetime) -> dict[str, str]:
    ends = {"starts_at": localtime(starts_at), "ends_at": localtime(ends_at)}
    fields = {f"{name}_0": f"{moment:%Y-%m-%d}" for name, moment in ends.items()}
    return {
        **fields,
        **{f"{name}_1": f"{moment:%H:%M:%S}" for name, moment in ends.items()},
        "partner": partner.pk,
    }


def test_windows_are_listed_now_first_with_their_standing(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")
    past, later, running = make_window(bank, -5), make_window(bank, 2), make_window(bank, -0.5)

    page = administrator.get(LIST)

    assert list(page.context["cl"].result_list) == [running, later, past]
    assert "closed now" in page.content.decode()


@pytest.mark.parametrize(("when", "begins_in"), [("NOW", -0.5), ("SOON", 2), ("LATER", 300), ("PAST", -5)])
def test_windows_are_filtered_by_when(administrator: Client, when: str, begins_in: float) -> None:
    bank = make_partner("ICBC", key_id="")
    windows = {each: make_window(bank, each) for each in (-5, -0.5, 2, 300)}

    found = administrator.get(LIST, {"when": when}).context["cl"].result_list

    assert list(found) == [windows[begins_in]]


def test_a_new_window_is_offered_as_the_coming_night(administrator: Client) -> None:
    starts_at, _ends_at = maintenance.usual(clock.now())

    page = administrator.get(f"{LIST}add/").content.decode()

    assert f'value="{localtime(starts_at):%Y-%m-%d}"' in page
    assert 'value="04:00"' in page


def test_a_window_that_meets_another_is_refused_and_the_other_is_named(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")
    other = make_window(bank, 2, hours=3)

    page = administrator.post(
        f"{LIST}add/", given(bank, other.period.lower + HOUR, other.period.upper + HOUR)
    )

    assert f"It meets another window: {other}." in page.content.decode()
    assert MaintenanceWindow.objects.count() == 1


def test_a_window_is_added_and_moved(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")
    starts_at = maintenance.usual(clock.now())[0]

    administrator.post(f"{LIST}add/", given(bank, starts_at, starts_at + HOUR))
    window = MaintenanceWindow.objects.get()
    administrator.post(f"{LIST}{window.pk}/change/", given(bank, starts_at, starts_at + 2 * HOUR))

    window.refresh_from_db()
    assert (window.period.lower, window.period.upper) == (starts_at, starts_at + 2 * HOUR)


def test_a_window_that_is_over_is_history(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")
    window = make_window(bank, -5)

    changed = administrator.post(f"{LIST}{window.pk}/change/", given(bank, clock.now(), clock.now() + HOUR))
    deleted = administrator.post(f"{LIST}{window.pk}/delete/", {"post": "yes"})

    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert MaintenanceWindow.objects.get().period.upper == window.period.upper


def test_who_may_only_look_closes_nobody(clerk: Callable[..., Client]) -> None:
    bank = make_partner("ICBC", key_id="")
    looking = clerk("partners.view_maintenancewindow")

    answer = looking.post(f"{LIST}add/", given(bank, clock.now(), clock.now() + HOUR))

    assert answer.status_code == 403
    assert not MaintenanceWindow.objects.exists()


def test_a_long_list_costs_a_few_queries(
    administrator: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(30):
        make_window(make_partner(f"B{number}", key_id=""), number)

    with django_assert_max_num_queries(14):
        administrator.get(LIST)
