"""The page of one row as all of billing lays it out: a sentence, facts, what may be done, and tables below."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime

from unipay import clock
from unipay.backoffice.subscriber import Cell
from unipay.errors import Text
from unipay.money import format_money

NOTHING = "—"


@dataclass(frozen=True)
class Note:
    """Something to know first; `tone` is "" (good to know), "look" (somebody should look) or "bad"."""

    text: Text
    icon: str = "info"
    tone: str = ""


@dataclass(frozen=True)
class Button:
    """Something that may be done, at an address that asks first; `why_not` says why it is not possible now."""

    text: Text
    address: str
    is_dangerous: bool = False
    is_main: bool = False
    why_not: Text = ""


@dataclass(frozen=True)
class Table:
    """Rows that belong to the page's row; `right`: the columns of figures; `more`: the list that holds all of them."""

    title: Text
    headers: Sequence[Text]
    rows: Sequence[Sequence[Cell]]
    empty: Text
    right: frozenset[int] = frozenset()
    more: str = ""
    more_text: Text = ""


@dataclass(frozen=True)
class Sheet:
    """Everything such a page shows."""

    name: Text
    badge: Text = ""
    colour: str = ""
    sentence: Text = ""
    notes: Sequence[Note] = ()
    facts: Sequence[tuple[Text, Cell]] = ()
    buttons: Sequence[Button] = ()
    tables: Sequence[Table] = ()
    aside: Text = ""


def money(fen: int | None, **rest: Any) -> Cell:
    """Return an amount; a dash for none."""
    return Cell(NOTHING if fen is None else format_money(fen), **rest)


def moment(at: datetime | None) -> str:
    """Return a moment as pages show it, in China's time."""
    return f"{localtime(at, clock.BUSINESS_ZONE):%Y-%m-%d %H:%M}" if at else NOTHING


def day(on: date | None) -> str:
    """Return a day as pages show it."""
    return f"{on:%Y-%m-%d}" if on else NOTHING


def page(row: Any, person: Any) -> str:
    """Return the address of a row's page for who may see it, "" for everybody else."""
    options = row._meta
    if not person.has_perm(f"{options.app_label}.view_{options.model_name}"):
        return ""
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.pk])


def link(row: Any, person: Any, text: Text = "", **rest: Any) -> Cell:
    """Return a cell that names a row and leads to it; a dash for none."""
    if row is None:
        return Cell(NOTHING)
    return Cell(text or str(row), address=page(row, person), **rest)
