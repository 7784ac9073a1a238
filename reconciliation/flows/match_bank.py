"""What happens when a bank's book is compared with ours (domain.md B, steps 1 and 2).

The file's lines and a COPY of our side meet in DuckDB; only what differs goes into the database, classified there by
what only the database knows: what changed since the file's cut-off, what people are deciding, who holds a number.
"""

from pathlib import Path

from django.db import connection, transaction

from reconciliation.flows.classify_bank import classify
from reconciliation.flows.stage import moving
from reconciliation.flows.work import Work
from reconciliation.matching import carried, keeping
from reconciliation.matching.comparison import Comparison, Counts
from reconciliation.matching.outdated import said_later
from reconciliation.matching.sides import lines_of, place_for_ours
from reconciliation.matching.specification import AGAINST_BANK
from reconciliation.models import Discrepancy, Run
from reconciliation.states import Period, RunState
from signing import extract
from unipay.exchange.copying import copy_rows
from unipay.exchange.reading import Reading

_KEYS = "reconciliation_keys"


def match(work: Work) -> bool:
    """Compare, and keep what differs, in the transaction that calls the run matched."""
    with lines_of(work) as reading:
        counts = _compare(work.run, reading)
        with moving(work.run, RunState.RECEIVED) as run:
            keeping.stage(reading.connection)
            classify(run, unreadable=reading.unreadable_count)
            run.discrepancy_count = keeping.keep(run, now=work.now())
            run.our_count, run.their_count, run.even_count = counts.ours, counts.theirs, counts.even
            if run.period == Period.INCREMENT:
                carried.to_take_up(run).update(taken_up_by=run)
            run.match(now=work.now())
            run.save()
    return True


def _compare(run: Run, reading: Reading) -> Counts:
    comparison = Comparison(
        reading.connection, AGAINST_BANK, carried=reading.fields, period=Period(run.period)
    )
    comparison.load_theirs()
    with place_for_ours() as ours:
        if run.period == Period.FULL:
            with ours.open("wb") as sink:
                extract.copy_formal_contracts_of_bank(run.partner_id, sink)
            comparison.load_ours(ours, extract.COLUMNS_OF_BANK)
        else:
            _load_what_an_increment_speaks_of(run, comparison, ours)
    counts = comparison.compare()
    comparison.mark_outdated(said_later(run, key=AGAINST_BANK.key))
    return counts


def _load_what_an_increment_speaks_of(run: Run, comparison: Comparison, ours: Path) -> None:
    """Our side of an increment: what it names, what was signed here that day, and what earlier ones left undone."""
    left = carried.read(run)
    carried.add_lines(comparison, left.lines)
    with transaction.atomic():
        _copy_keys(comparison, left.contracts)
        with ours.open("wb") as sink:
            extract.copy_contracts_named(run.partner_id, _KEYS, run.business_date, sink)
    comparison.load_ours(ours, (*extract.COLUMNS_OF_BANK, *extract.COLUMNS_OF_DAY))
    carried.require_contracts(comparison, left.contracts)


def _copy_keys(comparison: Comparison, also: list[Discrepancy]) -> None:
    keys = comparison.connection.execute("SELECT bank_contract_no, msisdn FROM theirs").fetchall()
    keys += [(row.bank_contract_no, row.msisdn) for row in also]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_KEYS}")
        cursor.execute(f"CREATE TEMP TABLE {_KEYS} (bank_contract_no text, msisdn text) ON COMMIT DROP")
    copy_rows(_KEYS, ("bank_contract_no", "msisdn"), keys)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {_KEYS}")
