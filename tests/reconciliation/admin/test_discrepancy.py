"""What differs, both sides next to each other; single ones are held back or left as they are."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reconciliation.models import Discrepancy, TreatmentRule
from tests.factories import make_province
from tests.plans import statements_sent
from tests.reconciliation.factories import MSISDN, OURS, THEIRS, make_discrepancy, make_run
from tests.signing.factories import fresh, make_case, make_contract, the_bank, the_province
from tests.unipay.backoffice.world import member
from unipay.backoffice.models import Disclosure
from unipay.backoffice.subscriber import seal

LIST = "/admin/reconciliation/discrepancy/"
OTHER = "13902000002"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def page_of(row: Discrepancy, verb: str = "change") -> str:
    return reverse(f"admin:reconciliation_discrepancy_{verb}", args=[row.pk])


def listed(client: Client, query: str = "") -> list[int]:
    """The rows of the list, in its order."""
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    return [row.pk for row in answer.context["cl"].result_list]


def shown(client: Client, row: Discrepancy) -> str:
    """The page of the discrepancy, white space folded."""
    answer = client.get(page_of(row))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def chosen(action: str, *rows: Discrepancy, remark: str = "The bank is asked.") -> dict[str, Any]:
    """What the list posts to do something to these rows."""
    picked = [row.pk for row in rows]
    return {"action": action, "_selected_action": picked, "confirmed": "yes", "remark": remark}


def test_both_sides_stand_beside_each_other_with_what_differs_marked() -> None:
    row = make_discrepancy(make_run(), "DIFFERS")

    lines = member("fin", "finance").get(page_of(row)).context["page"].lines

    differing = [(str(line.label), line.ours, line.theirs) for line in lines if line.differs]
    assert differing == [("recharge amount", "¥50.00", "¥100.00")]
    assert ("account", "622202******0128", "622202******0128") in [
        (str(line.label), line.ours, line.theirs) for line in lines
    ]


def test_a_differing_account_is_marked_where_its_mask_stands() -> None:
    theirs = {**THEIRS, "account_mask": "622848******8877"}
    row = make_discrepancy(make_run(), "DIFFERS", theirs=theirs, attributes=["account"])

    lines = member("fin", "finance").get(page_of(row)).context["page"].lines

    assert [(line.ours, line.theirs) for line in lines if line.differs] == [
        ("622202******0128", "622848******8877")
    ]


@pytest.mark.parametrize(
    ("difference", "words"),
    [("MISSING_HERE", "Our book has no such contract."), ("MISSING_AT_BANK", "Their file does not have it.")],
)
def test_a_side_that_has_nothing_says_so(difference: str, words: str) -> None:
    assert words in shown(member("fin", "finance"), make_discrepancy(make_run(), difference))


def test_personal_data_is_masked_in_the_list_on_the_page_and_in_files() -> None:
    secrets = {"account_number": "k1:sealed", "holder_name": "k1:sealed"}
    row = make_discrepancy(make_run(), "DIFFERS", their_secrets=secrets)
    client = member("fin", "finance")

    pages = [
        client.get(LIST).content.decode(),
        client.get(page_of(row)).content.decode(),
        client.post(f"{LIST}export/", {"format": "csv"}).content.decode("utf-8-sig"),
    ]

    for page in pages:
        assert "138 **** 0001" in page
        assert MSISDN not in page
        assert OURS["secondary_msisdns"][0] not in page
        assert "k1:sealed" not in page


def test_the_number_is_shown_for_a_reason_that_is_kept() -> None:
    row = make_discrepancy(make_run())

    answer = member("clerk", "customer_service").post(page_of(row, "reveal"), {"reason": "the bank asks"})

    assert MSISDN in answer.content.decode()
    assert Disclosure.objects.get().reason == "the bank asks"


def test_the_list_of_a_run_is_that_of_its_present_round_in_the_order_of_the_file() -> None:
    run = make_run(round=2)
    old = make_discrepancy(run, "DIFFERS", round=1)
    second, first = make_discrepancy(run, "MISSING_HERE"), make_discrepancy(run, "DIFFERS")
    make_discrepancy(make_run("CLOSED", period="INCREMENT"))
    client = member("fin", "finance")

    assert listed(client, f"run={run.run_no}") == [first.pk, second.pk]
    assert listed(client, f"run={run.run_no}&round=1") == [old.pk]
    assert listed(client, "run=R-0") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("difference=DIFFERS", ["DIFFERS"]),
        ("state=CARRIED", ["MISSING_HERE"]),
        ("treatment=TERMINATE", ["MISSING_AT_BANK"]),
        ("shield=CHANGED_SINCE", ["MISSING_HERE"]),
        ("needs=carried", ["MISSING_HERE"]),
        ("needs=unanswered", []),
        ("province=none", []),
        ("province=nonsense", []),
        ("difference=NONSENSE", []),
        ("day=2026-11-21", ["DIFFERS", "MISSING_AT_BANK", "MISSING_HERE"]),
        ("day=2026-11-20", []),
        ("day=nonsense", []),
    ],
)
def test_the_list_is_narrowed(query: str, expected: list[str]) -> None:
    run = make_run()
    make_discrepancy(run, "DIFFERS")
    make_discrepancy(run, "MISSING_AT_BANK")
    make_discrepancy(run, "MISSING_HERE", state="CARRIED")
    client = member("fin", "finance")

    for scope in ("", f"&run={run.run_no}"):
        rows = Discrepancy.objects.in_bulk(listed(client, query + scope))
        assert sorted(row.difference for row in rows.values()) == expected


def test_a_number_is_asked_for_by_its_seal_and_found_by_itself() -> None:
    run = make_run()
    row = make_discrepancy(run)
    make_discrepancy(run, msisdn=OTHER)
    client = member("fin", "finance")

    assert listed(client, f"number={seal(MSISDN)}") == [row.pk]
    assert listed(client, f"q={MSISDN}") == [row.pk]
    assert listed(client, "number=forged") == []


def test_the_discrepancies_of_a_contract_are_found_by_its_number() -> None:
    contract = make_contract()
    row = make_discrepancy(make_run(), contract=contract)

    assert listed(member("fin", "finance"), f"q={contract.contract_no}") == [row.pk]


def test_who_is_posted_to_a_province_sees_its_discrepancies_only() -> None:
    run = make_run()
    own = make_discrepancy(run)
    other = make_discrepancy(run, province=make_province("GD", prefix="1390200"))
    client = member("zj", "customer_service", province=the_province())

    assert listed(client) == [own.pk]
    assert client.get(page_of(other)).status_code == 302


def test_the_page_leads_to_contract_case_run_and_number() -> None:
    contract = make_contract()
    case = make_case(standing=contract)
    run = make_run("CLOSED")
    row = make_discrepancy(run, "DIFFERS", state="CASE", contract=contract, case=case)

    page = shown(member("fin", "finance"), row)

    for name, pk in (
        ("signing_contract", contract.pk),
        ("signing_manualcase", case.pk),
        ("reconciliation_run", run.pk),
    ):
        assert reverse(f"admin:{name}_change", args=[pk]) in page
    assert "/admin/subscriber/" in page
    assert "line 17" in page


def test_the_same_in_other_runs_is_told_oldest_first() -> None:
    first = make_run("CLOSED", period="INCREMENT", business_date=date(2026, 11, 18))
    second = make_run("CLOSED", period="INCREMENT", business_date=date(2026, 11, 19))
    oldest = make_discrepancy(first, "DIFFERS", state="CARRIED", taken_up_by=second)
    middle = make_discrepancy(second, "DIFFERS", state="CARRIED", carried_from=oldest)
    newest = make_discrepancy(make_run(), "DIFFERS", carried_from=middle)

    history = member("fin", "finance").get(page_of(middle)).context["page"].history

    assert [(each.row.pk, each.is_this) for each in history] == [
        (oldest.pk, False),
        (middle.pk, True),
        (newest.pk, False),
    ]


def test_the_page_says_why_it_is_treated_so() -> None:
    run = make_run()
    usual = make_discrepancy(run, "DIFFERS")
    TreatmentRule.objects.create(difference="MISSING_HERE", treatment="CASE", remark="First look at each.")
    ruled = make_discrepancy(run, "MISSING_HERE", treatment="CASE")
    outdated = make_discrepancy(run, "MISSING_AT_BANK", treatment="IGNORE")
    client = member("fin", "finance")

    assert "That is what is always done about such a difference." in shown(client, usual)
    assert "A rule says so: First look at each." in shown(client, ruled)
    assert "A rule said so that has been changed since." in shown(client, outdated)


def test_a_carried_one_says_why() -> None:
    row = make_discrepancy(make_run("CLOSED"), state="CARRIED", shield="OPEN_CASE")

    assert "It was left for the next run: people are still deciding about it." in shown(
        member("fin", "finance"), row
    )


def test_finance_holds_several_back_and_reads_what_became_of_each() -> None:
    run = make_run()
    rows = [make_discrepancy(run, "MISSING_AT_BANK"), make_discrepancy(run, "DIFFERS", state="CORRECTED")]

    answer = member("fin", "finance").post(LIST, chosen("hold_back", *rows))

    page = answer.content.decode()
    assert "What became of each" in page
    assert "Something was done about the discrepancy already." in page
    assert [(fresh(row).state, fresh(row).shield) for row in rows] == [
        ("CARRIED", "HELD_BACK"),
        ("CORRECTED", ""),
    ]
    assert fresh(run).shrink_count == 49


def test_before_that_a_page_says_what_is_not_done() -> None:
    row = make_discrepancy(make_run())
    asked = {key: value for key, value in chosen("hold_back", row).items() if key != "confirmed"}

    answer = member("fin", "finance").post(LIST, asked)

    assert "Not done: terminate it here" in answer.content.decode()
    assert fresh(row).state == "OPEN"


@pytest.mark.parametrize(("verb", "state"), [("hold_back_one", "CARRIED"), ("ignore_one", "IGNORED")])
def test_finance_sets_one_aside_on_its_page(verb: str, state: str) -> None:
    row = make_discrepancy(make_run())

    member("fin", "finance").post(page_of(row, verb), {"confirmed": "yes", "remark": "why"})

    assert fresh(row).state == state


def test_the_page_offers_what_is_still_possible() -> None:
    run = make_run()
    opened, treated = make_discrepancy(run), make_discrepancy(run, state="CORRECTED")
    carried = make_discrepancy(run, state="CARRIED")
    client = member("fin", "finance")

    def offered(row: Discrepancy) -> list[bool]:
        page = shown(client, row)
        return [page_of(row, verb) in page for verb in ("hold_back_one", "ignore_one")]

    assert [offered(row) for row in (opened, carried, treated)] == [
        [True, True],
        [False, True],
        [False, False],
    ]


@pytest.mark.parametrize("role", ["finance_checker", "operations", "auditor", "customer_service"])
@pytest.mark.parametrize("action", ["hold_back", "ignore"])
def test_others_than_finance_set_nothing_aside(role: str, action: str) -> None:
    row = make_discrepancy(make_run())
    client = member("other", role)

    client.post(LIST, chosen(action, row))
    client.post(page_of(row, f"{action}_one"), {"confirmed": "yes", "remark": "why"})

    assert fresh(row).state == "OPEN"


def test_the_list_asks_no_more_the_more_there_is() -> None:
    run = make_run()
    make_discrepancy(run)
    client = member("fin", "finance")
    listed(client)

    with statements_sent() as few:
        listed(client, f"run={run.run_no}")
    for number in range(12):
        province = make_province(f"P{number}", prefix=f"13700{number:02d}")
        make_discrepancy(make_run("CLOSED", partner=the_bank(f"B{number}")), "DIFFERS", province=province)
        make_discrepancy(run, "DIFFERS", province=province)
    with statements_sent() as many:
        listed(client, f"run={run.run_no}")

    assert len(many) == len(few)
