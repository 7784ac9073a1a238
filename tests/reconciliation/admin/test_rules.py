"""What the domain says stands beside what applies now; rules that make no sense are not kept."""

from typing import Any

import pytest
from django.test import Client

from reconciliation.models import Guard, TreatmentRule
from tests.signing.factories import the_bank, the_province
from tests.unipay.backoffice.world import member

RULES, GUARDS = "/admin/reconciliation/treatmentrule/", "/admin/reconciliation/guard/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def admin() -> Client:
    return member("adm", "administrator")


def rule(**fields: Any) -> dict[str, Any]:
    """What the form of a rule posts."""
    usual = {"partner": "", "period": "", "difference": "MISSING_HERE", "treatment": "CASE", "remark": "why"}
    return {**usual, **fields}


def departures(client: Client, of: str = "") -> list[tuple[str, str, str]]:
    """Where the tables above the list depart from what is usual."""
    tables = client.get(RULES, {"of": of} if of else {}).context["tables"]
    return [
        (table.title, str(line.difference), str(line.applies))
        for table in tables
        for line in table.lines
        if line.departs
    ]


def test_without_a_rule_the_tables_say_what_is_usual(admin: Client) -> None:
    tables = admin.get(RULES).context["tables"]

    assert [(table.title, len(table.lines)) for table in tables] == [
        ("bank against centre · daily increment", 8),
        ("bank against centre · monthly full", 8),
        ("centre against province · daily increment", 3),
        ("centre against province · monthly full", 3),
    ]
    assert departures(admin) == []


def test_a_partners_rule_shows_for_that_partner_and_period_only(admin: Client) -> None:
    bank = the_bank()

    answer = admin.post(f"{RULES}add/", rule(partner=bank.pk, period="FULL"))

    assert answer.status_code == 302
    assert departures(admin, bank.code) == [
        ("bank against centre · monthly full", "the bank has it, we do not", "let people decide")
    ]
    assert departures(admin) == []


def test_the_closest_rule_applies(admin: Client) -> None:
    bank = the_bank()
    TreatmentRule.objects.create(difference="MISSING_HERE", treatment="RETURN", remark="all")
    TreatmentRule.objects.create(difference="MISSING_HERE", treatment="CASE", partner=bank, remark="this one")

    assert [applies for _title, _difference, applies in departures(admin, bank.code)] == [
        "let people decide"
    ] * 2
    assert [applies for _title, _difference, applies in departures(admin)] == ["give it back to the bank"] * 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"treatment": "TERMINATE"}, "About this difference one can only"),
        ({"difference": "COLLISION", "treatment": "IGNORE"}, "About this difference one can only"),
        ({"treatment": "CREATE"}, "That is done anyway"),
        ({"remark": ""}, "This field is required"),
    ],
)
def test_a_rule_that_makes_no_sense_is_not_kept(admin: Client, fields: dict[str, str], words: str) -> None:
    answer = admin.post(f"{RULES}add/", rule(**fields))

    assert words in answer.content.decode()
    assert not TreatmentRule.objects.exists()


def test_a_rule_is_about_differences_of_its_partner(admin: Client) -> None:
    answer = admin.post(f"{RULES}add/", rule(partner=the_province().pk))

    assert "Such a difference does not occur with this partner." in answer.content.decode()
    assert not TreatmentRule.objects.exists()


def test_a_partner_may_be_given_back_what_is_usual(admin: Client) -> None:
    bank = the_bank()
    TreatmentRule.objects.create(difference="MISSING_HERE", treatment="CASE", remark="all")

    admin.post(f"{RULES}add/", rule(partner=bank.pk, treatment="CREATE"))

    assert departures(admin, bank.code) == []
    assert len(departures(admin)) == 2


def test_only_banks_and_provinces_are_offered(admin: Client) -> None:
    bank, province = the_bank(), the_province()

    form = admin.get(f"{RULES}add/").context["adminform"].form

    assert [each.pk for each in form.fields["partner"].queryset] == [bank.pk, province.pk]


def test_finance_reads_the_rules_and_changes_none() -> None:
    client = member("fin", "finance")

    assert client.get(RULES).status_code == 200
    assert client.post(f"{RULES}add/", rule()).status_code == 403
    assert not TreatmentRule.objects.exists()


def test_a_guard_is_kept_with_its_reason(admin: Client) -> None:
    bank = the_bank()
    said = {"partner": bank.pk, "shrink_permille": 5, "resend_hours": 24, "remark": "Sent half a list twice."}

    admin.post(f"{GUARDS}add/", said)

    guard = Guard.objects.get()
    assert (guard.partner, guard.shrink_permille, guard.remark) == (bank, 5, "Sent half a list twice.")
    assert "0.5 %" in admin.get(GUARDS).content.decode()


def test_a_guard_without_a_reason_is_not_kept(admin: Client) -> None:
    admin.post(f"{GUARDS}add/", {"partner": "", "shrink_permille": 5, "resend_hours": 24, "remark": ""})

    assert not Guard.objects.exists()
