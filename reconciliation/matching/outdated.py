"""What a file that came late says is out of date where the bank said something about the same contract in an increment
of a later day that is decided already.
"""

from reconciliation.models import Run
from reconciliation.states import EVEN, Period, RunState
from unipay.exchange.reading import open_reading

_DECIDED = (RunState.MATCHED, RunState.APPROVED, *EVEN)


def said_later(run: Run, *, key: str) -> set[str]:
    """Return the keys of the contracts that decided increments of later days speak of, read from their files."""
    same_book = Run.objects.filter(partner_id=run.partner_id, side=run.side, is_current=True)
    later = same_book.filter(
        period=Period.INCREMENT, business_date__gt=run.business_date, state__in=_DECIDED
    ).select_related("file__layout", "file__partner")
    said: set[str] = set()
    for each in later.order_by("business_date"):
        with open_reading(each.file) as reading:
            found = reading.connection.execute(f"SELECT DISTINCT {key} FROM lines WHERE {key} IS NOT NULL")
            said.update(number for (number,) in found.fetchall())
    return said
