"""What the overview shows of reconciliation: runs that need somebody, answers that are missing, what was found."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q, Sum
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from reconciliation import figures, needs
from reconciliation.states import Difference, DiscrepancyState, RunState
from unipay.backoffice.bounded import bounded_counts
from unipay.backoffice.dashboard import Card, Chart, Series, Shown, Tone, Viewer, list_address
from unipay.clock import business_date, business_day_start

RUNS, DISCREPANCIES = "reconciliation.run", "reconciliation.discrepancy"
_LONG_UNANSWERED = timedelta(hours=24)
_FORTNIGHT = 14


def runs(viewer: Viewer) -> Iterator[Shown]:
    """The runs that wait for people, and those nothing moves."""
    mine = viewer.rows(RUNS)
    counted = bounded_counts(
        approval=mine.filter(state=RunState.AWAITING_APPROVAL), stuck=needs.stuck(mine, now=viewer.now)
    )
    yield Card(
        title=_("Runs waiting for approval"),
        figure=counted["approval"],
        link=list_address(RUNS, needs="approval"),
        tone=Tone.WARNING if counted["approval"] else Tone.OK,
        order=200,
        icon="front_hand",
    )
    yield Card(
        title=_("Runs that are stuck"),
        figure=counted["stuck"],
        link=list_address(RUNS, needs="stuck"),
        tone=Tone.DANGER if counted["stuck"] else Tone.OK,
        order=210,
        note=_("They failed, or have stood still for hours.") if counted["stuck"] else "",
        icon="running_with_errors",
    )


def discrepancies(viewer: Viewer) -> Iterator[Shown]:
    """The corrections nobody has answered, and what was carried to the next run."""
    mine = viewer.rows(DISCREPANCIES)
    counted = bounded_counts(unanswered=needs.unanswered(mine), carried=needs.carried(mine))
    oldest = needs.unanswered(mine).order_by("exported_at").values_list("exported_at", flat=True).first()
    is_late = oldest is not None and viewer.now - oldest > _LONG_UNANSWERED
    yield Card(
        title=_("Corrections unanswered"),
        figure=counted["unanswered"],
        link=list_address(DISCREPANCIES, needs="unanswered"),
        tone=Tone.WARNING if is_late else Tone.NOTICE if counted["unanswered"] else Tone.OK,
        order=220,
        note=_("The oldest was sent %(age)s.") % {"age": _age(viewer.now - oldest)} if oldest else "",
        icon="mark_email_unread",
    )
    yield Card(
        title=_("Discrepancies carried"),
        figure=counted["carried"],
        link=list_address(DISCREPANCIES, needs="carried"),
        tone=Tone.NOTICE if counted["carried"] else Tone.OK,
        order=230,
        icon="redo",
    )


def found_today(viewer: Viewer) -> Iterator[Shown]:
    """What the runs matched today found, by difference; and which provinces owe answers."""
    today = business_date(viewer.now)
    tomorrow = business_day_start(today + timedelta(days=1))
    found = figures.found_between(business_day_start(today), tomorrow, provinces=viewer.provinces)
    yield Card(
        title=_("Discrepancies found"),
        figure=found.total(),
        link=list_address(DISCREPANCIES, day=today),
        tone=Tone.NOTICE,
        order=50,
        note=_("by the runs compared today"),
        icon="difference",
    )
    counted = found.by(0)
    yield _list_of(
        _("Discrepancies found today"),
        [
            (
                str(Difference(each).label),
                counted[each],
                list_address(DISCREPANCIES, day=today, difference=each),
            )
            for each in sorted(counted, key=lambda each: -counted[each])
        ],
        empty=_("No run has found a discrepancy today."),
        order=140,
    )
    yield _list_of(
        _("Corrections unanswered, by province"),
        list(_owed(viewer)),
        empty=_("Every correction sent out is answered."),
        order=150,
    )


def trend(viewer: Viewer) -> Iterator[Shown]:
    """Discrepancies by difference over a fortnight."""
    yield trend_chart(viewer, length=_FORTNIGHT, title=_("Discrepancies by business date"))


def trend_chart(viewer: Viewer, *, length: int, title: str) -> Chart:
    """Return the discrepancies of each difference on each of the last business dates."""
    until = business_date(viewer.now) - timedelta(days=1)
    found = figures.trend(until, length=length, provinces=viewer.provinces)
    ordered = [each for each in Difference if each in found]
    days = [until - timedelta(days=ago) for ago in range(length - 1, -1, -1)]
    return Chart(
        title,
        tuple(f"{day:%m-%d}" for day in days),
        tuple(
            Series(capfirst(each.label), tuple(found[each].values()), tuple(map(_runs_of, days)))
            for each in ordered
        ),
        _("No run has found a discrepancy in these days."),
        is_line=True,
        order=40,
    )


def _runs_of(day: date) -> str:
    return list_address(RUNS, day=day)


def _owed(viewer: Viewer) -> Iterator[tuple[str, int, str]]:
    """What each run has sent out and nobody has answered, the oldest first."""
    is_owed = Q(figures__state=DiscrepancyState.EXPORTED)
    sent = viewer.rows(RUNS).filter(state=RunState.EXPORTED).order_by("exported_at")
    for run in sent.annotate(owed=Sum("figures__count", filter=is_owed)):
        said = {"province": run.partner.title, "age": _age(viewer.now - run.exported_at)}
        link = list_address(DISCREPANCIES, run=run.run_no, state=DiscrepancyState.EXPORTED)
        yield _("%(province)s, sent %(age)s") % said, run.owed or 0, link


def _list_of(title: str, rows: list[tuple[str, int, str]], *, empty: str, order: int) -> Chart:
    labels, counts, links = zip(*rows, strict=True) if rows else ((), (), ())
    series = Series(pgettext("count", "discrepancies"), tuple(counts), tuple(links))
    return Chart(title, tuple(map(capfirst, labels)), (series,), empty, is_list=True, order=order)


def _age(length: timedelta) -> str:
    hours = int(length.total_seconds() // 3600)
    if hours >= 48:
        return ngettext("%(count)d day ago", "%(count)d days ago", hours // 24) % {"count": hours // 24}
    if hours:
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    return _("within the hour")
