"""The embedded PostgreSQL, with real processes that come, go and are killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from unipay import embedded

HOLDER = """
import os, sys, time
from pathlib import Path
from unipay import embedded
try:
    print(embedded.database_url(Path(sys.argv[1])), flush=True)
except embedded.EmbeddedDatabaseError as error:
    sys.exit(str(error))
if sys.argv[2:] == ["fork"]:
    child = os.fork()
    if not child:
        time.sleep(60)
    print(child, flush=True)
sys.stdin.readline()
"""

Start = Callable[..., subprocess.Popen[str]]

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _lasting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is committed here must outlive its server, which other tests do without."""
    monkeypatch.delenv("PGOPTIONS", raising=False)


@pytest.fixture
def directory() -> Iterator[Path]:
    # Root lends the server an account that cannot enter pytest's own directories.
    home = Path(f"/tmp/unipay-test-{os.getpid()}-{time.monotonic_ns()}")
    home.mkdir()
    yield home / "postgres"
    wait_until(lambda: not servers(home))
    shutil.rmtree(home)


@pytest.fixture
def start(directory: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start_one(*arguments: str, path: Path = directory) -> subprocess.Popen[str]:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, path, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(holder)
        return holder

    yield start_one
    for holder in started:
        holder.kill()
        holder.communicate()


def url_of(holder: subprocess.Popen[str]) -> str:
    assert holder.stdout is not None
    return holder.stdout.readline().strip()


def leave(holder: subprocess.Popen[str]) -> None:
    holder.communicate("\n")


def ask(url: str, sql: str = "SELECT 1") -> object:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def answers(url: str) -> bool:
    try:
        return ask(url) == 1
    except psycopg2.OperationalError:
        return False


def servers(home: Path) -> list[psutil.Process]:
    """Return the postmasters, not their children, that work below this directory."""
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        named_here = any(str(home) in part for part in process.info["cmdline"] or [])
        if process.info["name"] == "postgres" and named_here:
            found.append(process)
    return found


def keepers(home: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if embedded.__file__ in (process.info["cmdline"] or [])
        and any(str(home) in part for part in process.info["cmdline"])
    ]


def wait_until(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_two_that_start_at_the_same_moment_share_one_server(directory: Path, start: Start) -> None:
    holders = [start() for _ in range(4)]

    urls = {url_of(holder) for holder in holders}

    assert len(urls) == 1
    assert answers(urls.pop())
    assert len(servers(directory)) == 1
    assert len(keepers(directory)) == 1


def test_the_server_stops_with_the_last_and_keeps_what_was_written(directory: Path, start: Start) -> None:
    first, second = start(), start()
    url = url_of(first)
    url_of(second)
    ask(url, "CREATE TABLE kept AS SELECT 42 AS figure")

    leave(first)
    time.sleep(3 * embedded.PAUSE_SECONDS)
    served_while_one_was_left = answers(url)
    leave(second)
    wait_until(lambda: not servers(directory) and not keepers(directory))
    third = start()
    url_of(third)

    assert served_while_one_was_left
    assert ask(url, "SELECT figure FROM kept") == 42


def test_a_killed_first_holder_neither_stops_the_server_nor_keeps_it(directory: Path, start: Start) -> None:
    first = start()
    url = url_of(first)
    second = start()
    url_of(second)

    first.kill()
    time.sleep(3 * embedded.PAUSE_SECONDS)
    served_the_second = answers(url)
    second.kill()

    assert served_the_second
    wait_until(lambda: not servers(directory) and not keepers(directory))


def test_a_forked_child_keeps_the_server_when_its_parent_is_killed(directory: Path, start: Start) -> None:
    holder = start("fork")
    url = url_of(holder)
    child = int(url_of(holder))

    holder.kill()
    time.sleep(3 * embedded.PAUSE_SECONDS)
    served_the_child = answers(url)
    os.kill(child, signal.SIGKILL)

    assert served_the_child
    wait_until(lambda: not servers(directory))


def test_a_killed_server_comes_back_with_what_was_committed(directory: Path, start: Start) -> None:
    url = url_of(start())
    ask(url, "CREATE TABLE kept AS SELECT 42 AS figure")
    (killed,) = servers(directory)

    killed.kill()
    wait_until(lambda: answers(url))

    assert ask(url, "SELECT figure FROM kept") == 42
    assert servers(directory) != [killed]


def test_everything_killed_at_once_starts_again(directory: Path, start: Start) -> None:
    holder = start()
    url = url_of(holder)
    ask(url, "CREATE TABLE kept AS SELECT 42 AS figure")

    for process in [*keepers(directory), *servers(directory)]:
        process.kill()
    leave(holder)
    url_of(start())

    assert ask(url, "SELECT figure FROM kept") == 42
    assert len(keepers(directory)) == 1


def test_a_killed_keeper_is_replaced_by_the_next_who_comes(directory: Path, start: Start) -> None:
    first = start()
    url = url_of(first)
    (killed,) = keepers(directory)

    killed.kill()
    second = start()
    url_of(second)

    assert answers(url)
    wait_until(lambda: len(keepers(directory)) == 1)
    leave(first)
    leave(second)
    wait_until(lambda: not servers(directory))


def test_a_pid_file_whose_number_belongs_to_another_program_does_not_hinder(
    directory: Path, start: Start
) -> None:
    first = start()
    url = url_of(first)
    for process in [*keepers(directory), *servers(directory)]:
        process.kill()
    leave(first)
    wait_until(lambda: not servers(directory))
    pid_file = directory / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))

    url_of(start())

    assert answers(url)


def test_a_directory_removed_under_the_server_ends_it_with_its_last_user(
    directory: Path, start: Start
) -> None:
    holder = start()
    url = url_of(holder)

    shutil.rmtree(directory)
    leave(holder)

    wait_until(lambda: not servers(directory))
    assert not answers(url)


def test_a_long_path_gets_its_socket_elsewhere(directory: Path, start: Start) -> None:
    far = directory.parent / ("a rather long name, with spaces & commas " * 4).strip() / "postgres"

    url = url_of(start(path=far))

    assert answers(url)
    assert "/tmp/unipay-" in url.replace("%2F", "/")


def test_another_major_version_is_refused_in_one_sentence(directory: Path, start: Start) -> None:
    directory.mkdir()
    (directory / "PG_VERSION").write_text("16\n")

    _, said = start().communicate()

    assert said.startswith(f"{directory} was written by PostgreSQL 16 and the embedded one is 18")
    assert said.count("\n") == 1


def test_an_unusable_place_is_refused_in_one_sentence(start: Start) -> None:
    _, said = start(path=Path("/proc/unipay/postgres")).communicate()

    assert said.startswith("The embedded database cannot use /proc/unipay")
    assert said.count("\n") == 1


def test_a_full_disk_is_refused_in_one_sentence(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "MIN_FREE_BYTES", 2**80)

    with pytest.raises(embedded.EmbeddedDatabaseError, match="no space left on the disk"):
        embedded._make(directory)

    assert not directory.exists()
