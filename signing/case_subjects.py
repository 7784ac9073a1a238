"""What cases are about that is no contract ("recharge:…"): apps above say what to call it, and where its page is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from unipay.errors import Text

Address = Callable[[str, Any], str]


@dataclass(frozen=True)
class Kind:
    """One kind of matter: its title, and its page for a person, from what a case calls it; "" for no page."""

    title: Text
    address: Address


@dataclass(frozen=True)
class Subject:
    """A matter as the page of a case shows it."""

    title: Text
    number: str
    address: str = ""


_KINDS: dict[str, Kind] = {}


def register(prefix: str, title: Text, address: Address) -> None:
    """Make a kind known; a prefix registered twice is a programming error (ValueError)."""
    if prefix in _KINDS:
        raise ValueError(f"Cases about {prefix} are already known.")
    _KINDS[prefix] = Kind(title, address)


def named(about: str) -> Subject | None:
    """Return what a case calls its matter in words, without asking where it is; None where it has none."""
    prefix, _colon, number = about.partition(":")
    if not about:
        return None
    kind = _KINDS.get(prefix)
    return Subject(kind.title if kind else prefix, number)


def shown(about: str, person: Any) -> Subject | None:
    """Return the matter with the way to its page, as far as the person may open it."""
    found = named(about)
    kind = _KINDS.get(about.partition(":")[0])
    if found is None or kind is None:
        return found
    return Subject(found.title, found.number, kind.address(about, person))
