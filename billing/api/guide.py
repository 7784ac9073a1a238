"""Billing's chapter in the guide for partners' developers (domain.md C2, C3, C11)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from billing.api.orders import MOST_BILLS
from unipay.api.guide import Chapter, add_chapter
from unipay.money import format_yuan


def _values() -> Mapping[str, Any]:
    return {
        "least": format_yuan(settings.UNIPAY_RECHARGE_LEAST_FEN),
        "most": format_yuan(settings.UNIPAY_RECHARGE_MOST_FEN),
        "most_bills": MOST_BILLS,
    }


add_chapter(Chapter(Path(__file__).parent / "guide_text", _values))
