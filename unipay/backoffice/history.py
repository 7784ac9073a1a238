"""What happened to one row: each change the database's own triggers noted, who made it, and in which request."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import pghistory.core
from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from unipay import msisdn
from unipay.logging import mask_text

MOST_ENTRIES = 200
NOTHING = "—"
_NUMBERS = ("msisdn", "secondary_msisdns")

LABELS = {
    "insert": _("created"),
    "update": _("changed"),
    "delete": _("deleted"),
    "state_changed": _("state changed"),
}


@dataclass(frozen=True)
class Change:
    """One field before and after, as people read it."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One event: when, what kind, who, in which request (trace id and path), and the fields it changed."""

    at: datetime
    label: str
    who: str
    request_id: str
    where: str
    changes: tuple[Change, ...]


def entries(row: models.Model) -> list[Entry]:
    """Return the latest MOST_ENTRIES events of a tracked row, newest first."""
    found: list[Entry] = []
    for event_model in pghistory.core.event_models(tracks_model=type(row)):
        events = list(
            event_model._base_manager.filter(pgh_obj_id=row.pk)
            .select_related("pgh_context")
            .order_by("-pgh_id")[: MOST_ENTRIES + 1]
        )
        names = _user_names(events)
        found += [_entry(event, before, names) for event, before in _with_predecessor(events)]
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:MOST_ENTRIES]


def _with_predecessor(events: list[Any]) -> Iterator[tuple[Any, Any | None]]:
    yield from pairwise(events)
    if 0 < len(events) <= MOST_ENTRIES:
        yield events[-1], None


def _entry(event: Any, before: Any | None, names: dict[int, str]) -> Entry:
    context = event.pgh_context.metadata if event.pgh_context_id else {}
    return Entry(
        at=event.pgh_created_at,
        label=str(LABELS.get(event.pgh_label, event.pgh_label)),
        who=_who(context, names),
        request_id=str(context.get("request_id") or ""),
        where=str(context.get("url") or context.get("operation") or context.get("task") or ""),
        changes=tuple(_changes(event, before)),
    )


def _who(context: dict[str, Any], names: dict[int, str]) -> str:
    """Return the person, else the partner, else the part of Unipay; without a context it was SQL by hand.

    An emergency's number stands beside the person's name.
    """
    if context.get("user"):
        name = names.get(context["user"], f"#{context['user']}")
        return f"{name} ({context['break_glass']})" if context.get("break_glass") else name
    known = context.get("partner") or context.get("source") or context.get("command")
    return str(known or (_("Unipay itself") if context else _("without a context")))


def _user_names(events: Iterable[Any]) -> dict[int, str]:
    ids = {event.pgh_context.metadata.get("user") for event in events if event.pgh_context_id}
    users = get_user_model().objects.filter(pk__in=ids - {None})
    return {user.pk: user.get_username() for user in users}


def _changes(event: Any, before: Any | None) -> Iterator[Change]:
    for field in type(event)._meta.concrete_fields:
        # A blind index tells people nothing; what it stands for is noted beside it, masked.
        if field.name.startswith("pgh_") or field.name.endswith("_index") or field.name == "id":
            continue
        old = getattr(before, field.attname) if before is not None else None
        new = getattr(event, field.attname)
        if old != new and not (before is None and new in ("", [], False)):
            yield Change(
                str(field.verbose_name), _shown(before, field) if before else NOTHING, _shown(event, field)
            )


def _shown(event: Any, field: Any) -> str:
    value = getattr(event, field.attname)
    if value is None or value == "" or value == []:
        return NOTHING
    if field.name in _NUMBERS:
        return ", ".join(map(msisdn.mask, value if isinstance(value, list) else [value]))
    if field.is_relation:
        return _related(event, field)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, dict):
        return mask_text(json.dumps(value, ensure_ascii=False))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _related(event: Any, field: Any) -> str:
    try:
        return str(getattr(event, field.name))
    except ObjectDoesNotExist:
        return f"#{getattr(event, field.attname)}"
