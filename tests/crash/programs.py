"""The programs of the Procfile as real processes that can be killed, and waiting for what they bring about."""

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
from django.conf import settings

PAUSE_SECONDS = 0.02
STOP_SECONDS = 20
# Below the range the system itself takes ports from: a program that is down keeps its port.
PORTS = range(20_000, 30_000)


def wait_until(condition: Callable[[], object], what: str, *, seconds: float = 60) -> None:
    """Wait for a condition; AssertionError naming `what` when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"within {seconds:.0f} s this did not happen: {what}"
        time.sleep(PAUSE_SECONDS)


def free_port() -> int:
    """A port nobody listens on and nobody is given by chance."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port found")


class Program:
    """One line of the Procfile: a process and its children, in a group of their own."""

    def __init__(self, name: str, command: str, *, environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.log = log
        self._started: list[subprocess.Popen[bytes]] = []

    @property
    def is_running(self) -> bool:
        return bool(self._started) and self._started[-1].poll() is None

    @property
    def pid(self) -> int:
        return self._started[-1].pid

    def start(self) -> None:
        """Start it unless it runs."""
        if self.is_running:
            return
        with self.log.open("ab") as said:
            self._started.append(
                subprocess.Popen(
                    ["/bin/sh", "-c", self.command],
                    cwd=settings.BASE_DIR,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )

    def kill(self) -> None:
        """kill -9 the program and all its children at the same moment."""
        for started in self._started:
            with suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)
            started.wait()

    def kill_parent(self) -> None:
        """kill -9 the parent; its children live until they notice."""
        self._started[-1].kill()
        self._started[-1].wait()

    def kill_child(self) -> None:
        """kill -9 one of the children, which the parent replaces."""
        children = psutil.Process(self.pid).children()
        if children:
            random.choice(children).kill()

    def stop(self) -> None:
        """Ask it to stop, as an operator would."""
        if self.is_running:
            self._started[-1].terminate()
            with suppress(subprocess.TimeoutExpired):
                self._started[-1].wait(STOP_SECONDS)
        self.kill()

    def last_words(self, characters: int = 6000) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-characters:] if self.log.exists() else ""
