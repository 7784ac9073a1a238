"""What happens when people decide on a file that waits for them: accept it without its faulty lines, or refuse it."""

from datetime import datetime

from django.db import transaction

from unipay.errors import Refusal
from unipay.exchange import errors, wake
from unipay.exchange.flows import expect
from unipay.exchange.models import ReceivedFile, ReceivedState


@transaction.atomic
def accept_despite_faults(file: ReceivedFile, *, by_id: int, remark: str, now: datetime) -> ReceivedFile:
    """Let the good lines count; an empty file counts as declared empty. It is passed on after the commit."""
    current = _waiting(file, remark)
    current.decided_by_id, current.decision_remark = by_id, remark.strip()
    current.is_declared_empty = current.is_declared_empty or current.line_count == 0
    current.accept(now=now)
    current.claimed_until, current.last_error = None, ""
    expect.arrived(current)
    current.save()
    wake.after_commit(wake.CHECK, current.pk)
    return current


@transaction.atomic
def refuse(file: ReceivedFile, *, by_id: int, remark: str, now: datetime) -> ReceivedFile:
    """None of the file counts; the remark is what the partner is told."""
    current = _waiting(file, remark)
    current.decided_by_id, current.decision_remark = by_id, remark.strip()
    current.refuse(code=errors.REFUSED_BY_PEOPLE.code, why=remark.strip(), now=now)
    current.save()
    return current


def _waiting(file: ReceivedFile, remark: str) -> ReceivedFile:
    if not remark.strip():
        raise Refusal(errors.REMARK_MISSING)
    current = ReceivedFile.objects.select_for_update().get(pk=file.pk)
    if current.state != ReceivedState.CHECKED:
        raise Refusal(errors.FILE_DECIDED)
    return current
