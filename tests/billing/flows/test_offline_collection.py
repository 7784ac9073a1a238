"""Offline collection (domain.md C4): settled at export, reversed for each line that failed, and at every instant
exported = confirmed + reversed + outstanding."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from billing.flows import debit_cancel, debit_run, reconciled_day, trial_balance
from billing.flows.debit_stage import locked
from billing.models import Arrangement, Bill, DebitItem, DebitReturn, Mandate, Recharge
from billing.states import EntryKind
from tests.billing.debits import (
    DAY,
    NOW,
    arranged,
    bring_return,
    content_of,
    effects,
    failed,
    fresh,
    items,
    now,
    open_shares,
    paid,
    posted,
    request_lines,
    require_bills_add_up,
    require_exported_is_accounted_for,
    run_of,
    states,
)
from tests.billing.factories import make_bill, make_mandate
from tests.billing.money import answer, balances, promised, refuse, require_conserved, results
from tests.signing.factories import the_bank, the_province
from unipay.exchange.flows import acknowledge
from unipay.exchange.models import SentFile
from unipay.partners.reference import load_result_codes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home() -> Iterator[None]:
    """A province, banks whose codes we know, and books that are even in the end."""
    the_province()
    load_result_codes(kind="BANK")
    yield
    require_exported_is_accounted_for()
    require_conserved()
    require_bills_add_up()


def agreement(*amounts: int) -> Mandate:
    """An agreement with a user for each bill."""
    mandate = make_mandate(way="OFFLINE")
    for place, amount_fen in enumerate(amounts):
        make_bill(agreement_no=mandate.agreement_no, msisdn=f"1380571100{place}", amount_fen=amount_fen)
    return mandate


def faults() -> list[dict[str, Any]]:
    """What a trial balance finds uneven."""
    return list(trial_balance.take(business_date=DAY, now=NOW).faults)


@pytest.fixture
def arrangement(db: None) -> Arrangement:
    """An arrangement that settles at export."""
    return arranged("OFFLINE")


def test_bills_of_an_agreement_are_settled_when_the_file_is_written(arrangement: Arrangement) -> None:
    mandate = agreement(1000, 2000)

    run = run_of(arrangement)

    ((_batch, _item, msisdn, agreement_no, mandate_no, account, _mask, holder, asked, *_rest),) = (
        request_lines(run)
    )
    assert (msisdn, agreement_no, mandate_no) == ("", mandate.agreement_no, mandate.mandate_no)
    assert (account, holder, asked) == ("6222021234567890128", "张三丰", "3000")
    assert states(Bill) == ["SETTLED", "SETTLED"]
    assert balances() == {"OFFLINE_OUTSTANDING": 3000, "IN_TRANSIT": -3000}
    assert (Recharge.objects.get().source, len(promised("land_recharges"))) == ("OFFLINE", 1)
    assert open_shares() == 2
    require_exported_is_accounted_for()


def test_a_line_that_succeeded_is_confirmed(arrangement: Arrangement) -> None:
    agreement(1000)
    run = run_of(arrangement)

    bring_return(paid(*items(run)), way="OFFLINE")

    assert balances() == {"BANK_CLEARING": 1000, "IN_TRANSIT": -1000}
    assert posted(EntryKind.EXPORTED, EntryKind.CONFIRMED) == {"CONFIRMED": 1000, "EXPORTED": 1000}
    assert (Recharge.objects.count(), open_shares(), fresh(run).state) == (1, 0, "CLOSED")


def test_a_line_that_failed_goes_back_and_its_bills_are_due_again(arrangement: Arrangement) -> None:
    agreement(1000, 500)
    run = run_of(arrangement)
    (message,) = promised("land_recharges")
    answer(message, results([Recharge.objects.get()]), now=NOW)

    returned = bring_return(failed(*items(run)), way="OFFLINE")

    assert effects(returned) == ["FAILED"]
    assert states(Bill) == ["DUE", "DUE"]
    assert (Recharge.objects.get().state, len(promised("take_back_recharge"))) == ("TAKING_BACK", 1)
    (take_back,) = promised("take_back_recharge")
    answer(take_back, {"result_code": "0000"}, now=NOW)
    assert Recharge.objects.get().state == "REVERSED"
    assert balances() == {}


def test_no_part_of_an_amount_is_taken(arrangement: Arrangement) -> None:
    agreement(1000)
    (item,) = items(run_of(arrangement))

    returned = bring_return([(item, "0000", 400)], way="OFFLINE")

    assert (effects(returned), states(DebitItem)) == (["CASE"], ["SENT"])
    assert balances() == {"OFFLINE_OUTSTANDING": 1000, "IN_TRANSIT": -1000}


def test_a_second_return_of_the_same_batch_changes_nothing(arrangement: Arrangement) -> None:
    agreement(1000)
    agreement(2000)
    one, two = items(run_of(arrangement))
    bring_return([*paid(one), *failed(two)], way="OFFLINE")
    before = balances()

    again = bring_return([*failed(two), *paid(one)], way="OFFLINE")

    assert (effects(again), balances()) == (["REPEATED", "REPEATED"], before)


def test_a_file_of_failures_is_written_for_staff(arrangement: Arrangement) -> None:
    agreement(1000)
    run = run_of(arrangement)
    (item,) = items(run)

    bring_return(failed(item, code="1004"), way="OFFLINE")

    file = DebitReturn.objects.get().failure_file
    assert file is not None
    (line,) = [line for line in content_of(file).splitlines() if line.startswith("D|")]
    assert line.split("|")[2:] == [
        item.item_no,
        "",
        item.agreement_no,
        "622202******0128",
        "1000",
        "1004",
        "account_closed",
        "SUSPEND",
    ]
    assert states(Mandate) == ["SUSPENDED"]


def test_what_was_exported_and_is_not_written_anew_goes_back(arrangement: Arrangement) -> None:
    mandate = agreement(1000)
    run = run_of(arrangement)
    Mandate.objects.filter(pk=mandate.pk).update(state="ENDED", ended_at=NOW)

    acknowledge.refused(SentFile.objects.get(), why="wrong header", now=NOW)
    debit_run.advance(run.run_no, now=now)

    assert (states(DebitItem), states(Bill), Recharge.objects.get().state) == (
        ["WITHDRAWN"],
        ["DUE"],
        "TAKING_BACK",
    )
    assert (fresh(run).state, open_shares()) == ("CLOSED", 0)


def test_the_books_are_even_while_a_credit_goes_back_and_when_it_is_spent(arrangement: Arrangement) -> None:
    agreement(1000)
    run = run_of(arrangement)
    (landing,) = promised("land_recharges")
    answer(landing, results([Recharge.objects.get()]), now=NOW)
    assert faults() == []

    bring_return(failed(*items(run)), way="OFFLINE")

    assert faults() == []
    (take_back,) = promised("take_back_recharge")
    refuse(take_back, "5001", "credit_spent", now=NOW)
    assert (Recharge.objects.get().state, faults()) == ("LANDED", [])


def test_the_books_are_even_whatever_way_settles_at_export() -> None:
    make_mandate(way="ONE_CARD", msisdn="13805719999")
    make_bill(msisdn="13805719999")
    run = run_of(arranged("ONE_CARD", settles_at_export=True, allows_partial=False))

    bring_return(failed(*items(run)), way="ONE_CARD")

    assert faults() == []
    assert reconciled_day.figures(the_bank(), DAY).amount_fen == 0


def test_how_an_arrangement_settles_stays_while_a_run_is_open(arrangement: Arrangement) -> None:
    agreement(1000)
    run = run_of(arrangement)

    with pytest.raises(IntegrityError, match="not over"), transaction.atomic():
        Arrangement.objects.update(settles_at_export=False)

    Arrangement.objects.update(days=[25])
    bring_return(paid(*items(run)), way="OFFLINE")
    Arrangement.objects.update(answers_failures_only=True)


def test_a_cancelled_run_takes_everything_back(arrangement: Arrangement) -> None:
    agreement(1000)
    run = run_of(arrangement)
    person = User.objects.create(username="maker")
    current = locked(run.run_no)
    debit_cancel.cancel(current, remark="wrong month", by_id=person.pk, now=NOW)

    assert (fresh(run).state, states(DebitItem), states(Bill)) == ("CANCELLED", ["WITHDRAWN"], ["DUE"])
    assert (open_shares(), faults()) == (0, [])
    again = run_of(arrangement)
    assert (again.state, again.item_count) == ("SENT", 1)
