"""What happens when a bank says that it has a request file, or refuses it as a whole (domain.md C3): the latter is
written anew, but a bank that goes on refusing stops the run until people looked.
"""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from billing import debit_wake
from billing.flows.debit_stage import locked
from billing.models import DebitBatch, DebitRun
from billing.states import BatchState
from unipay.exchange.models import SentFile, SentState

MOST_REFUSALS = 2
"""After so many files refused in a row for the same place in a run, people must look."""


def request_settled(file: SentFile, now: datetime) -> None:
    """The bank acknowledged or refused a request file; runs in the transaction that says so, which holds the file."""
    if file.state == SentState.FAILED:
        _refused(file, now)
        return
    batch = DebitBatch.objects.select_for_update(no_key=True).filter(sent_file=file).first()
    if batch is not None and batch.state == BatchState.WRITTEN:
        batch.deliver()
        batch.save()


def _refused(file: SentFile, now: datetime) -> None:
    seen = DebitBatch.objects.select_related("run").filter(sent_file=file).first()
    if seen is None:
        return
    run = locked(seen.run.run_no)
    batch = DebitBatch.objects.select_for_update(no_key=True).get(pk=seen.pk)
    if batch.state not in (BatchState.WRITTEN, BatchState.DELIVERED):
        return  # it answered the file before: what it said of the lines counts
    batch.supersede(remark=file.last_error, now=now)
    batch.save()
    refused = DebitBatch.objects.filter(run=run, sequence=batch.sequence, state=BatchState.SUPERSEDED)
    if refused.count() >= MOST_REFUSALS:
        _leave_to_people(run)
    debit_wake.after_commit(debit_wake.RUN, run.run_no)


def _leave_to_people(run: DebitRun) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        run.remark = _("The bank refused the same request file again and again.")
    run.is_stopped = True
    run.save(update_fields=["is_stopped", "remark"])
