"""How a simulated bank's files go: over the API, or through a directory that both sides look into (domain.md C5)."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from unipay import clock
from unipay.sandbox import client, file_wire
from unipay.sandbox.roster import bank

OUTGOING, INCOMING = "from-unipay", "to-unipay"
_TAKEN = "taken"
_CONTROL = ".sha256"
_DUPLICATE = "duplicate_file"


@dataclass(frozen=True)
class Fetched:
    """A file of Unipay's in the hands of a bank."""

    name: str
    business_date: date
    content: bytes
    file: dict[str, Any] | None = None


def folder(code: str, way: str) -> Path:
    """Return where files from Unipay (OUTGOING) or to it (INCOMING) lie for a bank with a directory."""
    return Path(settings.UNIPAY_LOCAL_DIRECTORIES[0]) / code / way


def waiting(code: str, kind: str) -> list[Fetched]:
    """Fetch every file of a kind that waits for the bank, the oldest first."""
    if bank(code).uses_directory:
        controls = sorted(folder(code, OUTGOING).glob(f"{kind}*{_CONTROL}"))
        return [_taken_out(path.with_name(path.name.removesuffix(_CONTROL))) for path in controls]
    return [
        Fetched(
            name=str(file["name"]),
            business_date=date.fromisoformat(file["business_date"]),
            content=file_wire.fetch(code, file),
            file=file,
        )
        for file in file_wire.waiting(code, kind)
    ]


def acknowledge(code: str, fetched: Fetched, *, refusal: str = "") -> client.Reply | None:
    """Tell Unipay that the bank has the file, or why it can't use it; a directory has no way to say so."""
    return file_wire.acknowledge(code, fetched.file, refusal=refusal) if fetched.file else None


def hand_over(code: str, kind: str, content: bytes, *, business_date: date, now: datetime) -> client.Reply:
    """Send a file to Unipay, or lay it into the directory, where nobody answers."""
    name = f"{kind}_{code}_{business_date:%Y%m%d}_{now:%H%M%S%f}.txt"
    if bank(code).uses_directory:
        return _laid(folder(code, INCOMING), name, content)
    return file_wire.send(
        code, kind=kind, name=name, business_date=business_date.isoformat(), content=content
    )


def is_known(reply: client.Reply) -> bool:
    """Whether Unipay refuses a file because it has it already: its answer to the first time was lost."""
    return reply.code == _DUPLICATE


def _taken_out(path: Path) -> Fetched:
    content = path.read_bytes()
    aside = path.parent / _TAKEN
    aside.mkdir(exist_ok=True)
    path.rename(aside / path.name)
    path.with_name(f"{path.name}{_CONTROL}").rename(aside / f"{path.name}{_CONTROL}")
    return Fetched(name=path.name, business_date=clock.business_date(clock.now()), content=content)


def _laid(place: Path, name: str, content: bytes) -> client.Reply:
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.writing").write_bytes(content)
    (place / f"{name}.writing").rename(place / name)
    (place / f"{name}{_CONTROL}").write_text(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
    return client.Reply(status=202, body={"state": "", "file_no": name})
