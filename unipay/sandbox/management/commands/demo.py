"""`manage.py demo` (make demo): tells the whole story, of signing, reconciliation and money, to a running Unipay over
HTTP, and prints what was expected, what was seen, and where to look."""

import json
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from unipay.errors import TransportFailed, Unanswered
from unipay.sandbox import by_itself
from unipay.sandbox.demo.browser import PageUnexpected
from unipay.sandbox.demo.findings import Chapter, Findings
from unipay.sandbox.demo.fresh_numbers import NumbersUsedUp
from unipay.sandbox.demo.story import chapters
from unipay.sandbox.models import SandboxKey

PATIENCE_SECONDS = 90
START_SECONDS = 180
WIDTH = 160

_MISHAPS = (PageUnexpected, TransportFailed, Unanswered, NumbersUsedUp, httpx.HTTPError)


class Command(BaseCommand):
    """Drives signings, duplicates, refusals, mishaps and changes; exit code 1 when anything was not as expected."""

    help = "Tell the whole story of signing, reconciliation and money to a running Unipay, and print what happened."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how long the story is, where Unipay is, and how to answer."""
        parser.add_argument("--count", type=int, default=300, help="about how many numbers to sign")
        parser.add_argument("--base-url", default="", help="where Unipay is, else UNIPAY_PUBLIC_URL")
        parser.add_argument("--json", action="store_true", help="print the summary as JSON")
        parser.add_argument(
            "--serve", action="store_true", help="start everything for the duration of the story"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell the story and print the summary."""
        if options["base_url"]:
            settings.UNIPAY_PUBLIC_URL = options["base_url"].rstrip("/")
        console = Console(stderr=True)
        with _served(console) if options["serve"] else _expected_running():
            if not SandboxKey.objects.exists():
                raise CommandError("There are no simulated partners yet: run `manage.py load_demo`.")
            began = time.monotonic()
            # The story drives the partners by hand, and knows how often each of them answers.
            with by_itself.held():
                findings = _tell(list(chapters(options["count"])), console)
            summary = _summary(findings, seconds=time.monotonic() - began)
        if options["json"]:
            self.stdout.write(json.dumps(summary, ensure_ascii=False, indent=1))
        else:
            _print(summary)
        if not findings.is_as_expected:
            raise CommandError("Not everything was as expected: see the rows marked ✗.", returncode=1)


def _tell(told: list[Chapter], console: Console) -> Findings:
    findings = Findings()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        telling = progress.add_task("Telling the story", total=len(told))
        for chapter in told:
            try:
                chapter(findings)
            except _MISHAPS as mishap:
                findings.note(
                    "Interrupted", msisdn="", expected="", seen=f"{type(mishap).__name__}: {mishap}"[:200]
                )
            progress.advance(telling)
        awaited = len(findings.awaited)
        waiting = progress.add_task("Waiting for the books to agree", total=awaited)
        findings.settle(
            patience_seconds=PATIENCE_SECONDS,
            progress=lambda left: progress.update(waiting, completed=awaited - left),
        )
    return findings


def _summary(findings: Findings, *, seconds: float) -> dict[str, Any]:
    return {
        "is_as_expected": findings.is_as_expected,
        "looked_at": len(findings.found),
        "seconds": round(seconds, 1),
        "steps": findings.summary(),
        "where_to_look": {
            "contracts": f"{settings.UNIPAY_PUBLIC_URL}/admin/signing/contract/",
            "manual cases": f"{settings.UNIPAY_PUBLIC_URL}/admin/signing/manualcase/",
            "reconciliation": f"{settings.UNIPAY_PUBLIC_URL}/admin/reconciliation/run/",
            "debit runs": f"{settings.UNIPAY_PUBLIC_URL}/admin/billing/debitrun/",
            "recharges": f"{settings.UNIPAY_PUBLIC_URL}/admin/billing/recharge/",
            "messages to partners": f"{settings.UNIPAY_PUBLIC_URL}/admin/messaging/outboundmessage/",
            "partners' own books": f"{settings.UNIPAY_SANDBOX_URL}/sandbox/",
            "SMS": f"{settings.UNIPAY_SANDBOX_URL}/sandbox/sms/",
        },
    }


def _print(summary: dict[str, Any]) -> None:
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDTH)
    table = Table(title=f"What happened: {summary['looked_at']} things looked at in {summary['seconds']} s")
    for heading in ("", "step", "times", "expected", "seen", "for example"):
        table.add_column(heading)
    for row in summary["steps"]:
        seen = "\n".join(f"{what} ({times})" for what, times in row["seen"].items())
        mark, shown = ("✓", "as expected") if row["is_as_expected"] else ("✗", seen)
        table.add_row(mark, row["step"], str(row["count"]), row["expected"], shown, row["example"])
    console.print(table)
    for what, where in summary["where_to_look"].items():
        console.print(f"{what:<22} {where}")


@contextmanager
def _expected_running() -> Iterator[None]:
    for url in (f"{settings.UNIPAY_PUBLIC_URL}/healthz", f"{settings.UNIPAY_SANDBOX_URL}/sandbox/"):
        if not _answers(url):
            raise CommandError(
                f"Nobody answers at {url}: start Unipay with `make run` first, or add --serve."
            )
    yield


@contextmanager
def _served(console: Console) -> Iterator[None]:
    """Run everything as `make run` does, for as long as the story takes."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        with console.status("Starting Unipay …"):
            _wait_until_ready(running)
        yield
    finally:
        running.terminate()
        running.wait(timeout=30)


def _wait_until_ready(running: subprocess.Popen[bytes]) -> None:
    ends_at = time.monotonic() + START_SECONDS
    wanted = (f"{settings.UNIPAY_PUBLIC_URL}/readyz", f"{settings.UNIPAY_SANDBOX_URL}/sandbox/")
    while not all(map(_answers, wanted)):
        if running.poll() is not None or time.monotonic() > ends_at:
            raise CommandError("Unipay did not start: `make run` tells why.")
        time.sleep(0.5)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False
