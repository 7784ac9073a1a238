"""What must be in place before the centre starts on one machine: room, ports, nothing left from an earlier run;
then database, calendar, queue and, on a development machine, demo data."""

import shutil
import socket
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path

import psutil
from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from kombu.exceptions import KombuError

from unipay.celery import app

MIN_FREE_BYTES = 1024**3
SUPERVISOR = "UNIPAY_SUPERVISOR"  # the variable by which a run's programs are known: "pid:data directory"

Step = Callable[[], str]


def require_a_free_machine() -> None:
    """Raise CommandError, one sentence, when the centre cannot start here; clear away what a killed run left."""
    _stop_leftovers()
    _require_free_port("UNIPAY_PORT", settings.UNIPAY_PORT)
    if settings.UNIPAY_SANDBOX:
        _require_free_port("UNIPAY_SANDBOX_PORT", settings.UNIPAY_SANDBOX_PORT)
    _require_disk_space(settings.UNIPAY_DATA_DIR)


def _stop_leftovers() -> None:
    """Stop what an earlier run left behind when it was killed; refuse to start beside one that lives."""
    left = [process for process in psutil.process_iter() if _supervisor(process)]
    living = next((pid for process in left if psutil.pid_exists(pid := _supervisor(process))), None)
    if living:
        raise CommandError(
            f"Unipay already runs with the data in {settings.UNIPAY_DATA_DIR} (process {living})."
        )
    for process in left:
        with suppress(psutil.Error):
            process.terminate()
    psutil.wait_procs(left, timeout=10)


def _supervisor(process: psutil.Process) -> int:
    """Return the process number of the run that started this program on our data, or 0."""
    with suppress(psutil.Error, OSError):
        pid, _, directory = process.environ().get(SUPERVISOR, "").partition(":")
        if directory == str(settings.UNIPAY_DATA_DIR):
            return int(pid)
    return 0


def _require_free_port(variable: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.UNIPAY_BIND, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}): stop the program that has it, perhaps an earlier"
                f" `make run`, or set {variable} to another port."
            ) from error


def _require_disk_space(directory: Path) -> None:
    free = shutil.disk_usage(directory).free
    if free < MIN_FREE_BYTES:
        raise CommandError(
            f"Only {free // 1024**2} MB are free in {directory}, and at least 1024 are needed: make room, or set"
            " UNIPAY_DATA_DIR to another disk."
        )


def _database() -> str:
    where = "embedded" if settings.DATABASE_IS_EMBEDDED else "of DATABASE_URL"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            (version,) = cursor.fetchone()
    except OperationalError as error:
        raise CommandError(f"The database of DATABASE_URL does not answer: {_first_line(error)}") from error
    return f"PostgreSQL {version.split()[0]}, {where}"


def _migrate() -> str:
    said = _run_command("migrate", "--no-input")
    applied = said.count("... OK")
    return f"{applied} applied" if applied else "nothing to do"


def _calendar() -> str:
    _run_command("sync_schedule")
    return "up to date"


def _collect_static() -> str:
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    if settings.DEBUG:
        return "served from where they are"
    _run_command("collectstatic", "--no-input")
    return "collected"


def _declare_queue() -> str:
    # A broker that cannot be reached is told now, and not by the first wake-up that is lost.
    with app.connection_for_write() as broker:
        try:
            broker.ensure_connection(max_retries=1, timeout=5)
            app.amqp.queues[app.conf.task_default_queue](broker.default_channel).declare()
        except (*broker.connection_errors, *broker.channel_errors, KombuError) as error:
            raise CommandError(f"The broker of CELERY_BROKER_URL refuses: {_first_line(error)}") from error
    return settings.CELERY_BROKER_URL.partition(":")[0]


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


def _load_demo() -> str:
    if not settings.DEBUG:
        return "never in production: its passwords are known"
    if "load_demo" not in get_commands() or apps.get_model("partners.Partner").objects.exists():
        return "kept as it is"
    said = _run_command("load_demo")
    return said.strip() or "loaded"


def _run_command(name: str, *arguments: str) -> str:
    said = StringIO()
    call_command(name, *arguments, stdout=said, no_color=True)
    return said.getvalue()


STEPS: dict[str, Step] = {
    "Database": _database,
    "Migrations": _migrate,
    "Calendar": _calendar,
    "Static files": _collect_static,
    "Wake-up queue": _declare_queue,
    "Demo data": _load_demo,
}
