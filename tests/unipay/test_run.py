"""`manage.py run`: everything starts, everything stops, and what goes wrong is said in one sentence."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from django.conf import settings

READY = "Unipay is ready"
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"

Environment = dict[str, str]
Run = Callable[[Environment], "Running"]


@dataclass
class Running:
    """A start of the command, and the file it speaks into."""

    program: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        return self.log.read_text()

    def stop(self, how: signal.Signals) -> int:
        self.program.send_signal(how)
        return self.program.wait(timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def home() -> Iterator[Environment]:
    """A machine of its own: its data, its ports, no services given."""
    # Root lends the database an account that cannot enter pytest's own directories.
    data = Path(f"/tmp/unipay-test-run-{os.getpid()}")
    given = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "CELERY_BROKER_URL", "PGOPTIONS")
    }
    yield {
        **given,
        "DJANGO_SETTINGS_MODULE": "unipay.settings",
        "UNIPAY_DATA_DIR": str(data),
        "UNIPAY_PORT": str(free_port()),
        "UNIPAY_SANDBOX_PORT": str(free_port()),
        "UNIPAY_SANDBOX": "1",
    }
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    started: list[subprocess.Popen[bytes]] = []

    def start(environment: Environment) -> Running:
        program = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=(tmp_path / f"{len(started)}.log").open("w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        started.append(program)
        return Running(program, tmp_path / f"{len(started) - 1}.log")

    yield start
    for program in started:
        if program.poll() is None:
            program.send_signal(signal.SIGINT)
            program.wait()


def answers(environment: Environment, path: str, port: str = "UNIPAY_PORT") -> int:
    return httpx.get(f"http://127.0.0.1:{environment[port]}{path}", timeout=10).status_code


def wait_until(condition: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def programs_of(environment: Environment) -> list[str]:
    """Return the command lines of what works with this data."""
    return [
        " ".join(process.info["cmdline"] or [])
        for process in psutil.process_iter(["cmdline", "environ"])
        if (process.info["environ"] or {}).get("UNIPAY_DATA_DIR") == environment["UNIPAY_DATA_DIR"]
    ]


@pytest.mark.slow
def test_a_killed_run_is_cleared_away_by_the_next_which_keeps_the_data(home: Environment, run: Run) -> None:
    first = run(home)
    wait_until(lambda: READY in first.said(), seconds=120)
    first.stop(signal.SIGKILL)
    left_behind = programs_of(home)

    second = run(home)
    wait_until(lambda: READY in second.said(), seconds=120)
    pages = [answers(home, "/admin/login/"), answers(home, "/sandbox/", "UNIPAY_SANDBOX_PORT")]
    returncode = second.stop(signal.SIGINT)

    assert any("gunicorn" in line for line in left_behind)
    assert pages == [200, 200]
    assert "Migrations     nothing to do" in second.said()
    assert "Demo data      kept as it is" in second.said()
    assert returncode == 0
    wait_until(lambda: programs_of(home) == [], seconds=20)


def test_a_taken_port_stops_the_start_in_one_sentence(home: Environment, run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(home["UNIPAY_PORT"])))
        taken.listen()

        start = run({**home, "DATABASE_URL": NOWHERE})
        returncode = start.program.wait(timeout=60)

    assert returncode == 1
    assert start.said().startswith(
        f"CommandError: Port {home['UNIPAY_PORT']} cannot be used (Address already in use)"
    )
    assert start.said().count("\n") == 1


def test_a_wrong_value_stops_the_start_in_one_sentence(home: Environment, run: Run) -> None:
    start = run({**home, "DATABASE_URL": NOWHERE, "DEBUG": "maybe"})

    assert start.program.wait(timeout=60) == 1
    assert start.said() == "Unipay cannot start: DEBUG must be 1 or 0, not 'maybe'.\n"
