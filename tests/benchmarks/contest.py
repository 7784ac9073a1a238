"""One contestant in a process of its own: `python -m tests.benchmarks.contest NAME WAY COUNT DIRECTORY`, and how much
memory that process took."""

import importlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import django
import psutil

from tests.benchmarks.contract_files import Books

_GLANCE = 0.05


@dataclass
class Outcome:
    """What a contestant took and found: (difference, bank's contract number) of each, or nothing from a `sample`."""

    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    found: list[tuple[str, str]] = field(default_factory=list)
    sample: int = 0
    peak_mb: float = 0.0

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time of the block."""
        started = time.perf_counter()
        yield
        took = time.perf_counter() - started
        self.stages[stage] = took
        self.seconds += took


def perform(name: str, way: str, books: Books) -> Outcome:
    """Run the contestant once and watch its memory, that of its children included."""
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.contest",
        name,
        way,
        str(books.count),
        str(books.directory),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        peak = _watched(process)
    if process.returncode:
        raise RuntimeError(f"{name} failed over {books.count:,} contracts.")
    outcome = Outcome(**json.loads(books.outcome.read_text()))
    outcome.found = [tuple(each) for each in outcome.found]
    outcome.peak_mb = peak / 1024**2
    return outcome


def _watched(process: subprocess.Popen[bytes]) -> int:
    peak, over = 0, threading.Event()
    while process.poll() is None and not over.wait(_GLANCE):
        peak = max(peak, _resident(process.pid))
    return peak


def _resident(process_id: int) -> int:
    total = 0
    try:
        whole = psutil.Process(process_id)
        for each in [whole, *whole.children(recursive=True)]:
            total += each.memory_info().rss
    except psutil.Error:
        pass
    return total


def main(name: str, way: str, count: str, directory: str) -> None:
    """Run the contestant here and leave what it found in a file."""
    django.setup()
    books = Books(Path(directory), int(count))
    outcome = importlib.import_module(f"tests.benchmarks.contestants.{name}").run(way, books)
    outcome.found.sort()
    books.outcome.write_text(json.dumps(asdict(outcome)))


if __name__ == "__main__":
    main(*sys.argv[1:])
