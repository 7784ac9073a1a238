"""What happens when where people open a run ahead of its debit date? (domain.md C3, C4) Facts in, words out.

The calendar opens a run on its day. A run that people open before goes on at once: whoever opens it may have to hand a
bank its file a day ahead, but must know that nothing of it waits for the date.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from billing.flows.select_bills import WhatIf
from billing.models import DebitRun


@dataclass(frozen=True)
class Ahead:
    """A run, and the day on which it goes on."""

    debit_date: date
    today: date
    settles_at_export: bool


def if_opened(ahead: Ahead) -> list[str]:
    """Return what to know before a run is opened; nothing for one whose date has come."""
    return list(_if_opened(ahead)) if ahead.debit_date > ahead.today else []


def if_sent(ahead: Ahead) -> list[str]:
    """Return what to know before its request files leave; nothing for one whose date has come."""
    return list(_if_sent(ahead)) if ahead.debit_date > ahead.today else []


def of_what_if(found: WhatIf, *, today: date) -> Ahead:
    """Return what a run would do as these words are about it."""
    return Ahead(found.debit_date, today, found.arrangement.settles_at_export)


def of_run(run: DebitRun, *, today: date) -> Ahead:
    """Return a run that waits for people as these words are about it."""
    return Ahead(run.debit_date, today, run.arrangement.settles_at_export)


def _if_opened(ahead: Ahead) -> Iterator[str]:
    said = {"day": f"{ahead.debit_date:%Y-%m-%d}"}
    yield _("The debit date, %(day)s, is still to come, and the run does not wait for it.") % said
    yield _("Its bills are selected at once; those that come until then are left to the next run.")
    yield _("Its request files are written as soon as they may leave, not on the debit date.")
    yield from _of_files(ahead)
    yield _("To have all of it wait, move a planned date to that day in the debit calendar instead.")


def _if_sent(ahead: Ahead) -> Iterator[str]:
    said = {"day": f"{ahead.debit_date:%Y-%m-%d}"}
    yield _("The request files are written at once, although the debit date is %(day)s.") % said
    yield from _of_files(ahead)


def _of_files(ahead: Ahead) -> Iterator[str]:
    yield _("The bank may debit as soon as it has a file; its answer is due counted from the debit date.")
    if ahead.settles_at_export:
        yield _(
            "Bills count as paid when the files are written: provinces credit them then, before the bank has debited."
        )
