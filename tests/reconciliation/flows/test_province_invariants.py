"""Whatever the two books were, and wherever a worker died: after a province's answer it holds what we hold, but for
what is a case, and comparing again finds nothing (domain.md B)."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.flows import advance
from reconciliation.models import Discrepancy, Run
from reconciliation.states import RunState
from signing.models import Contract
from tests.reconciliation.flows.test_crash import Killed, killed_after, killed_before
from tests.reconciliation.flows.test_invariants import SMALL, example
from tests.reconciliation.provinces import (
    answer,
    bring_full,
    correction_of,
    current,
    files_of,
    line,
    may_end_everything,
    ours,
)
from tests.reconciliation.world import now
from tests.signing.factories import the_province

pytestmark = pytest.mark.django_db

SEGMENT = "1380571"
Book = dict[str, dict[str, object]]

PLACES = st.lists(st.integers(1, 5), unique=True, max_size=5)
WRONG = st.fixed_dictionaries(
    {},
    optional={
        "recharge_amount_fen": st.sampled_from([1, 5000]),
        "bank_code": st.sampled_from(["ICBC", "CCB"]),
        "auto_pay": st.sampled_from(["Y", "N"]),
        "msisdn": st.sampled_from([f"{SEGMENT}002{place}" for place in range(1, 6)]),
        "contract_no": st.sampled_from([f"C-OLD-{place}" for place in range(1, 6)]),
    },
)


@SMALL
@given(
    held=PLACES,
    listed=st.dictionaries(st.integers(1, 5), WRONG, max_size=5),
    strange=PLACES,
    refused=st.sets(st.integers(1, 10)),
)
def test_a_province_holds_what_we_hold_but_for_cases(
    held: list[int], listed: dict[int, dict[str, object]], strange: list[int], refused: set[int]
) -> None:
    with example():
        may_end_everything()
        contracts = {place: ours(msisdn=f"{SEGMENT}001{place}") for place in held}
        theirs = _book([line(contracts[p], **wrong) for p, wrong in listed.items() if p in contracts])
        theirs |= _book([_strange(place) for place in strange])
        theirs = _one_per_number(theirs)

        run = bring_full(theirs.values())
        _apply(run, theirs, refused)

        assert current(run).state == RunState.CLOSED
        in_doubt = _numbers_of_cases(run)
        assert _without(theirs, in_doubt) == _without(_book([line(c) for c in contracts.values()]), in_doubt)
        again = bring_full([*theirs.values()])
        assert set(Discrepancy.objects.filter(run=again).values_list("state", flat=True)) <= {
            "CARRIED",
            "EXPORTED",
        }
        assert _numbers(again) <= in_doubt


@pytest.mark.parametrize("dies", [killed_before, killed_after])
@pytest.mark.parametrize("state", [state for side, state in advance._STAGES if side == "PROVINCE"])
def test_a_run_that_died_is_taken_up_and_sends_one_file(
    state: str, dies: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_province()
    contract = ours()
    stage = advance._STAGES["PROVINCE", state]
    with monkeypatch.context() as patched:
        patched.setitem(advance._STAGES, ("PROVINCE", state), dies(stage))  # type: ignore[operator]
        with suppress(Killed):
            bring_full([])

    run = advance.advance(Run.objects.get().run_no, now=now)

    assert run.state == RunState.EXPORTED
    assert [row[2:4] for row in correction_of(run)] == [["ADD", contract.contract_no]]
    assert len(files_of(run)) == run.exports == 1

    with monkeypatch.context() as patched:
        patched.setitem(advance._STAGES, ("PROVINCE", state), dies(stage))  # type: ignore[operator]
        with suppress(Killed):
            answer((run.run_no, 1, "DONE", "", ""))
    assert advance.advance(run.run_no, now=now).state == RunState.CLOSED
    assert [row.state for row in Discrepancy.objects.filter(run=run)] == ["CORRECTED"]


def _book(lines: list[dict[str, object]]) -> Book:
    return {str(each["contract_no"]): each for each in lines}


def _one_per_number(book: Book) -> Book:
    return _book(list({each["msisdn"]: each for each in book.values()}.values()))


def _strange(place: int) -> dict[str, object]:
    """A contract only the province has."""
    return {
        "contract_no": f"C-STRANGE-{place}",
        "msisdn": f"{SEGMENT}003{place}",
        "secondary_msisdns": "",
        "bank_code": "ICBC",
        "account_mask": "622202*********0001",
        "recharge_threshold_fen": "",
        "recharge_amount_fen": "",
        "auto_pay": "N",
    }


def _apply(run: Run, book: Book, refused: set[int]) -> None:
    """The province does what it is told, but for what it refuses, and answers."""
    if run.state != RunState.EXPORTED:
        return
    answers = []
    for told in correction_of(run):
        if int(told[1]) in refused:
            answers.append((told[0], told[1], "REFUSED", "4001", ""))
            continue
        action, contract_no, msisdn = told[2:5]
        replaced = [no for no, each in book.items() if no == contract_no]
        if action == "UPDATE" and not replaced:
            replaced = [no for no, each in book.items() if each["msisdn"] == msisdn]
        for no in replaced:
            del book[no]
        if action != "DELETE":
            book[contract_no] = line(Contract.objects.get(contract_no=contract_no))
        answers.append((told[0], told[1], "DONE", "", ""))
    answer(*answers)


def _numbers_of_cases(run: Run) -> set[str]:
    cases = Discrepancy.objects.filter(run=run, state="CASE")
    return {str(side["msisdn"]) for row in cases for side in (row.ours, row.theirs) if side}


def _numbers(run: Run) -> set[str]:
    rows = Discrepancy.objects.filter(run=run)
    return {str(side["msisdn"]) for row in rows for side in (row.ours, row.theirs) if side}


def _without(book: Book, numbers: set[str]) -> dict[str, tuple[str, ...]]:
    """The book as text, without what is in doubt."""
    return {
        no: tuple("" if value is None else str(value) for value in each.values())
        for no, each in book.items()
        if str(each["msisdn"]) not in numbers
    }
