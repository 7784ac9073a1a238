"""A worker dies anywhere between two stages, or in the middle of one: the next one takes the run up and nothing is
done twice or left out (design.md 7).
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError

from reconciliation.flows import advance, correction_chunk
from reconciliation.flows.work import Work
from reconciliation.models import Discrepancy, Run
from reconciliation.states import RunState
from signing.flows import correction
from signing.models import Contract, SigningTransaction
from tests.reconciliation.flows.test_bank_full import ONE, TWO, many
from tests.reconciliation.world import NOW, bring, full_list, hold, now, our_book, run_of
from tests.signing.factories import the_province
from unipay.exchange.reading import OutOfRoom, ReadingRefused
from unipay.messaging.models import OutboundMessage

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The worker is gone: nothing after this line of it runs."""


@pytest.fixture(autouse=True)
def home() -> None:
    the_province()


def killed_after(stage: Callable[[Work], bool]) -> Callable[[Work], bool]:
    def then_die(work: Work) -> bool:
        stage(work)
        raise Killed

    return then_die


def killed_before(stage: Callable[[Work], bool]) -> Callable[[Work], bool]:
    def die(work: Work) -> bool:
        raise Killed

    return die


def bring_differing_list() -> Run:
    """A list with something to create, to amend, to terminate and to decide."""
    for entry in many(120):
        hold(entry)
    hold(ONE)
    hold(TWO)
    amended = many(120)[0].but(auto_pay=True)
    new = ONE.but(no="NEW", msisdn="13805710009")
    content = full_list([amended, *many(120)[1:], TWO, new])
    with suppress(Killed):
        bring(content)
    return Run.objects.get()


STAGES = [state for side, state in advance._STAGES if side == "BANK"]


@pytest.mark.parametrize("state", STAGES)
@pytest.mark.parametrize("wrap", [killed_before, killed_after])
def test_whoever_dies_at_a_stage_is_followed_by_another(
    state: str, wrap: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setitem(advance._STAGES, ("BANK", state), wrap(advance._STAGES["BANK", state]))
        run = bring_differing_list()

    run = advance.advance(run.run_no, now=now)

    assert run.state == RunState.CLOSED
    assert _effects() == [("AMENDED", 1), ("SIGNED", 1), ("TERMINATED", 1)]
    assert our_book().keys() == {"NEW", "B2", *(entry.no for entry in many(120))}
    assert OutboundMessage.objects.count() == 3


def test_whoever_dies_in_a_chunk_leaves_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = correction.apply

    def die_after_writing(**given: Any) -> None:
        real(**given)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(correction_chunk.correction, "apply", die_after_writing)
        run = bring_differing_list()

    assert SigningTransaction.objects.count() == 0
    assert Discrepancy.objects.exclude(state="OPEN").count() == 0

    assert advance.advance(run.run_no, now=now).state == RunState.CLOSED
    assert _effects() == [("AMENDED", 1), ("SIGNED", 1), ("TERMINATED", 1)]


def test_chunks_that_are_done_stay_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correction, "CHUNK", 10)
    real, calls = correction.apply, []

    def die_in_the_third(**given: Any) -> None:
        calls.append(given)
        if len(calls) == 3:
            raise Killed
        real(**given)

    with monkeypatch.context() as patched:
        patched.setattr(correction_chunk.correction, "apply", die_in_the_third)
        with pytest.raises(Killed):
            run_of(bring(full_list(many(35))))
    assert Contract.objects.count() == 20

    run = advance.advance(Run.objects.get().run_no, now=now)

    assert (run.state, Contract.objects.count()) == (RunState.CLOSED, 35)
    assert _effects() == [("SIGNED", 35)]


def test_a_database_that_goes_away_is_noted_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(**given: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(correction_chunk.correction, "apply", gone)
        run = run_of(bring(full_list([ONE])))
    assert run.state == RunState.APPROVED

    assert advance.unfinished(now=NOW) == [run.run_no]
    assert advance.advance(run.run_no, now=now).state == RunState.CLOSED


def stopped_before_matching(monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run whose file was checked, and not compared yet."""
    with monkeypatch.context() as patched:
        key = ("BANK", RunState.RECEIVED)
        patched.setitem(advance._STAGES, key, killed_before(advance._STAGES[key]))
        return bring_differing_list()


def test_a_file_altered_between_check_and_match_corrects_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run = stopped_before_matching(monkeypatch)
    kept = next(Path(settings.UNIPAY_FILES_DIR).rglob(f"{run.file.file_no}*"))
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content)

    with pytest.raises(ReadingRefused):
        advance.advance(run.run_no, now=now)

    assert Run.objects.get().state == RunState.RECEIVED
    assert SigningTransaction.objects.count() == 0


def test_a_comparison_without_memory_is_tried_again(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    run = stopped_before_matching(monkeypatch)
    settings.UNIPAY_MATCHING_MEMORY_MB = 1

    with pytest.raises(OutOfRoom):
        advance.advance(run.run_no, now=now)

    settings.UNIPAY_MATCHING_MEMORY_MB = 300
    assert Run.objects.get().state == RunState.RECEIVED
    assert advance.advance(run.run_no, now=now).state == RunState.CLOSED


def _effects() -> list[tuple[str, int]]:
    kinds = list(SigningTransaction.objects.values_list("kind", flat=True))
    return sorted((kind, kinds.count(kind)) for kind in set(kinds))
