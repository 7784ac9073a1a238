"""Finance looks at runs, and lets a stopped one go on in two people's names."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from reconciliation.models import Run
from tests.factories import make_province
from tests.plans import statements_sent
from tests.reconciliation.factories import DAY, make_discrepancy, make_run
from tests.signing.factories import fresh, the_bank, the_province
from tests.unipay.backoffice.world import member
from unipay.approvals.models import Proposal
from unipay.partners.models import Partner

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
MOST_STATEMENTS = 30

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def _morning() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def page_of(run: Run, verb: str = "change") -> str:
    return reverse(f"admin:reconciliation_run_{verb}", args=[run.pk])


def shown(client: Client, run: Run) -> str:
    """The run's page, white space folded."""
    answer = client.get(page_of(run))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def post(client: Client, run: Run, verb: str, remark: str = "The bank closed.") -> int:
    answer = client.post(page_of(run, verb), {"confirmed": "yes", "remark": remark})
    return answer.status_code


def test_a_stopped_run_says_what_would_happen_and_how_much_that_is() -> None:
    run = make_run()
    make_discrepancy(run, "MISSING_AT_BANK")
    make_discrepancy(run, "MISSING_HERE")
    make_discrepancy(run, "DIFFERS", state="CARRIED")

    page = shown(member("fin", "finance"), run)

    assert "It would end 50 of 1,000 contracts (5.0 %); up to 1.0 % pass unseen." in page
    assert "1 contract ends here" in page
    assert "1 contract is created here" in page
    assert "takes the bank" not in page
    assert page_of(run, "proceed") in page
    assert page_of(run, "refuse") in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"waits_for": "PREDECESSOR", "waits_for_what": "ICBC 2026-11-18"},
            "an earlier day is still missing: ICBC 2026-11-18",
        ),
        (
            {"waits_for": "BANKS", "waits_for_what": "ABC 2026-11-20"},
            "these banks are not even with us yet: ABC 2026-11-20",
        ),
        ({"waits_for": "LAYOUT", "waits_for_what": "ZJ"}, "how the correction file is written: ZJ"),
        ({}, "It begins in a moment."),
    ],
)
def test_a_waiting_run_says_for_what(fields: dict[str, str], words: str) -> None:
    assert words in shown(member("fin", "finance"), make_run("OPENED", **fields))


def test_a_run_that_failed_says_so_and_when_it_is_tried_again() -> None:
    run = make_run("MATCHED", last_error="OutOfMemory", attempts=2, next_attempt_at=NOW)

    page = shown(member("ops", "operations"), run)

    assert "It failed 2 times; it is tried again at 2026-11-21 11:00." in page
    assert "OutOfMemory" in page
    assert "The corrections are being made." not in page


@pytest.mark.parametrize(
    ("state", "current", "done"),
    [
        ("OPENED", "its turn", 1),
        ("RECEIVED", "compared", 2),
        ("AWAITING_APPROVAL", "allowed to go on", 3),
        ("APPROVED", "our book corrected", 4),
    ],
)
def test_the_stages_say_where_the_run_stands(state: str, current: str, done: int) -> None:
    answer = member("fin", "finance").get(page_of(make_run(state)))

    stages = answer.context["page"].stages
    assert [stage.title for stage in stages if stage.progress in ("now", "stopped")] == [current]
    assert sum(stage.progress == "done" for stage in stages) == done


@pytest.mark.parametrize("state", ["REFUSED", "OVERTAKEN"])
def test_a_run_that_ended_early_shows_what_it_did_not_come_to(state: str) -> None:
    answer = member("fin", "finance").get(page_of(make_run(state, remark="cut off")))

    stages = answer.context["page"].stages
    assert [stage.progress for stage in stages[1:]] == ["skipped"] * 4 + ["stopped"]


def test_a_closed_province_run_has_passed_every_stage() -> None:
    answer = member("fin", "finance").get(page_of(make_run("CLOSED", partner=the_province())))

    stages = answer.context["page"].stages
    assert [stage.title for stage in stages] == [
        "file accepted",
        "its turn",
        "compared",
        "allowed to go on",
        "correction file sent",
        "answered by the province",
        "closed",
    ]
    assert {stage.progress for stage in stages} == {"done"}


def test_bars_lead_to_the_discrepancies_they_count() -> None:
    run = make_run()
    row = make_discrepancy(run, "DIFFERS")
    make_discrepancy(run, "MISSING_HERE")
    client = member("fin", "finance")

    ranking = client.get(page_of(run)).context["page"].by_difference
    listed = client.get(ranking.stages[0].step.link).context["cl"].result_list

    assert [(stage.step.title, stage.step.figure) for stage in ranking.stages][0] == (
        "Both have it, with other particulars",
        1,
    )
    assert [each.pk for each in listed] == [row.pk]


def test_a_refused_run_has_nothing_left_to_be_done() -> None:
    run = make_run(state="REFUSED")
    make_discrepancy(run, treatment="TERMINATE")

    assert list(member("fin", "finance").get(page_of(run)).context["page"].planned) == []


def test_of_many_provinces_the_ten_with_the_most_are_shown() -> None:
    run = make_run()
    for number in range(12):
        make_discrepancy(run, province=make_province(f"P{number}", prefix=f"1381{number:03}"))
    make_discrepancy(run, province=Partner.objects.get(code="P11"))

    ranking = member("fin", "finance").get(page_of(run)).context["page"].by_province

    assert ranking.ranked.title == "By province: the ten with the most"
    assert [stage.step.figure for stage in ranking.stages] == [2, *[1] * 9]


def test_finance_proposes_a_checker_approves_and_the_run_goes_on() -> None:
    run = make_run()
    maker, checker = member("fin", "finance"), member("chk", "finance_checker")

    assert post(maker, run, "proceed") == 302
    proposal = Proposal.objects.get()
    assert fresh(run).state == "AWAITING_APPROVAL"
    assert "Waiting for a second person" in shown(checker, run)
    approve = reverse("admin:approvals_proposal_approve_one", args=[proposal.pk])
    assert "It would end 50 of 1,000 contracts" in checker.get(approve).content.decode()
    checker.post(approve, {"confirmed": "yes", "remark": "asked the bank"})

    run = fresh(run)
    assert run.approved_by is not None
    assert (run.state, run.approved_by.username) == ("APPROVED", "chk")


def test_the_queue_of_proposals_names_the_run_without_asking_for_it() -> None:
    client, maker = member("chk", "finance_checker"), member("fin", "finance")
    queue = "/admin/approvals/proposal/"
    post(maker, make_run(partner=the_bank(name_en="Industrial Bank")), "proceed")
    client.get(queue)

    with statements_sent() as one:
        page = client.get(queue).content.decode()
    post(maker, make_run(partner=the_bank("CCB")), "refuse")
    with statements_sent() as two:
        client.get(queue)

    assert "Industrial Bank 2026-11-20: go on and make the corrections" in page
    assert len(two) == len(one)


def test_finance_proposes_to_refuse_the_file() -> None:
    run = make_run()

    post(member("fin", "finance"), run, "refuse", "It is cut off.")

    proposal = Proposal.objects.get()
    assert (proposal.action, proposal.remark) == ("REFUSE", "It is cut off.")


def test_a_proposal_needs_a_remark() -> None:
    run = make_run()

    assert post(member("fin", "finance"), run, "proceed", " ") == 200

    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    "role", ["finance_checker", "operations", "auditor", "customer_service", "administrator"]
)
def test_others_than_finance_propose_nothing(role: str) -> None:
    run = make_run()
    client = member("other", role)

    assert post(client, run, "proceed") == 403
    assert post(client, run, "refuse") == 403
    assert not Proposal.objects.exists()
    assert page_of(run, "proceed") not in shown(client, run)


def test_a_run_that_cannot_go_on_says_why() -> None:
    run = make_run("CLOSED")

    answer = member("fin", "finance").get(page_of(run, "proceed"))

    assert "The run does not wait for approval." in answer.content.decode()


def test_operations_let_a_waiting_run_go_before_its_turn() -> None:
    run = make_run("OPENED", waits_for="PREDECESSOR", waits_for_what="ICBC 2026-11-18")

    post(member("ops", "operations"), run, "release", "It will never come.")

    run = fresh(run)
    assert run.released_by is not None
    assert (run.state, run.released_by.username, run.remark) == ("RECEIVED", "ops", "It will never come.")


def test_operations_have_a_closed_run_compared_again() -> None:
    run = make_run("CLOSED")

    post(member("ops", "operations"), run, "reopen", "The book was repaired.")

    assert (fresh(run).state, fresh(run).round) == ("RECEIVED", 2)


@pytest.mark.parametrize("verb", ["release", "reopen"])
def test_finance_neither_releases_nor_opens_again(verb: str) -> None:
    run = make_run(
        "OPENED" if verb == "release" else "CLOSED", **({"waits_for": "BANKS"} if verb == "release" else {})
    )
    before = run.state

    assert post(member("fin", "finance"), run, verb) == 403
    assert fresh(run).state == before


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("needs=approval", ["AWAITING_APPROVAL"]),
        ("needs=turn", ["OPENED"]),
        ("needs=answer", ["EXPORTED"]),
        ("needs=unfinished", ["AWAITING_APPROVAL", "EXPORTED", "OPENED"]),
        ("needs=stuck", []),
        (f"day={DAY}", ["AWAITING_APPROVAL", "CLOSED", "EXPORTED", "OPENED"]),
        ("day=2026-11-19", []),
        ("day=nonsense", []),
        ("side__exact=PROVINCE", ["EXPORTED"]),
        ("period__exact=INCREMENT", ["CLOSED", "OPENED"]),
    ],
)
def test_the_list_is_narrowed(query: str, expected: list[str]) -> None:
    make_run()
    make_run("CLOSED", period="INCREMENT")
    make_run("OPENED", period="INCREMENT", partner=the_bank("CCB"), waits_for="PREDECESSOR")
    make_run("EXPORTED", partner=the_province())

    answer = member("fin", "finance").get(f"/admin/reconciliation/run/?{query}")

    assert sorted(run.state for run in answer.context["cl"].result_list) == expected


def test_a_run_is_found_by_its_number_as_it_is_read_out() -> None:
    run = make_run()
    make_run("CLOSED", period="INCREMENT")
    read_out = run.run_no.lower().replace("-", " ")

    answer = member("fin", "finance").get("/admin/reconciliation/run/", {"q": read_out})

    assert [each.pk for each in answer.context["cl"].result_list] == [run.pk]


def test_an_empty_list_says_where_runs_come_from() -> None:
    answer = member("fin", "finance").get("/admin/reconciliation/run/")

    assert "A run is opened for every file of contracts that is accepted" in answer.content.decode()


def test_who_is_posted_to_a_province_sees_its_runs_only() -> None:
    make_run()
    make_run("EXPORTED", partner=make_province("GD", prefix="1390200"))
    own = make_run("EXPORTED", partner=the_province())
    client = member("zj", "customer_service", province=the_province())

    answer = client.get("/admin/reconciliation/run/")

    assert [each.pk for each in answer.context["cl"].result_list] == [own.pk]


def test_a_page_asks_no_more_the_more_there_is() -> None:
    run = make_run()
    client = member("fin", "finance")
    client.get(page_of(run))

    def asked(address: str) -> int:
        with statements_sent() as sent:
            assert client.get(address).status_code == 200
        return len(sent)

    few = [asked(page_of(run)), asked("/admin/reconciliation/run/")]
    for day in range(1, 12):
        make_run("CLOSED", partner=the_bank(f"B{day:02d}"))
        make_discrepancy(run, "DIFFERS")
    many = [asked(page_of(run)), asked("/admin/reconciliation/run/")]

    # The first discrepancy brings the titles of its provinces.
    assert many[0] <= few[0] + 1
    assert many[1] == few[1]
    assert max(many) <= MOST_STATEMENTS
