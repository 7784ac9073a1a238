"""What happens when a book is compared with ours (domain.md B).

The file's lines and a COPY of our side meet in DuckDB; only what differs goes into the database, classified there by
what only the database knows: what changed since the file's cut-off, what people are deciding, who holds a number.
"""

from collections.abc import Callable
from typing import Protocol

from reconciliation.flows.stage import moving
from reconciliation.flows.work import Work
from reconciliation.matching import carried, keeping
from reconciliation.matching.comparison import Counts
from reconciliation.matching.sides import lines_of
from reconciliation.models import Run
from reconciliation.states import RunState
from unipay.exchange.reading import Reading


class Classify(Protocol):
    """Gives every row of what was found its final difference, its shield and its treatment."""

    def __call__(self, run: Run, *, unreadable: int) -> None:
        """Classify what the run found."""


def match(
    work: Work, *, compare: Callable[[Run, Reading], Counts], classify: Classify, takes_up: bool
) -> bool:
    """Compare, and keep what differs, in the transaction that calls the run matched.

    `takes_up`: whether what earlier runs carried is decided with the comparison already.
    """
    with lines_of(work) as reading:
        counts = compare(work.run, reading)
        with moving(work.run, RunState.RECEIVED) as run:
            keeping.stage(reading.connection)
            classify(run, unreadable=reading.unreadable_count)
            run.discrepancy_count = keeping.keep(run, now=work.now())
            run.our_count, run.their_count, run.even_count = counts.ours, counts.theirs, counts.even
            if takes_up:
                carried.to_take_up(run).update(taken_up_by=run)
            run.match(now=work.now())
            run.save()
    return True
