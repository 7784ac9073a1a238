from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories import make_partner
from unipay.partners import maintenance
from unipay.partners.maintenance import Standing
from unipay.partners.models import MaintenanceWindow, Partner

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MERGE = import_module("unipay.partners.migrations.0003_keep_maintenance_windows_apart").MERGE

pytestmark = pytest.mark.django_db


def make_window(partner: Partner, begins_in: float, hours: float = 1) -> MaintenanceWindow:
    starts_at = NOW + begins_in * HOUR
    return MaintenanceWindow.objects.create(partner=partner, period=(starts_at, starts_at + hours * HOUR))


@pytest.mark.parametrize(
    ("begins_in", "hours", "standing"),
    [
        (-2, 1, Standing.PAST),
        (-1, 1, Standing.PAST),
        (-1, 1.5, Standing.NOW),
        (0, 1, Standing.NOW),
        (1, 1, Standing.SOON),
        (7 * 24, 1, Standing.SOON),
        (7 * 24 + 1, 1, Standing.LATER),
    ],
)
def test_a_window_stands_to_the_moment_as_the_list_says(
    begins_in: float, hours: float, standing: Standing
) -> None:
    make_window(make_partner("ICBC", key_id=""), begins_in, hours)
    window = maintenance.by_standing(MaintenanceWindow.objects.all(), NOW).get()

    assert window.standing == standing  # type: ignore[attr-defined]


def test_what_is_closed_now_comes_first_and_the_past_last() -> None:
    bank = make_partner("ICBC", key_id="")
    windows = {begins_in: make_window(bank, begins_in) for begins_in in (-5, 3, -0.5, 300)}

    ordered = list(maintenance.by_standing(MaintenanceWindow.objects.all(), NOW))

    assert ordered == [windows[-0.5], windows[3], windows[300], windows[-5]]


@pytest.mark.parametrize(("begins_in", "meets"), [(-1, False), (-0.5, True), (0.5, True), (1, False)])
def test_windows_of_one_partner_never_overlap(begins_in: float, meets: bool) -> None:
    bank = make_partner("ICBC", key_id="")
    make_window(bank, 0)
    found = maintenance.overlapping(bank, NOW + begins_in * HOUR, NOW + (begins_in + 1) * HOUR)

    assert (found is not None) == meets
    if meets:
        with pytest.raises(IntegrityError, match="one_maintenance_window_at_a_time"), transaction.atomic():
            make_window(bank, begins_in)
    else:
        make_window(bank, begins_in)
    assert MaintenanceWindow.objects.count() == (1 if meets else 2)


def test_two_partners_may_be_closed_at_the_same_time() -> None:
    make_window(make_partner("ICBC", key_id=""), 0)
    other = make_partner("CCB", key_id="")

    make_window(other, 0)

    assert maintenance.overlapping(other, NOW, NOW + HOUR) == MaintenanceWindow.objects.get(partner=other)


def test_a_window_does_not_meet_itself() -> None:
    bank = make_partner("ICBC", key_id="")
    window = make_window(bank, 0)

    assert maintenance.overlapping(bank, NOW, NOW + 2 * HOUR, without=window.pk) is None


def test_a_new_window_is_offered_as_the_coming_night() -> None:
    starts_at, ends_at = maintenance.usual(NOW)

    # NOW is noon of 2 March in Shanghai.
    assert starts_at == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert ends_at == datetime(2026, 3, 2, 20, tzinfo=UTC)


def test_windows_that_met_before_they_were_kept_apart_become_one() -> None:
    bank, other = make_partner("ICBC", key_id=""), make_partner("CCB", key_id="")
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE partners_maintenancewindow DROP CONSTRAINT one_maintenance_window_at_a_time"
        )
        windows = [
            make_window(bank, 0, 2),
            make_window(bank, 1, 2),
            make_window(bank, 9),
            make_window(other, 0),
        ]
        MaintenanceWindow.objects.filter(pk=windows[0].pk).update(remark="upgrade")
        MaintenanceWindow.objects.filter(pk=windows[1].pk).update(remark="tests")

        cursor.execute(MERGE)

    left = MaintenanceWindow.objects.order_by("id")
    assert [(each.pk, each.period.lower, each.period.upper) for each in left] == [
        (windows[0].pk, NOW, NOW + 3 * HOUR),
        (windows[2].pk, NOW + 9 * HOUR, NOW + 10 * HOUR),
        (windows[3].pk, NOW, NOW + HOUR),
    ]
    assert sorted(left[0].remark.split("; ")) == ["tests", "upgrade"]
