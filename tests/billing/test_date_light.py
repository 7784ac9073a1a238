"""How a debit date stands, by what is known of it."""

import pytest

from billing.date_light import LIGHT_OF, DateFacts, Light, Why, why


@pytest.mark.parametrize(
    ("facts", "reason", "light"),
    [
        (DateFacts(), Why.PLANNED, Light.COMING),
        (DateFacts(is_moved=True), Why.MOVED, Light.COMING),
        (DateFacts(is_skipped=True, is_past=True), Why.SKIPPED, Light.GREY),
        (DateFacts(is_past=True), Why.MISSED, Light.RED),
        (DateFacts(run_state="CLOSED", item_count=3), Why.DONE, Light.GREEN),
        (DateFacts(run_state="CLOSED"), Why.NOTHING_DUE, Light.GREEN),
        (DateFacts(run_state="CANCELLED", is_past=True), Why.CANCELLED, Light.GREY),
        (DateFacts(run_state="SELECTED"), Why.WORKING, Light.BLUE),
        (DateFacts(run_state="SENT", is_past=True), Why.AT_BANK, Light.BLUE),
        (DateFacts(run_state="SENT", is_overdue=True), Why.OVERDUE, Light.RED),
        (DateFacts(run_state="AWAITING_APPROVAL"), Why.APPROVAL, Light.AMBER),
        (DateFacts(run_state="APPROVED", is_stopped=True), Why.STOPPED, Light.AMBER),
        (DateFacts(run_state="APPROVED", is_stopped=True, has_failed=True), Why.FAILED, Light.RED),
    ],
)
def test_the_weightiest_reason_lights_the_date(facts: DateFacts, reason: Why, light: Light) -> None:
    assert why(facts) == reason
    assert LIGHT_OF[reason] == light
