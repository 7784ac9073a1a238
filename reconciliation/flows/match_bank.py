"""What happens when a bank's book is compared with ours (domain.md B, steps 1 and 2)."""

from pathlib import Path

from django.db import transaction

from reconciliation.flows.classify_bank import classify
from reconciliation.flows.match import match
from reconciliation.flows.work import Work
from reconciliation.matching import carried
from reconciliation.matching.comparison import Comparison, Counts
from reconciliation.matching.outdated import said_later
from reconciliation.matching.sides import KEYS, copy_keys, place_for_ours
from reconciliation.matching.specification import AGAINST_BANK
from reconciliation.models import Discrepancy, Run
from reconciliation.states import Period
from signing import extract
from unipay.exchange.reading import Reading


def match_bank(work: Work) -> bool:
    """Compare; what was carried a full list decides only when it is corrected."""
    return match(work, compare=_compare, classify=classify, takes_up=work.run.period == Period.INCREMENT)


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
            extract.copy_contracts_named(run.partner_id, KEYS, run.business_date, sink)
    comparison.load_ours(ours, (*extract.COLUMNS_OF_BANK, *extract.COLUMNS_OF_DAY))
    carried.require_contracts(comparison, left.contracts)


def _copy_keys(comparison: Comparison, also: list[Discrepancy]) -> None:
    keys = comparison.connection.execute("SELECT bank_contract_no, msisdn FROM theirs").fetchall()
    keys += [(row.bank_contract_no, row.msisdn) for row in also]
    copy_keys(("bank_contract_no", "msisdn"), keys)
