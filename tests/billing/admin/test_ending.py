"""Finance ends what a bank never answered: one run at once, or chosen debits, each with its own outcome."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client

from billing.models import DebitItem, DebitRun
from tests.billing.admin.pages import address, read
from tests.billing.factories import (
    NOW,
    make_arrangement,
    make_batch,
    make_bill,
    make_debit_run,
    make_item,
    make_return,
    make_return_line,
)
from tests.signing.factories import the_bank
from tests.unipay.backoffice.world import member
from unipay.approvals.models import Proposal

LIST = "/admin/billing/debititem/"
WHY = {"confirmed": "yes", "remark": "The bank lost the file."}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart", "english")]


def unanswered(way: str = "BATCH_DEBIT", *, hours: int = -1) -> tuple[DebitRun, DebitItem]:
    """A run with one debit whose answer was due so many hours from now."""
    run = make_debit_run(arrangement=make_arrangement(way))
    batch = make_batch(run, answer_due_at=NOW + timedelta(hours=hours))
    return run, make_item(run, batch=batch, bill=make_bill())


def chosen(client: Client, *rows: DebitItem, **more: str) -> Any:
    """What the list's action answers for these rows."""
    picked = {"action": "end_unanswered", ACTION_CHECKBOX_NAME: [row.pk for row in rows]}
    return client.post(LIST, {**picked, **more})


def test_a_run_whose_bank_is_late_offers_to_end_what_is_unanswered(finance: Client) -> None:
    late, _item = unanswered()
    early, _other = unanswered("COLLECTION", hours=1)

    assert address(late, "end") in read(finance, address(late), most=40)
    assert address(early, "end") not in read(finance, address(early), most=40)


def test_it_is_proposed_in_sight_of_what_it_does_and_approved_by_another(finance: Client) -> None:
    run, item = unanswered("OFFLINE")

    preview = finance.get(address(run, "end")).content.decode()
    finance.post(address(run, "end"), WHY)
    mine = read(finance, address(run), most=40)

    assert "Debits that end unanswered: 1, of ¥50.00; their bills are free for the next run." in preview
    assert "What was settled at export is reversed" in preview
    assert "Whatever the bank still says of them becomes a case" in preview
    assert "It is done once a second person has agreed" in preview
    assert "End what the bank never answered" in mine
    assert DebitItem.objects.get().state == "SENT"

    checker = member("chk", "finance_checker")
    proposal = Proposal.objects.get()
    where = f"/admin/approvals/proposal/{proposal.pk}/approve/"
    assert "Debits that end unanswered: 1, of ¥50.00" in checker.get(where).content.decode()
    checker.post(where, {"confirmed": "yes", "remark": "They wrote to us."})

    assert DebitItem.objects.get().state == "WITHDRAWN"
    page = read(finance, address(item))
    assert "the bank never answered, and it is no longer asked." in page


def test_chosen_debits_each_have_their_outcome(finance: Client) -> None:
    run, late = unanswered()
    waits = make_item(run, batch=make_batch(run, answer_due_at=NOW + timedelta(hours=1)))

    asked = chosen(finance, late, waits).content.decode()
    answer = chosen(finance, late, waits, **WHY)

    assert "The bank still has time to answer." in asked
    page = answer.content.decode()
    assert "The bank still has time to answer." in page
    assert Proposal.objects.get().subject == late.subject


def test_a_debit_that_files_spoke_of_is_to_be_looked_at_first(finance: Client) -> None:
    _run, item = unanswered()
    returned = make_return(the_bank(), batch=item.batch)
    make_return_line(returned, "CASE", item_no=item.item_no, debited_fen=100)

    preview = finance.get(address(item, "end")).content.decode()

    assert "Files of the bank speak of it (1 lines): look at them first." in preview


def test_customer_service_sees_debits_and_ends_none(clerk: Client) -> None:
    _run, item = unanswered()

    page = read(clerk, address(item))
    answer = clerk.post(address(item, "end"), WHY)
    chosen(clerk, item, **WHY)

    assert address(item, "end") not in page
    assert answer.status_code == 403
    assert not Proposal.objects.exists()
