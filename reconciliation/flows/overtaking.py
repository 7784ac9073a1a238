"""What happens when a later file says what an earlier one says, and more: the earlier one decides nothing any more."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from reconciliation import queries
from reconciliation.models import Discrepancy, Run
from reconciliation.states import DiscrepancyState, Period, RunState

UNDECIDED = (RunState.OPENED, RunState.RECEIVED, RunState.MATCHED, RunState.AWAITING_APPROVAL)


def by_corrected_file(before: Run, *, file_no: str, now: datetime) -> None:
    """The partner sent the day's file again: what the earlier run has not corrected yet it never will.

    The caller holds the earlier run's row.
    """
    before.is_current = False
    if before.state in UNDECIDED:
        with translation.override(settings.LANGUAGE_CODE):
            before.overtake(remark=_("A corrected file came: %(file)s.") % {"file": file_no}, now=now)
    before.save()


def take_over(before: Run, *, by: Run) -> None:
    """What the earlier run of the day carried is in the corrected file as well: that decides it.

    What the earlier run took up from days before is taken up again, as the corrected file need not speak of it.
    """
    Discrepancy.objects.filter(taken_up_by=before).update(taken_up_by=by)
    Discrepancy.objects.filter(run=before, state=DiscrepancyState.CARRIED, taken_up_by=None).update(
        taken_up_by=by
    )


def by_earlier_full(late: Run, *, now: datetime) -> None:
    """A file that came after a full list which our book is even with, and which covers its day: an increment, or an
    older full list.
    """
    full = queries.covering_full(late)
    if full is not None:
        _overtake(late, full.isoformat(), now)


def increments_by(full: Run, *, now: datetime) -> None:
    """A full list our book is now even with covers the increments up to its day that still waited."""
    waiting = Run.objects.select_for_update().filter(
        partner_id=full.partner_id,
        side=full.side,
        period=Period.INCREMENT,
        business_date__lte=full.business_date,
        cut_off_at__lte=full.cut_off_at,
        state=RunState.OPENED,
    )
    for increment in waiting.order_by("id"):
        _overtake(increment, full.business_date.isoformat(), now)


def _overtake(late: Run, day: str, now: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        late.overtake(remark=_("The full list of %(day)s covers this day.") % {"day": day}, now=now)
    late.save()
