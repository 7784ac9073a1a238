"""`manage.py run`: the whole centre on one machine. Prepares what is missing, then starts the Procfile's programs
and says where everything is once it answers. Ctrl-C stops all of it, the embedded database included."""

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from honcho import manager as honcho
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer
from rich.console import Console
from rich.table import Table

from unipay.preparation import STEPS, SUPERVISOR, Step, require_a_free_machine
from unipay.sandbox.demo_logins import DEMO_LOGINS

IMPATIENCE_SECONDS = 60
STOP_SECONDS = 15
SANDBOX = "sandbox"


class Command(BaseCommand):
    """Starts web, worker, beat and, where UNIPAY_SANDBOX=1, the sandbox."""

    help = "Prepare and start everything: web, worker, beat and sandbox. Ctrl-C stops."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare step by step, start, and stay until stopped."""
        console = Console(file=sys.stdout, highlight=False)
        require_a_free_machine()
        for name, step in STEPS.items():
            _show(console, name, step)
        returncode = _start(console)
        if returncode:
            raise CommandError("A program stopped by itself; its last lines above tell why.", returncode=1)
        console.print("Stopped. All data is kept; the next start takes seconds.")


def _show(console: Console, name: str, step: Step) -> None:
    began = time.monotonic()
    with console.status(f"{name} …"):
        outcome = step()
    console.print(f"[green]✓[/] {name:<14} {outcome} [dim]({time.monotonic() - began:.1f} s)[/]")


def _start(console: Console) -> int:
    """Run the Procfile's programs until one ends or somebody stops them; return 0 when somebody did."""
    honcho.KILL_WAIT = STOP_SECONDS
    manager = honcho.Manager(printer=Announcer(console))
    for name, command in parse_procfile((settings.BASE_DIR / "Procfile").read_text()).processes.items():
        if name != SANDBOX or settings.UNIPAY_SANDBOX:
            manager.add_process(name, command, env=_environment(), cwd=str(settings.BASE_DIR))
    connection.close()
    # A closed terminal stops everything as Ctrl-C does.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    manager.loop()
    stopped_by_hand = manager.returncode in (0, 130, 143)
    return 0 if stopped_by_hand else int(manager.returncode)


def _environment() -> dict[str, str]:
    figures = settings.UNIPAY_DATA_DIR / "metrics"
    shutil.rmtree(figures, ignore_errors=True)
    figures.mkdir()
    return {
        "LOG_LEVEL": "WARNING",
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PROMETHEUS_MULTIPROC_DIR": str(figures),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        SUPERVISOR: f"{os.getpid()}:{settings.UNIPAY_DATA_DIR}",
        "UNIPAY_BIND": settings.UNIPAY_BIND,
        "UNIPAY_PORT": str(settings.UNIPAY_PORT),
        "UNIPAY_SANDBOX_PORT": str(settings.UNIPAY_SANDBOX_PORT),
    }


class Announcer(Printer):  # type: ignore[misc]
    """Prints what the programs say and, once the centre is ready, where to find it."""

    def __init__(self, console: Console) -> None:
        super().__init__(output=sys.stdout)
        self.console = console
        self.watch: Thread | None = None

    def write(self, message: Message) -> None:
        """Print a line; the first one comes when every program was forked, and a thread is safe to have."""
        if self.watch is None:
            self.watch = Thread(target=_announce, args=[self.console], daemon=True)
            self.watch.start()
        with suppress(OSError):  # the terminal may be gone
            super().write(message)


def _announce(console: Console) -> None:
    began = time.monotonic()
    impatient_at = began + IMPATIENCE_SECONDS
    while (problems := _problems()) is None or problems:
        if problems and time.monotonic() > impatient_at:
            console.print(f"Still waiting for {problems}.")
            impatient_at += IMPATIENCE_SECONDS
        time.sleep(0.5)
    console.print(_addresses(time.monotonic() - began))


def _problems() -> str | None:
    """Return what the centre still waits for, empty when it is ready, None while nobody answers."""
    try:
        answer = httpx.get(
            f"http://{settings.UNIPAY_BIND}:{settings.UNIPAY_PORT}/readyz",
            headers={"Authorization": f"Bearer {settings.METRICS_TOKEN or 'none'}"},
            timeout=10,
        )
        components = answer.json().get("components", {})
    except (httpx.HTTPError, ValueError):
        return None
    waiting = [f"{name} ({found['status']})" for name, found in components.items() if found["status"] != "ok"]
    return "" if answer.status_code == httpx.codes.OK else ", ".join(waiting) or "the centre"


def _addresses(seconds: float) -> Table:
    table = Table(title=f"Unipay is ready ({seconds:.0f} s). Ctrl-C stops it.", title_justify="left")
    table.add_column("what")
    table.add_column("where")
    centre = settings.UNIPAY_PUBLIC_URL
    table.add_row("back office", f"{centre}/admin/")
    table.add_row("API documentation", f"{centre}/api/docs/")
    table.add_row("health, figures", f"{centre}/readyz  {centre}/metrics")
    if settings.UNIPAY_SANDBOX:
        table.add_row("simulated banks, provinces, hall", f"{settings.UNIPAY_SANDBOX_URL}/sandbox/")
        table.add_row("the whole story", "make demo, in another terminal")
        for login in DEMO_LOGINS:
            table.add_row(f"log in: {login.purpose}", f"{login.username} / {login.password}")
    return table
