"""What a file must not correct (domain.md B, the in-flight shield): its difference is carried, with the reason."""

from datetime import timedelta

import pytest

from reconciliation.kinds import BANK_FULL
from reconciliation.models import Discrepancy, Run
from tests.reconciliation.flows.test_bank_full import ONE, TWO, many
from tests.reconciliation.world import (
    DAY,
    MORNING,
    NEXT_DAY,
    bring,
    bring_full,
    bring_increment,
    found,
    full_list,
    hold,
    journal,
    our_book,
    run_of,
)
from tests.signing.factories import make_case, make_contract, the_province

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home() -> None:
    the_province()
    for entry in many(150):
        hold(entry)


def carried(run: Run) -> list[tuple[str, str, str]]:
    rows = Discrepancy.objects.filter(run=run).order_by("bank_contract_no")
    return [(row.difference, row.bank_contract_no, row.shield) for row in rows]


def test_a_contract_signed_after_the_cut_off_is_not_missed_at_the_bank() -> None:
    after = MORNING + timedelta(days=1)
    journal(hold(ONE), "SIGNED", at=after, day=DAY + timedelta(days=1))

    run = bring_full(many(150))

    assert carried(run) == [("MISSING_AT_BANK", "B1", "CHANGED_SINCE")]
    assert "B1" in our_book()


def test_a_contract_ended_after_the_cut_off_is_not_revived() -> None:
    ended = hold(ONE.but(state="TERMINATED"))
    journal(ended, "TERMINATED", at=MORNING + timedelta(days=1), day=DAY + timedelta(days=1))

    run = bring_full([*many(150), ONE])

    assert carried(run) == [("ENDED_HERE", "B1", "CHANGED_SINCE")]


def test_a_contract_people_decide_about_is_left_to_them() -> None:
    make_case("PROVINCE_REFUSED", standing=hold(ONE), msisdn=ONE.msisdn)

    run = bring_full(many(150))

    assert carried(run) == [("MISSING_AT_BANK", "B1", "OPEN_CASE")]
    assert "B1" in our_book()


def test_a_signing_under_way_is_not_made_twice() -> None:
    make_contract("PROVISIONAL", msisdn=ONE.msisdn)

    run = bring_full([*many(150), ONE])

    assert carried(run) == [("MISSING_HERE", "B1", "IN_FLIGHT")]


def test_a_contract_whose_line_is_faulty_is_neither_changed_nor_ended() -> None:
    hold(ONE)
    content = full_list([*many(150), ONE]).replace(b"|B1|13805710001|", b"|B1|not-a-number|")

    run = run_of(bring(content, kind=BANK_FULL))

    assert carried(run) == [("MISSING_AT_BANK", "B1", "FAULTY_LINE")]
    assert "B1" in our_book()


def test_with_lines_that_nobody_can_read_nothing_is_ended() -> None:
    hold(ONE)
    content = full_list([*many(150), TWO]).replace(b"|B2|13805710002|", b"||13805710002|")

    run = run_of(bring(content, kind=BANK_FULL))

    assert carried(run) == [("MISSING_AT_BANK", "B1", "UNREADABLE_LINES")]
    assert "B1" in our_book()


@pytest.mark.parametrize(
    ("good", "broken"),
    [(b"|B1|13805710001|", b"|B1|not-a-number|"), (b"|B1|13805710001|", b"||13805710001|")],
    ids=["faulty", "unreadable"],
)
def test_an_increments_silence_says_nothing_about_a_line_nobody_could_read(
    good: bytes, broken: bytes
) -> None:
    hold(ONE)
    run_of(bring(full_list([*many(150), ONE]).replace(good, broken), kind=BANK_FULL))

    run = bring_increment([], day=NEXT_DAY)

    assert found(run) == []
    assert "B1" in our_book()
    assert Discrepancy.objects.get(bank_contract_no="B1").taken_up_by is None


def test_a_full_list_decides_what_an_earlier_one_could_not() -> None:
    hold(ONE)
    content = full_list([*many(150), ONE]).replace(b"|B1|13805710001|", b"|B1|not-a-number|")
    first = run_of(bring(content, kind=BANK_FULL))

    second = bring_full([*many(150), ONE], day=NEXT_DAY)

    assert Discrepancy.objects.get(run=first).taken_up_by == second
    assert found(second) == []
    assert "B1" in our_book()


def test_a_refused_list_decides_nothing_of_what_was_carried() -> None:
    journal(hold(ONE), "AMENDED", at=MORNING + timedelta(days=1), day=NEXT_DAY)
    bring_increment([ONE.but(change="AMENDED", auto_pay=True)])

    stopped = bring_full([], day=NEXT_DAY)

    assert stopped.state == "AWAITING_APPROVAL"
    assert Discrepancy.objects.get(shield="CHANGED_SINCE").taken_up_by is None


def test_the_corrected_file_of_the_day_decides_what_the_first_one_carried() -> None:
    make_contract("PROVISIONAL", msisdn=ONE.msisdn)
    first = bring_increment([ONE])

    second = bring_increment([TWO])

    assert Discrepancy.objects.get(run=first).taken_up_by == second
    assert list(our_book())[-1] == "B2"
