"""What people may change of an arrangement, and when."""

import pytest
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse

from billing.admin.arrangement import ArrangementForm
from billing.models import Arrangement
from tests.billing.factories import make_arrangement, make_debit_run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def changed(arrangement: Arrangement, **said: object) -> ArrangementForm:
    shown = ArrangementForm(instance=arrangement)
    usual = model_to_dict(arrangement, fields=list(shown.fields))
    yuan = {name: usual[name] / 100 for name in ("minimum_fen", "approve_above_fen")}
    typed = {**usual, **yuan, "days": "5,15,25", "cap_fen": "", **said}
    return ArrangementForm(
        {name: value for name, value in typed.items() if value is not False}, instance=arrangement
    )


@pytest.mark.parametrize(("state", "is_possible"), [("SENT", False), ("CLOSED", True)])
def test_how_it_settles_is_not_changed_while_a_run_is_open(state: str, is_possible: bool) -> None:
    arrangement = make_arrangement()
    make_debit_run(state, arrangement=arrangement)

    form = changed(arrangement, answers_failures_only=True)

    assert form.is_valid() is is_possible
    assert form.errors.get("__all__", []) == (
        [] if is_possible else ["A run of it is not over; how it is settled can change after that."]
    )


def test_its_days_may_change_at_any_time() -> None:
    arrangement = make_arrangement()
    make_debit_run(arrangement=arrangement)

    assert changed(arrangement, days="25").is_valid()


def test_an_arrangement_has_its_dates_as_soon_as_it_is_entered(admin_client: Client) -> None:
    arrangement = make_arrangement()
    typed = {name: value for name, value in changed(arrangement).data.items() if value is not None}

    answer = admin_client.post(reverse("admin:billing_arrangement_change", args=[arrangement.pk]), typed)

    assert answer.status_code == 302
    assert {each.planned_date.day for each in arrangement.dates.all()} == {5, 15, 25}


def test_what_is_settled_at_export_allows_no_part() -> None:
    form = changed(make_arrangement(), settles_at_export=True, allows_partial=True)

    assert form.errors["allows_partial"] == [
        "A bill that is settled at export is paid in full or not at all: switch this off."
    ]
