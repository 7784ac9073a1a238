"""What happens when we have a file for a partner: it is written into the vault by the layout in force, numbered, named,
and goes the way the partner has: its directory, the API, or the hands of staff.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from django.db import transaction

from unipay import check_digit
from unipay.errors import Refusal
from unipay.exchange import errors, file_names, queries, vault, wake
from unipay.exchange.kinds import Direction, kind_named
from unipay.exchange.models import Cipher, EnvelopeKey, FileLayout, Route, SentFile
from unipay.exchange.writing import Written, write
from unipay.partners.models import Partner


def send(
    *,
    kind: str,
    partner: Partner,
    subject: str,
    business_date: date,
    rows: Any,
    header: Mapping[str, Any] | None = None,
    now: datetime,
) -> SentFile:
    """Write a file of ours from rows (as `writing.write` takes them) and send it once the transaction committed.

    `subject` names what it is about ("run:R-…"). Raises Refusal LAYOUT_MISSING and ENVELOPE_KEY_MISSING,
    writing.Unwritable, and ValueError for a kind we only receive.
    """
    layout = _layout_in_force(kind, partner, business_date)
    file = SentFile(
        file_no=check_digit.new_number("F"),
        partner=partner,
        kind=kind,
        layout=layout,
        subject=subject,
        business_date=business_date,
        route=route_to(partner, kind, now=now),
        written_at=now,
    )
    key = _sealing_key(partner, layout, now=now)
    written = write(layout, rows, header=_header(file, header), to=file.file_no, key=key)
    try:
        return _enter(file, written, now=now)
    except BaseException:
        vault.remove(file.file_no)
        raise


def _layout_in_force(kind: str, partner: Partner, day: date) -> FileLayout:
    if kind_named(kind).direction != Direction.OUT:
        raise ValueError(f"Files of the kind {kind} are not sent.")
    layout = queries.layout_for(kind, partner, day)
    if layout is None:
        raise Refusal(errors.LAYOUT_MISSING, kind)
    return layout


def route_to(partner: Partner, kind: str, *, now: datetime) -> Route:
    """Return the way the partner gets files of this kind: the best one it has."""
    if queries.delivery_directory(partner, kind) is not None:
        return Route.DIRECTORY
    fetches = partner.permissions.filter(operation="files.read").exists()
    has_key = any(key.is_live(now) for key in partner.keys.all())
    return Route.API if fetches and has_key else Route.HAND


def _sealing_key(partner: Partner, layout: FileLayout, *, now: datetime) -> EnvelopeKey | None:
    """Return the newest key that is valid for the layout's envelope; None where the layout has none."""
    if layout.cipher == Cipher.NONE:
        return None
    keys = EnvelopeKey.objects.filter(partner=partner, cipher=layout.cipher).order_by("-valid_from", "-id")
    valid = next((key for key in keys if key.is_valid(now)), None)
    if valid is None:
        raise Refusal(errors.ENVELOPE_KEY_MISSING, layout.cipher)
    return valid


@transaction.atomic
def _enter(file: SentFile, written: Written, *, now: datetime) -> SentFile:
    Partner.objects.select_for_update(no_key=True).get(
        pk=file.partner_id
    )  # names are given one after the other
    file.name = _free_name(file)
    file.size, file.digest = written.size, written.digest
    file.row_count, file.total_fen = written.row_count, written.total_fen
    if file.route == Route.DIRECTORY:
        file.next_attempt_at = now
    file.save(force_insert=True)
    if file.route == Route.DIRECTORY:
        wake.after_commit(wake.DELIVER, file.pk)
    return file


def _header(file: SentFile, more: Mapping[str, Any] | None) -> dict[str, Any]:
    said = {
        "partner_code": file.partner.code,
        "business_date": file.business_date,
        "file_no": file.file_no,
    }
    return said | dict(more or {})


def _free_name(file: SentFile) -> str:
    """Return the name by the layout's pattern; where the partner got a file of that name before, with a number."""
    layout: FileLayout = file.layout
    earlier = queries.sent_to(file.partner).filter(kind=file.kind, business_date=file.business_date).count()
    name = file_names.write(
        layout.file_name_pattern or "{kind}_{business_date:%Y%m%d}_{file_no}.txt",
        partner=file.partner.code,
        kind=file.kind,
        business_date=file.business_date,
        file_no=file.file_no,
        sequence=earlier + 1,
    )
    taken = set(
        queries.sent_to(file.partner)
        .filter(name__startswith=PurePosixPath(name).stem)
        .values_list("name", flat=True)
    )
    free, number = name, 1
    while free in taken:
        number += 1
        path = PurePosixPath(name)
        free = f"{path.stem}-{number}{path.suffix}"
    return free
