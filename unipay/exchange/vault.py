"""The vault: every file received or sent lies here as it came, sealed, under its file number (design.md 6).

Nothing plain ever reaches the disk: temporary files are sealed under keys that are kept nowhere and have no name.
"""

import fcntl
import hashlib
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from fsspec.spec import AbstractFileSystem

from unipay.exchange.sealed_file import (
    Altered,
    FileKey,
    OnFrame,
    SealedReader,
    SealingWriter,
    ephemeral_key,
    new_key,
    read_key,
)

__all__ = ["Altered", "Missing", "Storing", "Stored", "Temporary", "TooLarge", "Vault"]

PROTOCOL = "vault"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")


class Missing(Exception):
    """There is no file of this number."""


class TooLarge(Exception):
    """The content is longer than allowed; nothing was kept."""


@dataclass(frozen=True)
class Stored:
    """What lies in the vault now: plain size in bytes and SHA-256, hex."""

    size: int
    digest: str


class Storing:
    """A file being stored: write() plain bytes. It gets its name only when all of it is on the disk."""

    def __init__(self, sealing: SealingWriter, *, limit: int | None) -> None:
        self._sealing, self._limit = sealing, limit
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Take plain bytes; raises TooLarge."""
        if self._limit is not None and self._sealing.size + len(data) > self._limit:
            raise TooLarge(f"more than {self._limit} bytes")
        self._digest.update(data)
        return self._sealing.write(data)

    @property
    def stored(self) -> Stored:
        """Size and digest of what was written so far."""
        return Stored(self._sealing.size, self._digest.hexdigest())


def store(file_no: str, chunks: Iterable[bytes], *, limit: int | None = None) -> Stored:
    """Keep the content under its number; raises TooLarge, and FileExistsError for a number in use."""
    with storing(file_no, limit=limit) as target:
        for chunk in chunks:
            target.write(chunk)
    return target.stored


@contextmanager
def storing(file_no: str, *, limit: int | None = None) -> Iterator[Storing]:
    """Give something to write to; on leaving without an exception the file stands whole under its number, else not."""
    final = _path(file_no)
    final.parent.mkdir(parents=True, exist_ok=True)
    key, header = new_key(file_no)
    with _scratch_file() as (scratch, sink):
        sink.write(header)
        sealing = SealingWriter(sink, key)
        yield Storing(sealing, limit=limit)
        sealing.close()
        sink.flush()
        os.fsync(sink.fileno())
        os.link(scratch, final)
    _keep_name(final.parent)


def open_(file_no: str, *, on_frame: OnFrame | None = None) -> BinaryIO:
    """Open the file's plain bytes, seekable; raises Missing or Altered, the latter also while reading."""
    return cast(BinaryIO, _open(file_no, on_frame))


def remove(file_no: str) -> None:
    """Take a file out of the vault; harmless when it is not there."""
    _path(file_no).unlink(missing_ok=True)


def exists(file_no: str) -> bool:
    """Tell whether a file lies under this number."""
    return _path(file_no).exists()


class Temporary:
    """Plain bytes on the disk only sealed, under a key and in a file that both die with this process.

    Write first, then seal_up() once, then open_() as often as needed.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(dir=_scratch())  # noqa: SIM115 - lives as long as this object
        self._key: FileKey = ephemeral_key("temporary")
        self._sealing = SealingWriter(self._file, self._key)

    def write(self, data: bytes) -> int:
        """Take plain bytes."""
        return self._sealing.write(data)

    def seal_up(self) -> "Temporary":
        """End writing."""
        self._sealing.close()
        self._file.flush()
        return self

    def open_(self, *, on_frame: OnFrame | None = None) -> BinaryIO:
        """Open the plain bytes, seekable."""
        reader = SealedReader(os.dup(self._file.fileno()), self._key, 0, on_frame=on_frame)
        return cast(BinaryIO, reader)

    def close(self) -> None:
        """Give the space back."""
        self._file.close()


class Vault(AbstractFileSystem):  # type: ignore[misc]
    """The vault as DuckDB sees it, read only: "vault://<file_no>", and temporaries under the names given here.

    `troubles`: what went wrong in reading, which DuckDB tells in words of its own.
    """

    protocol = PROTOCOL
    cachable = False

    def __init__(self) -> None:
        super().__init__()
        self._temporaries: dict[str, Temporary] = {}
        self._watchers: dict[str, OnFrame] = {}
        self.troubles: list[Exception] = []

    def lend(self, temporary: Temporary) -> str:
        """Return a name under which the temporary can be read."""
        name = f"temporary-{secrets.token_hex(8)}"
        self._temporaries[name] = temporary
        return name

    def watch(self, name: str, on_frame: OnFrame) -> None:
        """Show every frame of this file to the watcher as it is opened."""
        self._watchers[name] = on_frame

    def _open(self, path: str, mode: str = "rb", *_args: Any, **_options: Any) -> Any:
        name = self._strip_protocol(path)
        watcher = self._watchers.get(name)
        temporary = self._temporaries.get(name)
        try:
            file: Any = temporary.open_(on_frame=watcher) if temporary else _open(name, watcher)
        except Exception as error:
            self.troubles.append(error)
            raise
        file.on_trouble = self.troubles.append
        return file

    def info(self, path: str, **_options: Any) -> dict[str, Any]:
        """Return what fsspec asks for."""
        name = self._strip_protocol(path)
        with self._open(name) as file:
            return {"name": name, "size": file.size, "type": "file"}

    def exists(self, path: str, **_options: Any) -> bool:
        """Tell whether it can be opened."""
        name = self._strip_protocol(path)
        return name in self._temporaries or exists(name)

    def glob(self, path: str, **_options: Any) -> list[str]:
        """Return the one file of this name: numbers hold no wild cards."""
        return [path] if self.exists(path) else []

    def modified(self, _path: str) -> datetime:
        """Return a fixed moment: what lies in the vault never changes."""
        return datetime(2000, 1, 1, tzinfo=UTC)


def filesystem() -> Vault:
    """Return a file system of its own for one DuckDB connection."""
    return Vault()


@contextmanager
def working_directory() -> Iterator[Path]:
    """Give a directory only we can read; it goes away, after a crash by the next sweep()."""
    directory = Path(tempfile.mkdtemp(dir=_scratch(), prefix="work-"))
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        os.close(descriptor)


def sweep(*, older_than: float = 60) -> int:
    """Remove what crashed processes left behind: older than so many seconds and held by nobody; return how many."""
    latest = time.time() - older_than
    leftovers = [each for each in _scratch().iterdir() if each.stat().st_mtime <= latest]
    return sum(_remove_if_abandoned(leftover) for leftover in leftovers)


def _open(file_no: str, on_frame: OnFrame | None) -> SealedReader:
    try:
        descriptor = os.open(_path(file_no), os.O_RDONLY)
    except FileNotFoundError:
        raise Missing(file_no) from None
    try:
        key, start = read_key(file_no, descriptor)
        return SealedReader(descriptor, key, start, on_frame=on_frame)
    except BaseException:
        os.close(descriptor)
        raise


def _path(file_no: str) -> Path:
    if not _NAME.fullmatch(file_no):
        raise Missing(file_no[:80])
    shard = hashlib.sha256(file_no.encode()).hexdigest()[:2]
    return Path(settings.UNIPAY_FILES_DIR) / "vault" / shard / file_no


def _scratch() -> Path:
    scratch = Path(settings.UNIPAY_FILES_DIR) / "scratch"
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    return scratch


@contextmanager
def _scratch_file() -> Iterator[tuple[Path, Any]]:
    descriptor, name = tempfile.mkstemp(dir=_scratch(), prefix="part-")
    with os.fdopen(descriptor, "wb") as sink:
        fcntl.flock(sink, fcntl.LOCK_EX)
        try:
            yield Path(name), sink
        finally:
            Path(name).unlink(missing_ok=True)


def _keep_name(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_if_abandoned(leftover: Path) -> bool:
    with suppress(OSError):
        descriptor = os.open(leftover, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(leftover, ignore_errors=True) if leftover.is_dir() else leftover.unlink()
            return True
        finally:
            os.close(descriptor)
    return False
