"""A web server as the Procfile starts it, on a port of its own, and the processor time it uses."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.benchmarks.processor_time import processor_seconds
from tests.benchmarks.stage import ROOT, as_application

WORKERS, THREADS = 2, 8
START_SECONDS = 60


@dataclass(frozen=True)
class WebServer:
    """Where it listens, and its first process."""

    name: str
    address: tuple[str, int]
    process: psutil.Process

    def python_seconds(self) -> float:
        """The processor time its processes used so far."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(processor_seconds(member.pid) for member in family)


@contextmanager
def serving(
    name: str, environment: dict[str, str], *, settings: str = "unipay.settings"
) -> Iterator[WebServer]:
    """Start gunicorn with these settings, and stop it in the end; its log is beside the database's keys."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()
    changed = {
        "DJANGO_SETTINGS_MODULE": settings,
        "DATABASE_URL": as_application(environment["DATABASE_URL"], name),
    }
    command = [sys.executable, "-m", "gunicorn", "unipay.wsgi", "--bind", f"127.0.0.1:{address[1]}"]
    command += ["--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)]
    command += ["--log-level", "warning", "--graceful-timeout", "2", "--keep-alive", "60"]
    with (Path(environment["UNIPAY_DATA_DIR"]) / f"{name}.log").open("a") as log:
        started = subprocess.Popen(command, cwd=ROOT, env={**environment, **changed}, stdout=log, stderr=log)
    try:
        _wait_until_listening(started, address)
        yield WebServer(name, address, psutil.Process(started.pid))
    finally:
        started.terminate()
        with suppress(subprocess.TimeoutExpired):
            started.wait(10)
        started.kill()


def _wait_until_listening(started: subprocess.Popen[bytes], address: tuple[str, int]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and started.poll() is None:
        with suppress(OSError), socket.create_connection(address, timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError("The web server does not start; see its log.")
