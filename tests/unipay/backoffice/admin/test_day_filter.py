"""A list of one day holds what happened between two midnights in Shanghai."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.signing.factories import make_session
from unipay import clock

MIDNIGHT = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)  # in Shanghai the second of March begins

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MIDNIGHT + timedelta(hours=12))


def listed(client: Client, **asked: str) -> set[str]:
    context = client.get("/admin/signing/signingsession/", asked).context
    return {session.session_no for session in context["cl"].result_list}


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-03-01", {"S-late"}), ("2026-03-02", {"S-first", "S-last"}), ("2026-03-03", {"S-next"})],
)
def test_a_day_is_the_business_day(administrator: Client, day: str, expected: set[str]) -> None:
    moments = {
        "S-late": MIDNIGHT - timedelta(microseconds=1),
        "S-first": MIDNIGHT,
        "S-last": MIDNIGHT + timedelta(days=1, microseconds=-1),
        "S-next": MIDNIGHT + timedelta(days=1),
    }
    for session_no, opened_at in moments.items():
        make_session(session_no=session_no, opened_at=opened_at)

    assert listed(administrator, day=day) == expected


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "2026-3-2", "0001-01-01", "9999-12-31", ""])
def test_what_is_no_day_finds_nothing(administrator: Client, day: str) -> None:
    make_session(opened_at=MIDNIGHT)

    assert listed(administrator, day=day) == set()


def test_today_and_yesterday_are_offered_and_another_day_that_was_asked_for(administrator: Client) -> None:
    page = administrator.get("/admin/signing/signingsession/", {"day": "2026-02-20"})

    days = next(spec for spec in page.context["cl"].filter_specs if spec.parameter_name == "day")
    offered = [(str(each["display"]), each["selected"]) for each in days.choices(page.context["cl"])]
    assert offered == [("All", False), ("today", False), ("yesterday", False), ("2026-02-20", True)]
