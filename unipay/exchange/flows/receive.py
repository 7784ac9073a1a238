"""What happens when a file comes, by whatever way: it is kept as it came, once, and a worker is woken to read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from unipay import check_digit
from unipay.errors import Refusal
from unipay.exchange import errors, vault, wake
from unipay.exchange.directories import is_fit
from unipay.exchange.kinds import Direction, all_kinds
from unipay.exchange.models import ReceivedFile, ReceivedState
from unipay.exchange.queries import layouts_known_to
from unipay.exchange.telling import Named, Told, agree, named_by
from unipay.exchange.vault import Stored
from unipay.partners.models import Partner

_DEAD = (ReceivedState.REFUSED, ReceivedState.QUARANTINED)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A file as its sender speaks of it; empty kind, date and digest: the sender does not say."""

    partner: Partner
    name: str
    origin: str
    kind: str = ""
    business_date: date | None = None
    digest: str = ""
    size: int | None = None
    uploaded_by_id: int | None = None
    request_no: str = ""
    is_declared_empty: bool = False


def keep(
    *,
    partner: Partner,
    kind: str,
    name: str,
    chunks: Iterable[bytes],
    origin: str,
    business_date: date | None = None,
    uploaded_by: Any = None,
    request_no: str = "",
    is_declared_empty: bool = False,
    now: datetime,
) -> ReceivedFile:
    """Keep a file in the vault and have it read; return it. Must not run inside a transaction: files are large.

    Raises Refusal: its kind or date is not told or contradicts its name, it is too large, or it came before.
    """
    arrival = Arrival(
        partner=partner,
        name=name,
        origin=origin,
        kind=kind,
        business_date=business_date,
        uploaded_by_id=uploaded_by.pk if uploaded_by else None,
        request_no=request_no,
        is_declared_empty=is_declared_empty,
    )
    return take_in(arrival, chunks, now=now)


def take_in(arrival: Arrival, chunks: Iterable[bytes], *, now: datetime) -> ReceivedFile:
    """Keep a file in the vault and have it read; raises as `keep` does."""
    told = what_it_is(arrival)
    file_no, stored = lay_in(arrival, chunks)
    try:
        with transaction.atomic():
            return enter(arrival, told, file_no, stored, now=now)
    except BaseException:
        vault.remove(file_no)
        raise


def what_it_is(arrival: Arrival) -> Told:
    """Return kind and business date, as said or as the name tells; raises Refusal where they do not agree."""
    require_name(arrival.name)
    received = {kind.name for kind in all_kinds() if kind.direction == Direction.IN}
    if arrival.kind and arrival.kind not in received:
        raise Refusal(errors.FILE_KIND_UNKNOWN, arrival.kind[:64])
    layouts = layouts_known_to(arrival.partner).filter(kind__in=received)
    named: list[Named] = named_by(arrival.name, layouts.exclude(file_name_pattern=""))
    return agree(arrival.partner.code, Told(arrival.kind, arrival.business_date), named)


def require_name(name: str) -> None:
    """Refuse a name that is a path, or that no file should have."""
    if not is_fit(name):
        raise Refusal(errors.FILE_NAME_UNFIT)


def lay_in(arrival: Arrival, chunks: Iterable[bytes]) -> tuple[str, Stored]:
    """Put the content into the vault and compare it with what was announced; return its number."""
    file_no = check_digit.new_number("F")
    try:
        stored = vault.store(file_no, chunks, limit=settings.UNIPAY_MAX_FILE_MB * 1024 * 1024)
    except vault.TooLarge:
        raise Refusal(errors.FILE_TOO_LARGE, f"{settings.UNIPAY_MAX_FILE_MB} MiB") from None
    if arrival.digest not in ("", stored.digest) or arrival.size not in (None, stored.size):
        vault.remove(file_no)
        raise Refusal(errors.WHOLE_DIFFERS, f"{stored.size} · {stored.digest}")
    return file_no, stored


def enter(arrival: Arrival, told: Told, file_no: str, stored: Stored, *, now: datetime) -> ReceivedFile:
    """Write down a file that lies in the vault, and wake a worker once that is committed."""
    _refuse_known(arrival, told, stored)
    try:
        with transaction.atomic():
            file = _row(arrival, told, file_no, stored, now)
    except IntegrityError:
        _refuse_known(arrival, told, stored)
        raise
    wake.after_commit(wake.CHECK, file.pk)
    return file


def _row(arrival: Arrival, told: Told, file_no: str, stored: Stored, now: datetime) -> ReceivedFile:
    return ReceivedFile.objects.create(
        file_no=file_no,
        partner=arrival.partner,
        kind=told.kind,
        business_date=told.business_date,
        name=arrival.name,
        size=stored.size,
        digest=stored.digest,
        origin=arrival.origin,
        uploaded_by_id=arrival.uploaded_by_id,
        request_no=arrival.request_no,
        is_declared_empty=arrival.is_declared_empty,
        received_at=now,
    )


def _refuse_known(arrival: Arrival, told: Told, stored: Stored) -> None:
    """The same content counts once; of a file without content, the same day of the same book does."""
    same: dict[str, Any] = {"digest": stored.digest}
    if not stored.size:
        same |= {"partner": arrival.partner, "kind": told.kind, "business_date": told.business_date}
    known = ReceivedFile.objects.filter(**same).exclude(state__in=_DEAD).first()
    if known is None:
        return
    if known.partner_id != arrival.partner.pk and not arrival.uploaded_by_id:
        raise Refusal(errors.DUPLICATE_FILE)  # whose it is, is nobody else's business
    raise Refusal(
        errors.DUPLICATE_FILE, f"{known.file_no} ({known.name})", conflict={"file_no": known.file_no}
    )
