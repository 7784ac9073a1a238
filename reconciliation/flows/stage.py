"""The transaction in which a run moves from one stage to the next."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext as _

from reconciliation.errors import RUN_IS_OVER
from reconciliation.models import Run
from unipay.errors import Refusal


@contextmanager
def moving(run: Run, *states: str) -> Iterator[Run]:
    """Yield the run's row, locked, inside a transaction; raises Refusal when it is at none of these stages any more."""
    with transaction.atomic():
        current = Run.objects.select_for_update(of=["self"]).select_related("partner", "file").get(pk=run.pk)
        if current.state not in states:
            raise Refusal(RUN_IS_OVER, _("It is: %(state)s.") % {"state": current.get_state_display()})
        yield current
        if current.attempts:
            Run.objects.filter(pk=run.pk).update(attempts=0, next_attempt_at=None, last_error="")
