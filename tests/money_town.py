"""The town of money: every bank of the sandbox with its arrangements, people who approve, and a calendar whose tasks a
worker in this process carries out."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Sum

from billing.flows import debit_proposal
from billing.flows.debit_proposal import Way
from billing.models import Arrangement, Bill, DebitRun, LedgerLine, Recharge
from tests.chart import chart
from tests.factories import LONG_AGO
from tests.neutral_layouts import neutral_layouts
from tests.town import Town, _key_of, town
from unipay import clock
from unipay.approvals import proposals
from unipay.celery import app
from unipay.exchange import queries as files
from unipay.exchange.flows import acknowledge, deliver, receive
from unipay.exchange.models import Directory, FileOrigin, SentFile
from unipay.partners.models import Partner
from unipay.sandbox import arrangements, bank, bank_debits, bank_mandates, bank_signing, onboarding
from unipay.sandbox.models import SandboxContract, SandboxMandate

__all__ = ["MoneyTown", "chart", "money_town", "neutral_layouts", "town", "worker"]

BANKS = ("SPDB", "SPDB_WEB", "MOBILEPAY", "SXRCB", "WZRCB", "TZRCB", "JXCARD", "NBCARD")
CALENDAR = (
    "billing.plan_debit_dates",
    "billing.open_debit_runs",
    "billing.sweep_debits",
    "billing.sweep_landings",
    "exchange.sweep",
    "messaging.sweep",
    "approvals.settle",
)


@dataclass
class Worker:
    """What a worker was woken for and has not done yet."""

    waiting: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def take(self, name: str, args: Any = None, kwargs: Any = None, **_how: Any) -> None:
        """Be woken for a task."""
        order = (name, tuple(args or ()))
        if order not in self.waiting:
            self.waiting.append(order)

    def work(self) -> None:
        """Do everything that waits, and what it leads to."""
        while self.waiting:
            name, args = self.waiting.pop(0)
            app.tasks[name](*args)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    """One worker, in this process, woken by everybody."""
    app.loader.import_default_modules()
    woken = Worker()
    monkeypatch.setattr(app, "send_task", woken.take)
    for name in app.tasks:
        monkeypatch.setattr(app.tasks[name], "apply_async", _woken_for(woken, name), raising=False)
    return woken


def _woken_for(woken: Worker, name: str) -> Any:
    return lambda args=None, kwargs=None, **how: woken.take(name, args)


@dataclass
class MoneyTown(Town):
    """A town whose banks debit."""

    worker: Worker = field(default_factory=Worker)

    def tick(self, times: int = 2) -> None:
        """The calendar's tasks run, and the worker does what they wake it for."""
        for _ in range(times):
            for name in CALENDAR:
                app.tasks[name]()
                self.worker.work()

    def sign(self, code: str, msisdn: str) -> SandboxContract:
        """A number is signed at a bank's counter, and its province hears of it."""
        row, _reply = bank.ask_to_sign(code, msisdn)
        bank_signing.sign(row)
        return row

    def mandate(self, code: str, **of: str) -> SandboxMandate:
        """A mandate is signed at a bank, which does not tell yet."""
        return bank_mandates.sign(code, now=clock.now(), **of)

    def arrangement(self, code: str, way: str) -> Arrangement:
        """What was agreed with a bank about a way of debiting."""
        return Arrangement.objects.get(bank__code=code, way=way)

    def approve(self) -> int:
        """Two people of finance look at the runs that wait, and let them pass; returns how many."""
        waiting = list(DebitRun.objects.filter(state="AWAITING_APPROVAL"))
        for run in waiting:
            self.submit(run, Way.SEND)
        return len(waiting)

    def submit(self, run: DebitRun, way: Way) -> None:
        """One proposes, another approves."""
        now = clock.now()
        wish = debit_proposal.submit(
            run.run_no, way=way, remark="month end", by_id=_user("finance").pk, now=now
        )
        if wish.proposal:
            proposals.approve(
                wish.proposal.proposal_no, by_id=_user("finance-checker").pk, remark="right", now=now
            )

    def bring_by_hand(self, code: str, way: str) -> int:
        """Staff download the request files of a bank without a line, bring them, and upload what it returns."""
        sent = SentFile.objects.filter(
            partner__code=code, kind=f"{way.lower()}_request", state__in=["READY", "DELIVERED"]
        )
        waiting = list(sent.select_related("partner").order_by("id"))
        for file in waiting:
            content = b"".join(files.content(file.file_no))
            now = clock.now()
            deliver.fetched(file, now=now)
            returned = bank_debits.answer_by_hand(
                code, way, content, business_date=file.business_date, now=now
            )
            acknowledge.accepted(file, now=now)
            self.upload(code, f"{way.lower()}_return", returned)
        return len(waiting)

    def upload(self, code: str, kind: str, content: bytes) -> None:
        """Staff upload a file of a bank."""
        now = clock.now()
        receive.keep(
            partner=Partner.objects.get(code=code),
            kind=kind,
            name=f"{kind}_{code}_{now:%Y%m%d}_{now:%H%M%S%f}.txt",
            chunks=[content],
            origin=FileOrigin.UPLOAD,
            business_date=clock.business_date(now),
            uploaded_by=_user("finance"),
            now=now,
        )
        self.worker.work()

    def balance(self, role: str, code: str | None = None) -> int:
        """What stands on the accounts of a role, of one partner or of all, in fen: debit minus credit."""
        lines = LedgerLine.objects.filter(account__role=role)
        if code:
            lines = lines.filter(account__partner__code=code)
        return int(lines.aggregate(sum=Sum("amount_fen"))["sum"] or 0)

    def recharge(self, msisdn: str) -> Recharge:
        """The newest recharge of a number."""
        return Recharge.objects.filter(msisdn=msisdn).latest("id")

    def bill(self, msisdn: str) -> Bill:
        """The newest bill of a number."""
        return Bill.objects.filter(msisdn=msisdn).latest("id")


@pytest.fixture
def money_town(
    town: Town, chart: None, neutral_layouts: None, worker: Worker, settings: Any, tmp_path: Path
) -> MoneyTown:
    """A town with more banks, their arrangements, and people of finance."""
    settings.UNIPAY_LOCAL_DIRECTORIES = [str(tmp_path)]
    for player in onboarding.players():
        if player.code in BANKS:
            onboarding.hand_out(onboarding.connect(player, _key_of(player), now=LONG_AGO))
    Partner.objects.filter(code__in=BANKS).update(read_timeout_ms=1500, connect_timeout_ms=500)
    arrangements.arrange(now=LONG_AGO)
    Directory.objects.update(settle_seconds=0)
    for name in ("finance", "finance-checker"):
        User.objects.create_superuser(name)
    return MoneyTown(town.url, worker=worker)


def _user(name: str) -> User:
    return User.objects.get(username=name)
