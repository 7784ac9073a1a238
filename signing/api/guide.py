"""Signing's chapter in the guide for partners' developers (domain.md A1 to A3)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from signing.api.examples import HAND_OVER
from unipay.api.guide import Chapter, add_chapter


def _values() -> Mapping[str, Any]:
    return {
        "provisional_minutes": settings.UNIPAY_PROVISIONAL_MINUTES,
        "session_minutes": settings.UNIPAY_SESSION_MINUTES,
        "most_secondary": settings.UNIPAY_MAX_SECONDARY_NUMBERS,
        "hand_over": json.dumps(HAND_OVER, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
    }


add_chapter(Chapter(Path(__file__).parent / "guide_text", _values))
