"""Ours: the bank's sealed file in the vault and our book in PostgreSQL, to classified discrepancies in PostgreSQL."""

from contextlib import ExitStack

from reconciliation.flows.arrival import open_run
from reconciliation.flows.match_bank import match_bank
from reconciliation.flows.work import Work
from reconciliation.models import Discrepancy, Run
from reconciliation.states import RunState
from tests.benchmarks.contest import Outcome
from tests.benchmarks.contract_books import file_of
from tests.benchmarks.contract_files import Books
from unipay import clock
from unipay.exchange.reading import open_reading


def run(way: str, books: Books) -> Outcome:
    """Read, match, classify and keep; the run is taken back to where it was before."""
    run_no = open_run(file_of(books, way), now=clock.now()).run_no
    ours = Run.objects.filter(run_no=run_no).select_related("partner", "file__layout")
    kept = Discrepancy.objects.filter(run__run_no=run_no)
    kept._raw_delete(kept.db)
    ours.update(state=RunState.RECEIVED, matched_at=None)
    outcome = Outcome()
    with ExitStack() as stack:
        with outcome.timed("reading"):
            reading = stack.enter_context(open_reading(ours.get().file))
        with outcome.timed("matching"):
            match_bank(Work(ours.get(), clock.now, reading))
    outcome.found = list(kept.values_list("difference", "bank_contract_no"))
    return outcome
