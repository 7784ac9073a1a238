"""The kinds of thing people propose: how each is locked, compared with what its maker saw, carried out, or let go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from unipay.approvals.models import Proposal
from unipay.errors import Text


@dataclass(frozen=True)
class ProposalKind:
    """One kind of proposal.

    `lock` takes the business locks in their usual order, before the proposal's own row is locked; `version` tells the
    subject's version now; `carry_out(proposal, checker's id, now)` runs in the transaction that approves; `let_go`
    runs in the one that refuses, withdraws or ends it. `describe` names it in a line, `effects` says
    what approving would do now, line by line, `link` where its subject is
    shown. Whoever checks needs `permission` ("app.codename"). `actions` and `reasons` are the words rules can name,
    each with its title.
    """

    name: str
    title: Text
    permission: str
    lock: Callable[[Proposal], None]
    version: Callable[[Proposal], str]
    carry_out: Callable[[Proposal, int, datetime], None]
    let_go: Callable[[Proposal, datetime], None]
    describe: Callable[[Proposal], Text]
    effects: Callable[[Proposal], Sequence[Text]]
    link: Callable[[Proposal], str]
    actions: tuple[tuple[str, Text], ...] = ()
    reasons: tuple[tuple[str, Text], ...] = ()


_KINDS: dict[str, ProposalKind] = {}


def register(kind: ProposalKind) -> ProposalKind:
    """Make a kind known; a name registered twice is a programming error (ValueError)."""
    if kind.name in _KINDS:
        raise ValueError(f"The proposal kind {kind.name} is already registered.")
    _KINDS[kind.name] = kind
    return kind


def kind_named(name: str) -> ProposalKind:
    """Return the kind; raises ValueError for a name nobody registered."""
    if name not in _KINDS:
        raise ValueError(f"There is no proposal kind {name!r}.")
    return _KINDS[name]


def all_kinds() -> tuple[ProposalKind, ...]:
    """Return every kind, as registered."""
    return tuple(_KINDS.values())
