"""What reconciliation can be asked: which runs stand in the way of another, and which rules apply."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q, QuerySet

from reconciliation.kinds import BANK_FULL, BANK_INCREMENT
from reconciliation.models import Guard, Run, TreatmentRule
from reconciliation.states import EVEN, OVER, Difference, Period, RunState, Side, Treatment
from reconciliation.treatment import Rule, treatments
from reconciliation.turn import Earlier
from unipay.exchange.models import ExpectedFile, ExpectedState

_STILL_TO_COME = (ExpectedState.EXPECTED, ExpectedState.MISSING, ExpectedState.UNDECLARED)
_DONE = tuple({*EVEN, *OVER})
_KIND_OF_BANKS = {Period.INCREMENT: BANK_INCREMENT, Period.FULL: BANK_FULL}


def covering_full(run: Run) -> date | None:
    """Return the business date of a full list of the partner that decided and knows all that the run's file knows: its
    cut-off is no earlier, whatever day it names. For a full list, only one of a later day covers it.
    """
    later = "gt" if run.period == Period.FULL else "gte"
    known = {"cut_off_at__gte": run.cut_off_at, f"business_date__{later}": run.business_date}
    return _days_of_fulls(run).filter(**known).first()


def last_full(run: Run) -> date | None:
    """Return the business date of the partner's last full list before the run that decided, None without any."""
    return _days_of_fulls(run).filter(business_date__lt=run.business_date).first()


def _days_of_fulls(run: Run) -> QuerySet[Run, date]:
    fulls = Run.objects.filter(partner_id=run.partner_id, side=run.side, period=Period.FULL, state__in=EVEN)
    return fulls.order_by("-business_date").values_list("business_date", flat=True)


def predecessors(run: Run) -> Iterator[Earlier]:
    """Yield what must be applied before an increment: earlier files still to come, earlier runs not done."""
    if run.period != Period.INCREMENT:
        return
    since = last_full(run) or date.min
    earlier = Q(partner_id=run.partner_id, business_date__lt=run.business_date, business_date__gt=since)
    to_come = ExpectedFile.objects.filter(earlier, kind=run.file.kind, state__in=_STILL_TO_COME)
    yield from _named(to_come.select_related("partner"))
    undone = Run.objects.filter(earlier, side=run.side, period=run.period).exclude(state__in=_DONE)
    yield from _named(undone.select_related("partner"))


def uneven_banks(run: Run) -> Iterator[Earlier]:
    """Yield the banks whose book for the run's date is not even with ours yet, also as people refused its file; nothing
    for a bank's own run.
    """
    if run.side != Side.PROVINCE:
        return
    day = {"business_date": run.business_date}
    kind = _KIND_OF_BANKS[Period(run.period)]
    to_come = ExpectedFile.objects.filter(**day, kind=kind, state__in=_STILL_TO_COME)
    yield from _named(to_come.select_related("partner"))
    refused = Q(state=RunState.REFUSED, is_current=True)
    undone = Run.objects.filter(~Q(state__in=_DONE) | refused, **day, side=Side.BANK, period=run.period)
    yield from _named(undone.select_related("partner"))


def unfinished() -> QuerySet[Run]:
    """Return the runs that a worker could take a step further now, or that wait for their turn."""
    idle = (*OVER, RunState.AWAITING_APPROVAL, RunState.EXPORTED)
    return Run.objects.exclude(state__in=idle)


def chosen_treatments(run: Run) -> dict[Difference, Treatment]:
    """Return what is done about each difference of this run."""
    rows = TreatmentRule.objects.filter(Q(partner_id=run.partner_id) | Q(partner=None))
    rules = [Rule(row.difference, row.treatment, row.partner_id, row.period) for row in rows]
    return treatments(rules, partner_id=run.partner_id, period=Period(run.period))


def guard_of(partner_id: int) -> Guard:
    """Return the partner's guard, the one for all others, or the defaults (not saved)."""
    guards = Guard.objects.filter(Q(partner_id=partner_id) | Q(partner=None))
    return guards.order_by("partner_id").first() or Guard()


def _named(rows: QuerySet[ExpectedFile] | QuerySet[Run]) -> Iterator[Earlier]:
    for row in rows:
        yield Earlier(row.partner.code, row.business_date)
