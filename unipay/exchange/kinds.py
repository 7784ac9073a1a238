"""The kinds of file we exchange: which fields their lines carry, what tells two lines apart, what follows a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from unipay.errors import Text

if TYPE_CHECKING:
    from unipay.exchange.models import ReceivedFile, SentFile
    from unipay.exchange.reading import Reading


class FieldType(StrEnum):
    """What a field holds, and so how it is read, checked and written (`unipay/exchange/columns.py`)."""

    TEXT = "TEXT"
    MSISDN = "MSISDN"
    MSISDNS = "MSISDNS"  # several numbers in one column
    ACCOUNT = "ACCOUNT"  # a whole account or card number: never shown, never kept in plain
    MASK = "MASK"  # an account as its mask shows it
    NAME = "NAME"
    IDENTITY_NO = "IDENTITY_NO"
    FEN = "FEN"
    INTEGER = "INTEGER"
    DATE = "DATE"
    DATETIME = "DATETIME"
    FLAG = "FLAG"
    CODE = "CODE"


class Direction(StrEnum):
    """Whether partners send files of a kind to us or we to them."""

    IN = "IN"
    OUT = "OUT"


@dataclass(frozen=True)
class FileField:
    """One field that lines of a kind may carry.

    `required`: a layout without a column for it is refused, and so is a line that leaves it empty. `choices`: the words
    a CODE may be, each with its title; a layout's code map translates the partner's codes into them.
    `longest`: how many characters a TEXT or NAME may have.
    """

    name: str
    title: Text
    type: FieldType
    required: bool = False
    choices: tuple[tuple[str, Text], ...] = ()
    longest: int = 64


@dataclass(frozen=True)
class FileKind:
    """One kind of file.

    `key`: the fields that together tell two lines of one file apart (those a layout carries count); the same key twice
    is a fault. `total`: the FEN field a trailer may sum up. `on_accepted(file, reading, now)` runs outside any
    transaction when a received file was accepted, with the file's lines at hand; it must be harmless when repeated,
    as whoever crashed here is run again. `on_settled(file, now)` hears that a file of ours was acknowledged or failed.
    `leads_to(file)`: the address of what an accepted file led to, for people; "" while there is nothing.
    """

    name: str
    title: Text
    direction: Direction
    fields: tuple[FileField, ...]
    key: tuple[str, ...] = ()
    total: str = ""
    on_accepted: Callable[[ReceivedFile, Reading, datetime], None] | None = None
    on_settled: Callable[[SentFile, datetime], None] | None = None
    leads_to: Callable[[ReceivedFile], str] | None = None

    def field(self, name: str) -> FileField:
        """Return the field; raises ValueError for a name the kind does not have."""
        for each in self.fields:
            if each.name == name:
                return each
        raise ValueError(f"Files of the kind {self.name} have no field {name!r}.")


_KINDS: dict[str, FileKind] = {}


def register(kind: FileKind) -> FileKind:
    """Make a kind known; a name registered twice is a programming error (ValueError)."""
    if kind.name in _KINDS:
        raise ValueError(f"The file kind {kind.name} is already registered.")
    _KINDS[kind.name] = kind
    return kind


def kind_named(name: str) -> FileKind:
    """Return the kind; raises ValueError for a name nobody registered."""
    if name not in _KINDS:
        raise ValueError(f"There is no file kind {name!r}.")
    return _KINDS[name]


def all_kinds() -> tuple[FileKind, ...]:
    """Return every kind, as registered."""
    return tuple(_KINDS.values())


def kind_choices() -> list[tuple[str, Text]]:
    """Return the kinds as a form's choices."""
    return [(kind.name, kind.title) for kind in _KINDS.values()]
