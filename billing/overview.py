"""What the overview shows of money: runs that need somebody, answers that are missing, money that hangs, the ledger."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing import figures
from billing.flows.overdue_returns import overdue
from billing.models import TrialBalance
from billing.states import RUN_OVER, RechargeState, RunState
from signing.states import ABOUT_MONEY, UNDECIDED
from unipay.backoffice.bounded import bounded_counts
from unipay.backoffice.dashboard import Card, Chart, Series, Shown, Tone, Viewer, list_address
from unipay.money import format_money

RUNS, RECHARGES, TRIALS = "billing.debitrun", "billing.recharge", "billing.trialbalance"
CASES = "signing.manualcase"
HANGING = (RechargeState.PAID, RechargeState.TAKING_BACK, RechargeState.REFUND_OWED)
_LAST_RUNS = 14
_HANGS_LONG = timedelta(hours=24)
_TRIAL_AGE = timedelta(hours=30)


def runs(viewer: Viewer) -> Iterator[Shown]:
    """The runs in work, those that wait for approval, and the answers that are overdue."""
    mine = viewer.rows(RUNS)
    counted = bounded_counts(
        approval=mine.filter(state=RunState.AWAITING_APPROVAL),
        work=mine.exclude(state__in=RUN_OVER),
        overdue=overdue(now=viewer.now),
    )
    yield Card(
        title=_("Debit runs waiting for approval"),
        figure=counted["approval"],
        link=list_address(RUNS, needs="approval"),
        tone=Tone.WARNING if counted["approval"] else Tone.OK,
        order=100,
        icon="front_hand",
    )
    yield Card(
        title=_("Debit returns overdue"),
        figure=counted["overdue"],
        link=list_address(RUNS, needs="overdue"),
        tone=Tone.DANGER if counted["overdue"] else Tone.OK,
        order=110,
        note=_("Request files their banks have not answered in time.") if counted["overdue"] else "",
        icon="assignment_late",
    )
    yield Card(
        title=_("Debit runs in work"),
        figure=counted["work"],
        link=list_address(RUNS, needs="unfinished"),
        tone=Tone.NOTICE if counted["work"] else Tone.OK,
        order=300,
        icon="event_repeat",
    )


def hanging(viewer: Viewer) -> Iterator[Shown]:
    """Money that was taken and is neither credited nor back: how much, and since when."""
    mine = viewer.rows(RECHARGES).filter(state__in=HANGING)
    count = bounded_counts(hanging=mine)["hanging"]
    oldest = mine.order_by("id").values_list("paid_at", flat=True).first()
    fen = mine.order_by()[:1000].aggregate(all=Sum("amount_fen"))["all"] or 0
    is_late = oldest is not None and viewer.now - oldest > _HANGS_LONG
    note = ""
    if oldest:
        said = {"amount": format_money(fen), "age": _age(viewer.now - oldest)}
        note = _("%(amount)s in all; the oldest was taken %(age)s.") % said
    yield Card(
        title=_("Taken, not credited"),
        figure=count,
        link=list_address(RECHARGES, needs="credit"),
        tone=Tone.DANGER if is_late else Tone.NOTICE if count else Tone.OK,
        order=120,
        note=note,
        icon="hourglass_top",
    )


def trial(viewer: Viewer) -> Iterator[Shown]:
    """Whether the ledger was even last night."""
    last: TrialBalance | None = viewer.rows(TRIALS).order_by("-business_date", "-id").first()
    if last is None:
        yield Card(
            title=_("Trial balance"),
            figure="—",
            link=list_address(TRIALS),
            tone=Tone.NOTICE,
            order=310,
            note=_("None was taken yet; the first is taken tonight."),
            icon="balance",
        )
        return
    is_old = viewer.now - last.taken_at > _TRIAL_AGE
    yield Card(
        title=_("Trial balance"),
        figure=_("even") if last.is_even else _("uneven"),
        link=list_address(TRIALS),
        tone=Tone.DANGER if not last.is_even or is_old else Tone.OK,
        order=90,
        note=_("Last night's was not taken.") if is_old else f"{last.business_date:%Y-%m-%d}",
        icon="balance",
    )


def cases(viewer: Viewer) -> Iterator[Shown]:
    """The undecided cases about money."""
    mine = viewer.rows(CASES).filter(state__in=UNDECIDED, reason__in=ABOUT_MONEY)
    late = mine.filter(due_at__lt=viewer.now)
    counted = bounded_counts(cases=mine, late=late)
    yield Card(
        title=_("Cases about money"),
        figure=counted["cases"],
        link=list_address(CASES, about="money"),
        tone=Tone.DANGER if counted["late"] else Tone.WARNING if counted["cases"] else Tone.OK,
        order=130,
        note=_("%(count)d of them are overdue.") % {"count": counted["late"]} if counted["late"] else "",
        icon="gavel",
    )


def success(viewer: Viewer) -> Iterator[Shown]:
    """How many of a hundred answered debits brought money, run by run."""
    done = (
        viewer.rows(RUNS)
        .filter(state__in=[RunState.SENT, RunState.CLOSED])
        .select_related("arrangement__bank")
    )
    latest = list(done.order_by("-debit_date", "-id")[:_LAST_RUNS])[::-1]
    told = figures.success_of(latest, viewer.provinces)
    yield Chart(
        _("Debited of a hundred answered, by run"),
        tuple(f"{each.run.debit_date:%m-%d} {each.run.arrangement.bank.title}" for each in told),
        (
            Series(
                _("debited of a hundred"),
                tuple(each.percent for each in told),
                tuple(list_address(RUNS, day=each.run.debit_date) for each in told),
            ),
        ),
        _("No bank has answered a run yet."),
        is_list=True,
        is_share=True,
        order=60,
    )


def _age(length: timedelta) -> str:
    hours = int(length.total_seconds() // 3600)
    if hours >= 48:
        return ngettext("%(count)d day ago", "%(count)d days ago", hours // 24) % {"count": hours // 24}
    if hours:
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    return _("within the hour")
