"""The exchange's chapter in the guide for partners' developers: how files travel, and how they are written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from unipay.api.guide import Chapter, add_chapter
from unipay.exchange.api.contents import MOST_BYTES
from unipay.exchange.flows.upload import LASTS, PIECE_BYTES
from unipay.exchange.kinds import Direction, FileField, FileKind, all_kinds


def _values() -> Mapping[str, Any]:
    return {
        "piece_bytes": PIECE_BYTES,
        "most_bytes": MOST_BYTES,
        "most_mib": settings.UNIPAY_MAX_FILE_MB,
        "upload_hours": int(LASTS.total_seconds() // 3600),
        "base": settings.UNIPAY_PUBLIC_URL,
        "kinds": "\n".join(_kind(kind) for kind in all_kinds()),
    }


def _kind(kind: FileKind) -> str:
    direction = gettext("you to us") if kind.direction == Direction.IN else gettext("we to you")
    head = f"**`{kind.name}`** — {kind.title} ({direction})"
    columns = ", ".join(f"`{field.name}`{'*' if field.required else ''}" for field in kind.fields)
    codes = "; ".join(_codes(field) for field in kind.fields if field.choices)
    return "\n".join(filter(None, [f"- {head}: {columns}", f"  - {codes}" if codes else ""]))


def _codes(field: FileField) -> str:
    words = ", ".join(f"`{word}` {title}" for word, title in field.choices)
    return f"`{field.name}`: {words}"


add_chapter(Chapter(Path(__file__).parent / "guide_text", _values))
