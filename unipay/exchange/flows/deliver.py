"""What happens when a file of ours goes to a partner's directory: written under another name, renamed, and then its
control file; tried again up the ladder of all deliveries, and an alarm when that is used up.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from unipay.errors import Refusal
from unipay.exchange import errors, queries, wake
from unipay.exchange.alarms import sound
from unipay.exchange.directories import Place, control_file_of, open_place
from unipay.exchange.leases import LEASE, renewed
from unipay.exchange.models import Route, SentFile, SentState
from unipay.logging import mask_text
from unipay.messaging.ladder import wait_after

Clock = Callable[[], datetime]

_SUFFIX = ".writing"


def deliver(sent_id: int, *, now: Clock) -> SentFile:
    """Lay a file that is due into its partner's directory; return it as it stands then.

    Does nothing while another worker does. Raises nothing: trouble stands on the file's row. A crash between writing
    and noting has the same file written once more, in the place of itself.
    """
    file = _claim(sent_id, now())
    if file is not None:
        try:
            with renewed(lambda: _hold(sent_id, now())):
                _lay(file)
        except Exception as error:
            _postpone(file, mask_text(f"{type(error).__name__}: {_told(error)}"), now())
        else:
            _note_delivered(file, now())
    return SentFile.objects.select_related("partner").get(pk=sent_id)


def due(*, now: datetime) -> list[int]:
    """Return the files it is time to deliver."""
    waiting = SentFile.objects.filter(state=SentState.READY, route=Route.DIRECTORY, next_attempt_at__lte=now)
    return list(waiting.order_by("next_attempt_at", "id").values_list("pk", flat=True))


@transaction.atomic
def again(file: SentFile, *, now: datetime) -> SentFile:
    """People had the line mended: deliver the file now, from the first rung."""
    current = SentFile.objects.select_for_update().get(pk=file.pk)
    if current.state != SentState.READY or current.route != Route.DIRECTORY:
        raise Refusal(errors.SETTLED)
    current.attempts, current.next_attempt_at = 0, now
    current.save(update_fields=["attempts", "next_attempt_at"])
    wake.after_commit(wake.DELIVER, current.pk)
    return current


@transaction.atomic
def fetched(file: SentFile, *, now: datetime) -> SentFile:
    """The partner, or staff for the partner, has got the whole content; again, it changes nothing."""
    current = SentFile.objects.select_for_update().get(pk=file.pk)
    if current.state == SentState.READY:
        current.deliver(now=now)
        current.save()
    return current


@transaction.atomic
def _claim(sent_id: int, now: datetime) -> SentFile | None:
    waiting = SentFile.objects.filter(pk=sent_id, state=SentState.READY, route=Route.DIRECTORY)
    free = waiting.filter(next_attempt_at__lte=now).select_related("partner")
    file = free.select_for_update(of=("self",), skip_locked=True).first()
    if file is not None:
        waiting.update(next_attempt_at=now + LEASE, attempts=F("attempts") + 1)
        file.attempts += 1
    return file


def _hold(sent_id: int, now: datetime) -> None:
    SentFile.objects.filter(pk=sent_id, state=SentState.READY).update(next_attempt_at=now + LEASE)


def _lay(file: SentFile) -> None:
    directory = queries.delivery_directory(file.partner, file.kind)
    if directory is None:
        raise Refusal(errors.ADDRESS_NOT_ALLOWED, "no active directory")
    with open_place(directory) as place:
        _write(place, file.name, file)
        control = control_file_of(file.name)
        with place.create(control + _SUFFIX) as target:
            target.write(f"{file.digest}  {file.name}\n".encode())
        place.rename(control + _SUFFIX, control)


def _write(place: Place, name: str, file: SentFile) -> None:
    with place.create(name + _SUFFIX) as target:
        for chunk in queries.content(file.file_no):
            target.write(chunk)
    if place.size(name + _SUFFIX) != file.size:
        raise OSError("the directory holds another size than was written")
    place.rename(name + _SUFFIX, name)


@transaction.atomic
def _note_delivered(file: SentFile, now: datetime) -> None:
    current = SentFile.objects.select_for_update().get(pk=file.pk)
    if current.state == SentState.READY:
        current.deliver(now=now)
        current.save()


def _postpone(file: SentFile, error: str, now: datetime) -> None:
    wait = wait_after(file.attempts)
    following = None if wait is None else now + wait
    SentFile.objects.filter(pk=file.pk, state=SentState.READY).update(
        next_attempt_at=following, last_error=error[:400]
    )
    alarm = "file_undeliverable" if wait is None else "file_not_delivered"
    sound(alarm, partner=file.partner.code, file_no=file.file_no, error=error[:200], attempts=file.attempts)


def _told(error: Exception) -> object:
    return error.detail or error.reason.title if isinstance(error, Refusal) else error
