"""The kinds of message we promise to partners: which operation and path carry each, and what follows its end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from unipay.messaging.models import OutboundMessage

Sequel = Callable[[OutboundMessage, datetime], None]


@dataclass(frozen=True)
class MessageKind:
    """One kind of message.

    `name` is what the payload says in `kind`; `operation` finds the partner's endpoint and result codes; `path` is
    appended to its base address. `on_settled` runs inside the transaction that settles the message (state DELIVERED
    or REFUSED, `message.answer` the partner's JSON), `on_dead` inside the one that gives it up. A sequel that raises
    undoes its transaction: the message is kept and tried again on its next rung.
    """

    name: str
    operation: str
    path: str
    on_settled: Sequel | None = None
    on_dead: Sequel | None = None


_KINDS: dict[str, MessageKind] = {}


def register(kind: MessageKind) -> MessageKind:
    """Make a kind known; a name registered twice is a programming error (ValueError)."""
    if kind.name in _KINDS:
        raise ValueError(f"The message kind {kind.name} is already registered.")
    _KINDS[kind.name] = kind
    return kind


def kind_named(name: str) -> MessageKind:
    """Return the kind; raises ValueError for a name nobody registered."""
    if name not in _KINDS:
        raise ValueError(f"There is no message kind {name!r}.")
    return _KINDS[name]


def kind_names() -> tuple[str, ...]:
    """Return the names of all kinds."""
    return tuple(_KINDS)
