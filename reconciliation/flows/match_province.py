"""What happens when a province's book is compared with ours, even with the banks' by now (domain.md B, step 3).

As with a bank, but the other way round: what differs is what the province must put right.
"""

from django.db import transaction

from reconciliation.flows.classify_province import classify
from reconciliation.flows.match import match
from reconciliation.flows.work import Work
from reconciliation.matching import carried
from reconciliation.matching.comparison import Comparison, Counts
from reconciliation.matching.sides import KEYS, copy_keys, place_for_ours
from reconciliation.matching.specification import AGAINST_PROVINCE
from reconciliation.models import Discrepancy, Run
from reconciliation.states import Period, Shield
from signing import extract
from unipay.exchange.reading import Reading


def match_province(work: Work) -> bool:
    """Compare; what was carried is decided with it."""
    return match(work, compare=_compare, classify=classify, takes_up=True)


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
                    extract.copy_contracts_named_by_province(run.partner_id, KEYS, run.business_date, sink)
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
    copy_keys(("contract_no", "msisdn"), keys)
