"""Sealed columns opened on their way from the database into a file: plain in memory, a thousand lines at a time."""

from collections.abc import Sequence
from typing import Protocol

from unipay import encryption

_AT_ONCE = 1000


class _Target(Protocol):
    def write(self, data: bytes) -> object:
        """Take in more bytes."""


class OpeningLines:
    """What PostgreSQL's COPY writes to, a line of CSV at a time, its last columns sealed under these contexts."""

    def __init__(self, target: _Target, contexts: Sequence[str]) -> None:
        self._target = target
        self._open = [encryption.default().opener(context=context) for context in contexts]
        self._lines: list[str] = []

    def write(self, line: bytes) -> int:
        """Take one line. A seal holds neither comma nor quotation mark, so that it can be told from what is before."""
        plain, *sealed = line.decode().rstrip("\n").rsplit(",", len(self._open))
        opened = [
            _quoted(open_(token)) if token else "" for open_, token in zip(self._open, sealed, strict=True)
        ]
        self._lines.append(",".join([plain, *opened]))
        if len(self._lines) >= _AT_ONCE:
            self.flush()
        return len(line)

    def flush(self) -> None:
        """Pass on what is left."""
        if self._lines:
            self._target.write(("\n".join(self._lines) + "\n").encode())
            self._lines.clear()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
