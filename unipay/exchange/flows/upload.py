"""What happens when a file arrives in pieces, from staff or over the API: any order, side by side, any piece twice.

Every piece lies sealed in the vault at once; when all are here they are put together, compared with what was
announced, and kept as a received file. What nobody completes is given up and goes.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from unipay import check_digit
from unipay.errors import Fault, Refusal
from unipay.exchange import errors, queries, vault
from unipay.exchange.flows import receive
from unipay.exchange.flows.receive import Arrival
from unipay.exchange.models import FileOrigin, ReceivedFile, Upload, UploadPiece, UploadState
from unipay.exchange.telling import Told
from unipay.exchange.vault import Stored
from unipay.partners.models import Partner

PIECE_BYTES = 1024 * 1024
"""As much as a request's body may hold."""

LASTS = timedelta(hours=24)
"""How long an upload waits for its next piece."""

MOST_OPEN = 20
"""How many uploads one partner may have open."""

MISSING_TOLD = 1000


def open_upload(arrival: Arrival, *, now: datetime) -> Upload:
    """Begin an upload of the size and digest the arrival announces.

    Raises Refusal for a file we would not take, before any of it is sent.
    """
    told = receive.what_it_is(arrival)
    size = _announced_size(arrival)
    with transaction.atomic():
        Partner.objects.select_for_update(no_key=True).get(pk=arrival.partner.pk)
        if Upload.objects.filter(partner=arrival.partner, state=UploadState.OPEN).count() >= MOST_OPEN:
            raise Refusal(errors.UPLOADS_TOO_MANY)
        return Upload.objects.create(
            upload_no=check_digit.new_number("U"),
            partner=arrival.partner,
            kind=told.kind,
            business_date=told.business_date,
            name=arrival.name,
            size=size,
            digest=arrival.digest,
            piece_size=PIECE_BYTES,
            is_declared_empty=arrival.is_declared_empty,
            uploaded_by_id=arrival.uploaded_by_id,
            opened_at=now,
            expires_at=now + LASTS,
        )


def take_piece(upload: Upload, number: int, content: bytes, *, now: datetime) -> UploadPiece:
    """Keep one piece; the same piece again changes nothing, another content under its number is refused."""
    _require_open(upload)
    _require_size(upload, number, content)
    digest = hashlib.sha256(content).hexdigest()
    known = UploadPiece.objects.filter(upload=upload, number=number).first()
    if known is None:
        _store(_piece_no(upload, number, digest), content)
        known, _is_new = UploadPiece.objects.get_or_create(
            upload=upload, number=number, defaults={"size": len(content), "digest": digest}
        )
    if known.digest != digest:
        raise Refusal(errors.PIECE_DIFFERS)
    if not _still_open(upload, until=now + LASTS):
        _forget_pieces(upload)
        raise Refusal(errors.UPLOAD_OVER)
    return known


def missing_pieces(upload: Upload) -> list[int]:
    """Return the numbers of pieces that are not here yet, the first thousand of them."""
    here = set(UploadPiece.objects.filter(upload=upload).values_list("number", flat=True))
    missing: list[int] = []
    for number in range(upload.pieces):
        if number not in here:
            missing.append(number)
        if len(missing) == MISSING_TOLD:
            break
    return missing


def complete(upload: Upload, *, request_no: str = "", now: datetime) -> ReceivedFile:
    """Put the pieces together and keep the file; again, the same file is returned.

    Raises Refusal: pieces are missing, the whole is not what was announced, or it is a duplicate. Runs outside any
    transaction, as it takes as long as the file is large.
    """
    current = Upload.objects.select_related("partner").get(pk=upload.pk)
    if current.state == UploadState.DONE:
        return _file_of(current)
    _require_open(current)
    _require_all(current)
    try:
        file = _put_together(current, request_no=request_no, now=now)
    except (Refusal, vault.Missing):
        current.refresh_from_db()
        if (
            current.state == UploadState.DONE
        ):  # another completion was quicker and has cleared the pieces away
            return _file_of(current)
        give_up(current)  # no other piece can be sent any more: it would be refused again
        raise
    _forget_pieces(current)
    return file


def give_up(upload: Upload) -> bool:
    """End an upload nobody will complete, and free its space; False when it is over already."""
    ended = Upload.objects.filter(pk=upload.pk, state=UploadState.OPEN).update(state=UploadState.GIVEN_UP)
    if ended:
        _forget_pieces(upload)
    return bool(ended)


def expire(*, now: datetime) -> int:
    """Give up every upload whose time is over; return how many."""
    overdue = Upload.objects.filter(state=UploadState.OPEN, expires_at__lte=now)
    return sum(give_up(upload) for upload in overdue.order_by("expires_at"))


def _announced_size(arrival: Arrival) -> int:
    size = arrival.size or 0
    if size > settings.UNIPAY_MAX_FILE_MB * 1024 * 1024:
        raise Refusal(errors.FILE_TOO_LARGE, f"{settings.UNIPAY_MAX_FILE_MB} MiB")
    if size == 0 and not arrival.is_declared_empty:
        raise Refusal(errors.FILE_EMPTY)
    return size


def _put_together(upload: Upload, *, request_no: str, now: datetime) -> ReceivedFile:
    arrival = Arrival(
        partner=upload.partner,
        name=upload.name,
        origin=FileOrigin.UPLOAD if upload.uploaded_by_id else FileOrigin.API,
        kind=upload.kind,
        business_date=upload.business_date,
        digest=upload.digest,
        size=upload.size,
        uploaded_by_id=upload.uploaded_by_id,
        request_no=request_no,
        is_declared_empty=upload.is_declared_empty,
    )
    file_no, stored = receive.lay_in(arrival, _whole(upload))
    try:
        file = _finish(upload, arrival, file_no, stored, now)
    except BaseException:
        vault.remove(file_no)
        raise
    if file.file_no != file_no:
        vault.remove(file_no)
    return file


@transaction.atomic
def _finish(upload: Upload, arrival: Arrival, file_no: str, stored: Stored, now: datetime) -> ReceivedFile:
    """Enter the file; where another completion was quicker, its file is the one."""
    current = Upload.objects.select_for_update().get(pk=upload.pk)
    if current.state == UploadState.DONE:
        return _file_of(current)
    _require_open(current)
    told = Told(upload.kind, upload.business_date)
    file = receive.enter(arrival, told, file_no, stored, now=now)
    current.file, current.state = file, UploadState.DONE
    current.save(update_fields=["file", "state"])
    return file


def _file_of(upload: Upload) -> ReceivedFile:
    if upload.file_id is None:
        raise ValueError(f"{upload.upload_no} has become no file")
    return ReceivedFile.objects.get(pk=upload.file_id)


def _still_open(upload: Upload, *, until: datetime) -> bool:
    """Give the upload more time, if it is not over."""
    return bool(Upload.objects.filter(pk=upload.pk, state=UploadState.OPEN).update(expires_at=until))


def _require_open(upload: Upload) -> None:
    if upload.state != UploadState.OPEN:
        raise Refusal(errors.UPLOAD_OVER)


def _require_size(upload: Upload, number: int, content: bytes) -> None:
    last = upload.pieces - 1
    if not 0 <= number <= last:
        raise Refusal(errors.PIECE_UNFIT, faults=[Fault("number", "max_value", f"0 … {last}")])
    wanted = upload.size - last * upload.piece_size if number == last else upload.piece_size
    if len(content) != wanted:
        raise Refusal(errors.PIECE_UNFIT, f"{len(content)} ≠ {wanted}")


def _require_all(upload: Upload) -> None:
    missing = missing_pieces(upload)
    if missing and upload.size:
        raise Refusal(errors.PIECES_MISSING, conflict={"missing": missing})


def _store(piece_no: str, content: bytes) -> None:
    """A piece sent twice at once is the same file under the same number."""
    try:
        vault.store(piece_no, [content])
    except FileExistsError:
        return


def _whole(upload: Upload) -> Iterator[bytes]:
    rows = UploadPiece.objects.filter(upload=upload).order_by("number").values_list("number", "digest")
    for number, digest in rows:
        yield from queries.content(_piece_no(upload, number, digest))


def _forget_pieces(upload: Upload) -> None:
    for number, digest in upload.arrived.values_list("number", "digest"):
        vault.remove(_piece_no(upload, number, digest))
    upload.arrived.all().delete()


def _piece_no(upload: Upload, number: int, digest: str) -> str:
    return f"{upload.upload_no}-{number}-{digest[:16]}"
