"""What happens when a province's book is compared with ours, even with the banks' by now (domain.md B, step 3).

As with a bank, but the other way round: what differs is what the province must put right.
"""

from django.db import connection, transaction

from reconciliation.flows.classify_province import classify
from reconciliation.flows.stage import moving
from reconciliation.flows.work import Work
from reconciliation.matching import carried, keeping
from reconciliation.matching.comparison import Comparison, Counts
from reconciliation.matching.sides import lines_of, place_for_ours
from reconciliation.matching.specification import AGAINST_PROVINCE
from reconciliation.models import Discrepancy, Run
from reconciliation.states import Period, RunState, Shield
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
            carried.to_take_up(run).update(taken_up_by=run)
            run.match(now=work.now())
            run.save()
    return True


def _compare(run: Run, reading: Reading) -> Counts:
    comparison = Comparison(
        reading.connection, AGAINST_PROVINCE, carried=reading.fields, period=Period(run.period)
    )
    comparison.load_theirs()
    with place_for_ours() as ours:
        if run.period == Period.FULL:
            with ours.open("wb") as sink:
                extract.copy_formal_contracts_of_province(run.partner_id, sink)
            comparison.load_ours(ours, extract.COLUMNS_OF_PROVINCE)
        else:
            left = _told_late(run)
            with transaction.atomic():
                _copy_keys(comparison, left)
                with ours.open("wb") as sink:
                    extract.copy_contracts_named_by_province(run.partner_id, _KEYS, run.business_date, sink)
            comparison.load_ours(ours, (*extract.COLUMNS_OF_PROVINCE, *extract.COLUMNS_OF_DAY))
            carried.require_contracts(comparison, left)
    return comparison.compare()


def _told_late(run: Run) -> list[Discrepancy]:
    """What an earlier file could not know yet must turn up in a later one; lines it held then are out of date."""
    carried_over = carried.to_take_up(run).filter(shield=Shield.NOT_TOLD_YET, contract__isnull=False)
    return list(carried_over.filter(theirs__isnull=True).select_related("contract").order_by("id"))


def _copy_keys(comparison: Comparison, also: list[Discrepancy]) -> None:
    keys = comparison.connection.execute("SELECT contract_no, msisdn FROM theirs").fetchall()
    keys += [(row.contract.contract_no, row.msisdn) for row in also if row.contract]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_KEYS}")
        cursor.execute(f"CREATE TEMP TABLE {_KEYS} (contract_no text, msisdn text) ON COMMIT DROP")
    copy_rows(_KEYS, ("contract_no", "msisdn"), keys)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {_KEYS}")
