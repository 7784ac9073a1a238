"""Finance follows debit runs: the calendar, what a run would do, its page, and what two people may do about it."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from billing.flows import debit_proposal
from billing.flows.debit_proposal import Way
from billing.models import DebitDate, DebitRun
from tests.billing.admin import pages
from tests.billing.admin.pages import address
from tests.billing.factories import (
    DAY,
    MSISDN,
    NOW,
    make_arrangement,
    make_batch,
    make_bill,
    make_debit_run,
    make_exclusion,
    make_item,
    make_return,
    make_return_line,
)
from tests.signing.factories import make_contract, the_bank, the_province
from tests.unipay.backoffice.world import member
from tests.unipay.exchange.factories import make_sent
from unipay.approvals.models import Proposal
from unipay.backoffice.models import Posting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart", "english")]
read = partial(pages.read, most=40)


def steps_of(way: Any) -> list[tuple[str, int, int]]:
    """Each step of a funnel with its figure and share."""
    return [(stage.step.title, stage.step.figure, stage.share) for stage in way.stages]


def test_a_run_shows_its_way_from_due_bills_to_money(finance: Client) -> None:
    run = make_debit_run(bill_count=4, item_count=4, asked_fen=20_000, excluded_count=1, excluded_fen=5000)
    make_item(run, "SETTLED")
    make_item(run, "PARTLY_SETTLED", attempt=2)
    make_item(run, "FAILED", reason_code="insufficient_funds")
    make_item(run, "SENT")
    make_exclusion(run, make_bill(), "NO_CONTRACT")

    answer = finance.get(address(run))
    page = " ".join(answer.content.decode().split())

    assert steps_of(answer.context["page"].bills_way) == [("bills due", 5, 100), ("bills asked for", 4, 80)]
    assert steps_of(answer.context["page"].debits_way) == [
        ("debits", 4, 100),
        ("answered", 3, 75),
        ("debited", 2, 50),
    ]
    assert "66 % of what was answered" in page
    assert "Not enough money in the account" in page
    assert "Attempt 1: 1 of 2" in page
    assert f"/admin/billing/debitexclusion/?run={run.run_no}&amp;reason=NO_CONTRACT" in page
    assert "The request files are out; the bank has not answered every line yet." in page


def test_an_offline_run_says_what_is_confirmed_reversed_and_outstanding(finance: Client) -> None:
    run = make_debit_run(arrangement=make_arrangement("OFFLINE"))
    for state in ("SETTLED", "FAILED", "SENT", "SENT"):
        make_item(run, state)

    facts = dict(finance.get(address(run)).context["sheet"].facts)

    assert [
        facts[name].text for name in ("settled at export", "confirmed", "reversed again", "not confirmed yet")
    ] == [
        "¥200.00",
        "¥50.00",
        "¥50.00",
        "¥100.00",
    ]


@pytest.mark.parametrize(
    ("fields", "done", "now"),
    [
        ({"state": "OPENED"}, 1, "bills selected"),
        ({"state": "AWAITING_APPROVAL"}, 2, "allowed to leave"),
        ({"state": "SENT"}, 4, "answered by the bank"),
        ({"state": "CLOSED"}, 6, ""),
    ],
)
def test_the_stages_say_where_the_run_stands(
    fields: dict[str, str], done: int, now: str, finance: Client
) -> None:
    stages = finance.get(address(make_debit_run(**fields))).context["page"].stages

    assert sum(stage.progress == "done" for stage in stages) == done
    assert "".join(stage.title for stage in stages if stage.is_current) == now


def test_a_run_that_waits_for_people_is_not_called_stopped(finance: Client) -> None:
    stages = finance.get(address(make_debit_run("AWAITING_APPROVAL"))).context["page"].stages

    assert [(stage.progress, stage.word) for stage in stages if stage.is_current] == [
        ("waiting", "waits for people")
    ]


def test_a_cancelled_run_shows_what_it_did_not_come_to(finance: Client) -> None:
    stages = finance.get(address(make_debit_run("CANCELLED"))).context["page"].stages

    assert [stage.progress for stage in stages] == [
        "done",
        "done",
        "skipped",
        "skipped",
        "skipped",
        "stopped",
    ]


def test_a_failed_and_a_stopped_run_say_so(finance: Client) -> None:
    run = make_debit_run("APPROVED", is_stopped=True, last_error="disk full", attempts=2, next_attempt_at=NOW)

    page = read(finance, address(run))

    assert "People stopped it: no further file leaves until it is resumed." in page
    assert "It failed 2 times; it is tried again at 2026-11-05 10:00: disk full" in page
    assert address(run, "resume") in page


def test_one_person_proposes_to_send_and_another_approves(finance: Client) -> None:
    run = make_debit_run("AWAITING_APPROVAL", item_count=1, asked_fen=5000)
    checker = member("chk", "finance_checker")

    finance.post(address(run, "send"), {"confirmed": "yes", "remark": "As every month."})
    mine, theirs = read(finance, address(run)), read(checker, address(run))

    assert "You proposed this yourself, so somebody else must approve it." in mine
    assert "A proposal about it waits already." in mine
    assert "Approve and carry out" in theirs
    assert DebitRun.objects.get().state == "AWAITING_APPROVAL"


def test_a_run_is_stopped_and_resumed_with_a_remark(finance: Client) -> None:
    run = make_debit_run("APPROVED")

    finance.post(address(run, "stop"), {"confirmed": "yes", "remark": ""})
    untouched = DebitRun.objects.get().is_stopped
    finance.post(address(run, "stop"), {"confirmed": "yes", "remark": "The bank called."})

    assert not untouched
    assert DebitRun.objects.values_list("is_stopped", "remark").get() == (True, "The bank called.")


def test_a_run_whose_file_the_bank_has_cannot_be_cancelled(finance: Client) -> None:
    run = make_debit_run()
    make_batch(run, sent_file=make_sent("DELIVERED", partner=the_bank(), kind="batch_debit_request"))

    page = read(finance, address(run))

    assert "The request files are out." in page
    assert address(run, "cancel") not in page


def test_by_hand_the_run_leads_to_the_request_file_and_to_the_upload_of_its_return(finance: Client) -> None:
    run = make_debit_run(arrangement=make_arrangement("ONE_CARD", bank=the_bank("JXCARD")))
    file = make_sent("READY", partner=the_bank("JXCARD"), kind="one_card_request", route="HAND")
    make_batch(run, "WRITTEN", sent_file=file)

    ready = read(finance, address(run))
    type(file).objects.update(state="DELIVERED", delivered_at=NOW)
    fetched = read(finance, address(run))

    assert "download the request file" in ready
    assert reverse("admin:exchange_sentfile_download", args=[file.pk]) in ready
    assert f"upload/?partner={the_bank('JXCARD').pk}&amp;kind=one_card_return" in fetched


def test_an_overdue_answer_is_seen_in_the_list_and_on_the_overview(finance: Client) -> None:
    run, other = make_debit_run(), make_debit_run("CLOSED", debit_date=DAY - timedelta(days=1))
    make_batch(run, answer_due_at=NOW - timedelta(hours=1))

    listed, overview = read(finance, "/admin/billing/debitrun/?needs=overdue"), read(finance, "/admin/")

    assert run.run_no in listed
    assert other.run_no not in listed
    assert "Debit returns overdue" in overview


def test_the_return_files_of_a_run_stand_on_its_page(finance: Client) -> None:
    run = make_debit_run()
    returned = make_return(the_bank(), batch=make_batch(run, "RETURNED"), settled_fen=5000)

    page = read(finance, address(run))

    assert address(returned) in page


def test_what_a_run_would_do_is_said_before_it_is_opened(finance: Client) -> None:
    arrangement = make_arrangement()
    contract = make_contract(user_type="PREPAID")
    contract.held_numbers.get_or_create(msisdn=MSISDN, is_primary=True)
    make_bill()
    make_bill(msisdn="13805710002", joined_network_at=NOW)
    asked = {"arrangement": arrangement.pk, "debit_date": f"{DAY}"}

    page = read(
        finance, f"{reverse('admin:billing_debitrun_open')}?arrangement={arrangement.pk}&debit_date={DAY}"
    )
    opened = finance.post(reverse("admin:billing_debitrun_open"), asked)
    again = finance.post(reverse("admin:billing_debitrun_open"), asked)

    assert "the bank would be asked for ¥50.00 in 1 debits for 1 bills, in 1 files." in page
    assert "nothing leaves before somebody proposes it" in page
    assert opened.status_code == 302
    assert "There is a debit run for this arrangement and date already." in again.content.decode()
    assert DebitRun.objects.count() == 1


def test_a_run_opened_ahead_of_its_date_says_that_nothing_of_it_waits(finance: Client) -> None:
    arrangement = make_arrangement("OFFLINE")
    where = f"{reverse('admin:billing_debitrun_open')}?arrangement={arrangement.pk}&debit_date="
    ahead = "is still to come, and the run does not wait for it."

    assert ahead in read(finance, f"{where}{DAY + timedelta(days=30)}")
    assert ahead not in read(finance, f"{where}{DAY}")


def test_who_sends_or_approves_a_run_ahead_of_its_date_is_warned(finance: Client) -> None:
    run = make_debit_run(
        "AWAITING_APPROVAL", debit_date=DAY + timedelta(days=30), item_count=1, asked_fen=5000
    )
    warning = "The request files are written at once, although the debit date is 2026-12-05."

    asked = finance.get(address(run, "send")).content.decode()
    finance.post(address(run, "send"), {"confirmed": "yes", "remark": "They want it early."})
    checker = member("chk", "finance_checker")
    checked = checker.get(f"/admin/approvals/proposal/{Proposal.objects.get().pk}/approve/").content.decode()

    assert warning in asked
    assert warning in checked


def test_the_calendar_shows_what_is_planned_moved_skipped_and_done(finance: Client) -> None:
    arrangement = make_arrangement()
    plan = arrangement.dates.create
    plan(planned_date=DAY, date=DAY, run=make_debit_run("CLOSED", arrangement=arrangement, item_count=1))
    plan(planned_date=date(2026, 11, 15), date=date(2026, 11, 16))
    plan(planned_date=date(2026, 11, 25), date=date(2026, 11, 25), is_skipped=True, remark="bank closed")

    page = read(finance, "/admin/billing/debitrun/calendar/?month=2026-11")

    assert 'title="done"' in page
    assert 'title="planned, moved from its day"' in page
    assert 'title="skipped: bank closed"' in page


def test_a_date_is_moved_and_skipped_with_a_remark(finance: Client) -> None:
    planned = make_arrangement().dates.create(planned_date=date(2026, 11, 15), date=date(2026, 11, 16))

    finance.post(address(planned, "move"), {"confirmed": "yes", "remark": "stocktaking", "to": "2026-11-18"})
    moved = DebitDate.objects.values_list("date", "is_moved_by_hand").get()
    finance.post(address(planned, "skip"), {"confirmed": "yes", "remark": "bank closed"})

    assert moved == (date(2026, 11, 18), True)
    assert DebitDate.objects.values_list("is_skipped", "remark").get() == (True, "bank closed")
    assert "Let it count again" in read(finance, address(planned))


def test_a_date_is_not_moved_into_the_past_and_may_be_put_right(finance: Client) -> None:
    planned = make_arrangement().dates.create(planned_date=date(2026, 11, 15), date=date(2026, 11, 16))

    answer = finance.post(
        address(planned, "move"), {"confirmed": "yes", "remark": "stocktaking", "to": "2026-11-04"}
    )

    assert "The date has passed." in answer.content.decode()
    assert "stocktaking" in answer.content.decode()
    assert not DebitDate.objects.get().is_moved_by_hand


def test_the_list_of_dates_says_which_depart_from_the_plan(finance: Client) -> None:
    plan = make_arrangement().dates.create
    plan(planned_date=date(2026, 11, 5), date=date(2026, 11, 5))
    plan(planned_date=date(2026, 11, 15), date=date(2026, 11, 16))
    plan(planned_date=date(2026, 11, 25), date=date(2026, 11, 25), is_skipped=True)

    page = read(finance, "/admin/billing/debitdate/")

    assert [each in page for each in ("planned", "moved off a holiday", "skipped")] == [True] * 3


def test_a_date_whose_run_began_stays(finance: Client) -> None:
    arrangement = make_arrangement()
    run = make_debit_run(arrangement=arrangement)
    planned = arrangement.dates.create(planned_date=DAY, date=DAY, run=run)

    page = read(finance, address(planned))

    assert "Its run has begun already" in page
    assert address(planned, "move") not in page


def test_who_is_posted_to_a_province_sees_its_figures_only() -> None:
    run = make_debit_run()
    other = the_province("GD", prefix="1390200")
    make_item(run, "SETTLED", bill=make_bill())
    bill = make_bill(province=other, msisdn="13902000002")
    make_item(run, "SETTLED", province=other, msisdn="13902000002", bill=bill)
    make_exclusion(run, bill)
    make_exclusion(run, make_bill(amount_fen=1000))
    DebitRun.objects.update(item_count=2, asked_fen=10_000, excluded_count=2, excluded_fen=6000)
    client = member("zj", "finance")
    Posting.objects.create(user=User.objects.get(username="zj"), province=the_province())

    answer = client.get(address(run))
    listed = client.get(f"/admin/billing/debititem/?run={run.run_no}").content.decode()

    page = answer.context["page"]
    assert page.items.count() == 1
    facts = {str(title): cell for title, cell in page.sheet.facts}
    assert (facts["asked for"].text, facts["asked for"].below) == ("¥50.00", "1 debit")
    assert (facts["left out"].text, facts["left out"].below) == ("¥10.00", "1 bill")
    assert steps_of(page.bills_way) == [("bills due", 2, 100), ("bills asked for", 1, 50)]
    assert "139 **** 0002" not in listed


def test_what_files_hold_in_all_is_not_told_to_who_is_posted_to_a_province(finance: Client) -> None:
    run = make_debit_run(item_count=2, asked_fen=777_700)
    batch = make_batch(run, asked_fen=777_700)
    returned = make_return(the_bank(), batch=batch, settled_fen=777_700)
    make_return_line(returned, item_no=make_item(run, "SETTLED").item_no, debited_fen=5000)
    other = make_item(run, "SETTLED", province=the_province("GD", prefix="1390200"), msisdn="13902000002")
    make_return_line(returned, item_no=other.item_no)
    posted = member("zj", "finance", province=the_province())
    where = ["/admin/billing/debitrun/", address(run), "/admin/billing/debitreturn/", address(returned)]

    assert all("¥7,777.00" in read(finance, each) for each in where)
    assert not any("¥7,777.00" in read(posted, each) for each in where)
    lines = posted.get("/admin/billing/returnline/").context["cl"].result_list
    assert [line.item_no for line in lines] != []
    assert other.item_no not in [line.item_no for line in lines]


def test_a_proposal_is_named_on_the_run(finance: Client) -> None:
    run = make_debit_run("AWAITING_APPROVAL")
    maker: Any = finance.session["_auth_user_id"]
    debit_proposal.submit(run.run_no, way=Way.CANCEL, remark="a mistake", by_id=int(maker), now=NOW)

    assert "Cancel it: nothing is debited" in read(finance, address(run))


def test_a_run_without_debits_says_that_nothing_left(finance: Client) -> None:
    run = make_debit_run("CLOSED", sent_at=None)

    page = read(finance, address(run))

    assert page.count("did not come to it") == 3
    assert "No request file was written." in page
    assert "Every due bill is asked for." not in page
