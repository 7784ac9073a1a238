"""Sealed columns opened on their way from the database into a file: plain in memory, a thousand lines at a time."""

from collections.abc import Sequence
from typing import Protocol

from unipay import encryption

_AT_ONCE = 1000
_QUOTE, _DOUBLED = '"', '""'


class _Target(Protocol):
    def write(self, data: bytes) -> object:
        """Take in more bytes."""


class OpeningLines:
    """What PostgreSQL's COPY writes to, a line of CSV at a time, its last columns sealed under these contexts."""

    def __init__(self, target: _Target, contexts: Sequence[str]) -> None:
        self._target = target
        self._open = [encryption.default().opener(context=context) for context in contexts]
        self._lines: list[bytes] = []

    def write(self, line: bytes) -> int:
        """Take one line."""
        self._lines.append(line)
        if len(self._lines) >= _AT_ONCE:
            self.flush()
        return len(line)

    def flush(self) -> None:
        """Open what is waiting, and pass it on."""
        if self._lines:
            # A value may hold line ends, but nothing in PostgreSQL holds a zero.
            lines = b"\0".join(self._lines).decode().split("\0")
            self._lines.clear()
            self._target.write("".join([self._opened(line) for line in lines]).encode())

    def _opened(self, line: str) -> str:
        """A seal holds neither comma nor quotation mark, so that it can be told from what is before."""
        plain, *sealed = line[:-1].rsplit(",", len(self._open))
        for open_, token in zip(self._open, sealed, strict=True):
            plain += f',"{open_(token).replace(_QUOTE, _DOUBLED)}"' if token else ","
        return plain + "\n"
