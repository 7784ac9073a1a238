"""What happens with the days on which bills are debited (domain.md C3): the calendar plans two months ahead, people
move or skip days, and on its day a run begins by itself.
"""

from datetime import date, datetime

import structlog
from django.db import IntegrityError, transaction

from billing.debit_days import moved_off_holidays, planned_dates, planned_until
from billing.debit_errors import (
    DEBIT_DATE_OVER,
    DEBIT_DATE_PAST,
    DEBIT_DATE_TAKEN,
    DEBIT_REMARK_MISSING,
)
from billing.flows import debit_run
from billing.models import Arrangement, DebitDate, DebitRun
from unipay import clock
from unipay.errors import Refusal

log = structlog.get_logger(__name__)

MONTHS_AHEAD = 2


def plan(*, now: datetime) -> int:
    """Write down the days of the next two months for every arrangement; return how many are new.

    Days that people moved or skipped, and days whose run began, stay as they are; days an arrangement no longer has are
    dropped as long as nobody touched them.
    """
    first = clock.business_date(now)
    last = planned_until(first, months=MONTHS_AHEAD)
    return sum(_plan(arrangement, first, last) for arrangement in Arrangement.objects.order_by("pk"))


@transaction.atomic
def _plan(arrangement: Arrangement, first: date, last: date) -> int:
    wanted = list(planned_dates(arrangement.days, first=first, last=last)) if arrangement.is_active else []
    untouched = arrangement.dates.filter(run=None, is_moved_by_hand=False, is_skipped=False)
    untouched.filter(planned_date__gte=first).exclude(planned_date__in=wanted).delete()
    known = set(arrangement.dates.filter(planned_date__in=wanted).values_list("planned_date", flat=True))
    made = [
        DebitDate(
            arrangement=arrangement, planned_date=day, date=moved_off_holidays(day, clock.is_working_day)
        )
        for day in wanted
        if day not in known
    ]
    DebitDate.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


@transaction.atomic
def move(date_id: int, *, to: date, remark: str, now: datetime) -> DebitDate:
    """Move a debit date by hand, to any day people want."""
    planned = _changeable(date_id, remark)
    if to < clock.business_date(now):
        raise Refusal(DEBIT_DATE_PAST)
    others = DebitDate.objects.filter(arrangement=planned.arrangement_id, date=to, is_skipped=False)
    if others.exclude(pk=planned.pk).exists():
        raise Refusal(DEBIT_DATE_TAKEN)
    planned.date, planned.is_moved_by_hand, planned.is_skipped = to, True, False
    planned.save()
    return planned


@transaction.atomic
def skip(date_id: int, *, remark: str) -> DebitDate:
    """Leave a debit date out."""
    planned = _changeable(date_id, remark)
    planned.is_skipped = True
    planned.save()
    return planned


@transaction.atomic
def restore(date_id: int, *, remark: str) -> DebitDate:
    """Let a skipped debit date count again."""
    planned = _changeable(date_id, remark)
    planned.is_skipped = False
    planned.save()
    return planned


def open_due(*, now: datetime) -> list[DebitRun]:
    """Open the runs of today's dates, and of those a standstill missed in the last days; one that is there is left."""
    today = clock.business_date(now)
    due = DebitDate.objects.filter(
        run=None,
        is_skipped=False,
        date__lte=today,
        date__gt=_oldest(today),
        arrangement__is_active=True,
        arrangement__runs_by_itself=True,
    )
    opened = (_open(planned, now) for planned in due.select_related("arrangement").order_by("date", "pk"))
    return [run for run in opened if run is not None]


def _open(planned: DebitDate, now: datetime) -> DebitRun | None:
    try:
        return debit_run.open_run(planned.arrangement, planned.date, by_id=None, now=now)
    except (Refusal, IntegrityError) as error:
        log.warning("debit_run_not_opened", arrangement=str(planned.arrangement_id), error=repr(error))
        return None


def _oldest(today: date) -> date:
    return date.fromordinal(today.toordinal() - 7)


def _changeable(date_id: int, remark: str) -> DebitDate:
    if not remark.strip():
        raise Refusal(DEBIT_REMARK_MISSING)
    planned = DebitDate.objects.select_for_update(of=["self"], no_key=True).get(pk=date_id)
    if planned.run_id is not None:
        raise Refusal(DEBIT_DATE_OVER)
    planned.remark = remark.strip()[:200]
    return planned
