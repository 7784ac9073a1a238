"""What runs when, and why: the one page. `manage.py sync_schedule` writes it into the calendar of the admin,
where operators may change or switch off any entry; what they changed stays as they left it. What simulated partners do
by themselves is in it only where the sandbox is installed."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from unipay.errors import Text


@dataclass(frozen=True)
class Every:
    """Again and again, a pause apart; an order that a worker did not take within `expires` is dropped."""

    pause: timedelta

    @property
    def expires(self) -> timedelta:
        """A missed turn is worth nothing once the next ones are due."""
        return max(3 * self.pause, timedelta(seconds=30))


@dataclass(frozen=True)
class Daily:
    """Once a day at this time in Asia/Shanghai."""

    hour: int
    minute: int = 0


@dataclass(frozen=True)
class Entry:
    """One line of the calendar: the task, when it runs, and why."""

    task: str
    when: Every | Daily
    why: Text


_CENTRE = (
    Entry(
        "unipay.heartbeat",
        Every(timedelta(seconds=10)),
        _("Proves that beat, broker, worker and database work together; /readyz looks at it."),
    ),
    Entry(
        "messaging.sweep",
        Every(timedelta(seconds=5)),
        _("A wake-up may be lost: sends what is due and was not sent."),
    ),
    Entry(
        "api.prune_nonces",
        Every(timedelta(minutes=10)),
        _("Drops nonces too old to be replayed."),
    ),
    Entry(
        "approvals.settle",
        Every(timedelta(minutes=1)),
        _(
            "Proposals nobody checked in time, or that events overtook: they end, and their subject is open again."
        ),
    ),
    Entry(
        "signing.expire_provisional",
        Every(timedelta(minutes=1)),
        _("Provisional contracts that ran out: the bank is asked first, then they end (A2)."),
    ),
    Entry(
        "signing.expire_sessions",
        Every(timedelta(minutes=1)),
        _("Hall sessions that ran out: they end and the hall is told (A1)."),
    ),
    Entry(
        "signing.refresh_daily_figures",
        Every(timedelta(minutes=1)),
        _("Counts what happened today for the overview, which never reads the big tables itself."),
    ),
    Entry(
        "exchange.sweep",
        Every(timedelta(seconds=15)),
        _("Files to read, files to deliver and directories to look into, whatever became of their wake-ups."),
    ),
    Entry(
        "exchange.expect",
        Every(timedelta(minutes=1)),
        _(
            "Writes down which files must come in the next weeks, and raises the alarm for those that did not."
        ),
    ),
    Entry(
        "exchange.tidy",
        Every(timedelta(minutes=30)),
        _("Gives up uploads nobody completed, and frees the space of what crashes left behind."),
    ),
    Entry(
        "reconciliation.sweep",
        Every(timedelta(minutes=1)),
        _(
            "Takes reconciliation runs up again: what waited for its turn, what failed, what a crash left (B)."
        ),
    ),
    Entry(
        "reconciliation.resend",
        Every(timedelta(minutes=10)),
        _("Corrections a province left unanswered too long are sent to it again (B)."),
    ),
    Entry(
        "reconciliation.refresh_figures",
        Every(timedelta(minutes=1)),
        _("Counts what runs found, for charts that never read the discrepancies themselves."),
    ),
    Entry(
        "billing.sweep_landings",
        Every(timedelta(minutes=1)),
        _(
            "Asks provinces what became of recharges nobody knows of: money taken is credited, or a case (C11)."
        ),
    ),
    Entry(
        "billing.refund_what_was_refused",
        Every(timedelta(minutes=30)),
        _("Gives money back that a province refused to credit, once its last day has come (C11)."),
    ),
    Entry(
        "billing.plan_debit_dates",
        Every(timedelta(hours=1)),
        _("Writes down on which days of the next two months bills are debited (C3)."),
    ),
    Entry(
        "billing.open_debit_runs",
        Every(timedelta(minutes=5)),
        _("On its day a debit run begins by itself; what a standstill missed is made up for (C3)."),
    ),
    Entry(
        "billing.sweep_debits",
        Every(timedelta(minutes=1)),
        _(
            "Takes debit runs and return files up again: what failed, what a crash left, what people approved (C3)."
        ),
    ),
    Entry(
        "billing.watch_debit_returns",
        Every(timedelta(hours=1)),
        _("Raises the alarm for request files that their banks leave unanswered too long (C3)."),
    ),
    Entry(
        "billing.take_trial_balance",
        Daily(0, 40),
        _(
            "Checks the whole ledger against itself and the business rows, and raises the alarm when it is uneven (C1)."
        ),
    ),
)
_SANDBOX = (
    Entry(
        "sandbox.provinces_bill",
        Every(timedelta(minutes=5)),
        _("Sandbox: provinces bill who has a contract and no bill for the last month (C3)."),
    ),
    Entry(
        "sandbox.banks_answer",
        Every(timedelta(minutes=1)),
        _("Sandbox: banks send their mandates, debit what request files ask for, and answer (C3 to C6)."),
    ),
)


def shipped(*, with_sandbox: bool) -> tuple[Entry, ...]:
    """Return the calendar as it is shipped, with or without what simulated partners do."""
    return (*_CENTRE, *_SANDBOX) if with_sandbox else _CENTRE


SCHEDULE = shipped(with_sandbox=settings.UNIPAY_SANDBOX)
