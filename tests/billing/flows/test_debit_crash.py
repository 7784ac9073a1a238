"""A worker dies anywhere in a debit run or a return: the next one takes it up, nothing is done twice or left out."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from billing.flows import debit_run, request_file, settle_chunk, settle_return, take_in
from billing.flows.debit_stage import Work
from billing.models import DebitBatch, DebitItem, DebitReturn, Recharge
from billing.states import RunState
from tests.billing.debits import (
    DAY,
    NOW,
    arranged,
    bring,
    effects,
    fresh,
    items,
    now,
    open_shares,
    owing,
    paid,
    request_lines,
    require_bills_add_up,
    require_exported_is_accounted_for,
    return_content,
    run_of,
    states,
)
from tests.billing.factories import make_bill, make_mandate
from tests.billing.money import balances, promised, require_conserved
from tests.signing.factories import the_province
from unipay.exchange.models import SentFile
from unipay.partners.reference import load_result_codes

pytestmark = pytest.mark.django_db

Stage = Callable[[Work], bool]


class Killed(BaseException):
    """The worker is gone: nothing after this line of it runs."""


@pytest.fixture(autouse=True)
def home() -> None:
    """A province, and banks whose codes we know."""
    the_province()
    load_result_codes(kind="BANK")


def dies_at(which: int, does: Callable[..., Any]) -> Callable[..., Any]:
    """Do it, but die instead of doing it for the time `which` (from 1)."""
    times = 0

    def do(*args: Any, **given: Any) -> Any:
        nonlocal times
        times += 1
        if times == which:
            raise Killed
        return does(*args, **given)

    return do


def killed_after(stage: Stage) -> Stage:
    """Do the stage, and die."""

    def then_die(work: Work) -> bool:
        stage(work)
        raise Killed

    return then_die


@pytest.mark.parametrize("state", [RunState.OPENED, RunState.SELECTED, RunState.APPROVED])
@pytest.mark.parametrize("does", [True, False], ids=["after", "before"])
def test_a_run_goes_on_at_the_stage_it_broke_off(
    monkeypatch: pytest.MonkeyPatch, state: RunState, does: bool
) -> None:
    for amount in (1000, 2000, 3000):
        owing(amount)
    run = debit_run.open_run(arranged(split_rows=2), DAY, by_id=None, now=NOW)
    stage = debit_run._STAGES[state]
    with monkeypatch.context() as patched:
        patched.setitem(debit_run._STAGES, state, killed_after(stage) if does else dies_at(1, stage))
        with pytest.raises(Killed):
            debit_run.advance(run.run_no, now=now)

    debit_run.advance(run.run_no, now=now)

    assert (fresh(run).state, fresh(run).item_count, open_shares()) == ("SENT", 3, 3)
    assert (len(request_lines(run)), DebitBatch.objects.count()) == (3, 2)


@pytest.mark.parametrize("which", [1, 2, 3])
def test_no_item_is_written_twice(monkeypatch: pytest.MonkeyPatch, which: int) -> None:
    mandates = [make_mandate(way="OFFLINE") for _ in range(3)]
    for mandate in mandates:
        make_bill(agreement_no=mandate.agreement_no, amount_fen=1000)
    run = debit_run.open_run(arranged("OFFLINE", split_rows=1), DAY, by_id=None, now=NOW)
    with monkeypatch.context() as patched, suppress(Killed):
        patched.setattr(request_file.sending, "send", dies_at(which, request_file.sending.send))
        debit_run.advance(run.run_no, now=now)
    require_exported_is_accounted_for()

    debit_run.advance(run.run_no, now=now)

    written = [line[1] for line in request_lines(run)]
    assert sorted(written) == sorted({item.item_no for item in items(run)})
    assert (SentFile.objects.count(), Recharge.objects.count()) == (3, 3)
    assert balances() == {"OFFLINE_OUTSTANDING": 3000, "IN_TRANSIT": -3000}
    require_exported_is_accounted_for()
    require_conserved()


@pytest.mark.parametrize("which", [1, 2, 3])
def test_a_return_goes_on_at_the_chunk_it_broke_off(monkeypatch: pytest.MonkeyPatch, which: int) -> None:
    for _ in range(5):
        owing(1000)
    run = run_of(arranged())
    monkeypatch.setattr(settle_chunk, "CHUNK", 2)
    with monkeypatch.context() as patched, suppress(Killed):
        patched.setattr(take_in.landing, "promise_landings", dies_at(which, take_in.landing.promise_landings))
        bring(return_content(paid(*items(run))))
    returned = DebitReturn.objects.get()
    require_conserved()
    require_bills_add_up()
    assert Recharge.objects.count() == 2 * (which - 1)

    returned = settle_return.settle(returned.return_no, now=now)

    assert (returned.state, returned.settled_count, effects(returned)) == ("SETTLED", 5, ["SETTLED"] * 5)
    assert (
        Recharge.objects.count(),
        sum(len(each.payload["landings"]) for each in promised("land_recharges")),
    ) == (
        5,
        5,
    )
    assert fresh(run).state == "CLOSED"
    require_conserved()
    require_bills_add_up()


def test_a_return_that_broke_off_before_its_end_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    owing(1000)
    run = run_of(arranged())
    with monkeypatch.context() as patched, suppress(Killed):
        patched.setattr(settle_return, "_finish", dies_at(1, settle_return._finish))
        bring(return_content(paid(*items(run))))
    assert DebitReturn.objects.get().state == "OPEN"

    settle_return.settle(settle_return.unsettled(run.run_no)[0], now=now)

    assert (DebitReturn.objects.get().state, states(DebitItem)) == ("SETTLED", ["SETTLED"])
