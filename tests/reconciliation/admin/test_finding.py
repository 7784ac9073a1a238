"""Runs are found from anywhere, and a number's page tells its discrepancies in sentences."""

import pytest
from django.urls import reverse

from reconciliation.admin.subscriber import sentence
from tests.factories import make_province
from tests.reconciliation.factories import MSISDN, make_discrepancy, make_run
from tests.signing.factories import make_contract, the_province
from tests.unipay.backoffice.world import member
from unipay.backoffice.subscriber import seal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_a_run_is_found_from_anywhere() -> None:
    run = make_run()

    answer = member("fin", "finance").post("/admin/find/", {"term": run.run_no.lower().replace("-", " ")})

    assert answer.headers["Location"] == reverse("admin:reconciliation_run_change", args=[run.pk])


def test_a_run_of_another_province_is_not_found() -> None:
    run = make_run("EXPORTED", partner=make_province("GD", prefix="1390200"))

    client = member("zj", "customer_service", province=the_province())

    assert "Location" not in client.post("/admin/find/", {"term": run.run_no}).headers


@pytest.mark.parametrize(
    ("difference", "state", "words"),
    [
        ("MISSING_HERE", "CORRECTED", "ICBC: the bank has it, we do not; corrected."),
        ("DIFFERS", "OPEN", "ICBC: both have it, with other particulars (recharge amount); open."),
        (
            "MISSING_AT_BANK",
            "CARRIED",
            "ICBC: we have it, the bank does not; left for the next run, as changed after the file's cut-off.",
        ),
        (
            "MISSING_HERE",
            "IGNORED",
            "ICBC: the bank has it, we do not; left as it is: Somebody said so..",
        ),
        ("MISSING_HERE", "EXPORTED", "ICBC: the bank has it, we do not; sent out, not answered yet."),
    ],
)
def test_a_discrepancy_is_one_sentence(difference: str, state: str, words: str) -> None:
    assert sentence(make_discrepancy(make_run(), difference, state=state)) == words


def test_the_page_of_a_number_shows_its_discrepancies_and_no_others() -> None:
    run = make_run()
    make_discrepancy(run, "DIFFERS")
    make_discrepancy(run, "COLLISION", msisdn="13902000002")

    page = member("clerk", "customer_service").get(f"/admin/subscriber/{seal(MSISDN)}/").content.decode()

    assert "both have it, with other particulars" in page
    assert "the number is signed with somebody else" not in page


def test_a_number_that_never_differed_says_so() -> None:
    make_contract()

    page = member("clerk", "customer_service").get(f"/admin/subscriber/{seal(MSISDN)}/").content.decode()

    assert "never differed from ours over this number" in page
