"""What happens when a partner says that it has a file of ours, or refuses it, and when we take one back."""

from datetime import datetime

from django.db import transaction

from unipay.errors import Refusal
from unipay.exchange import errors
from unipay.exchange.alarms import sound
from unipay.exchange.kinds import kind_named
from unipay.exchange.models import SentFile, SentState

_UNSETTLED = (SentState.READY, SentState.DELIVERED)


@transaction.atomic
def accepted(file: SentFile, *, now: datetime) -> SentFile:
    """The partner has the file and says so, by whatever way; said again, it changes nothing."""
    current = _locked(file)
    if current.state == SentState.ACKNOWLEDGED:
        return current
    _require_unsettled(current)
    current.acknowledge(now=now)
    return _settle(current, now)


@transaction.atomic
def refused(file: SentFile, *, why: str, now: datetime) -> SentFile:
    """The partner refuses the file as a whole: whoever wrote it hears of it, and so do operations."""
    current = _locked(file)
    if current.state == SentState.FAILED:
        return current
    _require_unsettled(current)
    current.fail(why=why, now=now)
    sound("sent_file_refused", partner=current.partner.code, file_no=current.file_no, why=why[:200])
    return _settle(current, now)


@transaction.atomic
def cancel(file: SentFile, *, now: datetime) -> SentFile:
    """The file is no longer true: whoever has not taken it can't any more."""
    current = _locked(file)
    if current.state == SentState.CANCELLED:
        return current
    _require_unsettled(current)
    current.cancel(now=now)
    current.save()
    return current


def _locked(file: SentFile) -> SentFile:
    rows = SentFile.objects.select_for_update(of=("self",)).select_related("partner")
    return rows.get(pk=file.pk)


def _require_unsettled(file: SentFile) -> None:
    if file.state not in _UNSETTLED:
        raise Refusal(errors.SETTLED, conflict={"state": file.state})


def _settle(file: SentFile, now: datetime) -> SentFile:
    file.save()
    follows = kind_named(file.kind).on_settled
    if follows is not None:
        follows(file, now)
    return file
