"""How values are shown: states as badges, JSON readable, personal numbers masked."""

import json
from collections.abc import Callable
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from unipay import msisdn
from unipay.backoffice.subscriber import Subscriber
from unipay.errors import Text
from unipay.logging import mask_text
from unipay.money import format_money

_NOTHING = "—"
_STATE = _("state")


def state_badge(
    colours: dict[str, str], *, field: str = "state", description: Text = _STATE
) -> Callable[[Any, Any], tuple[str, str]]:
    """Return a list column that shows the state as a badge; colours: success, info, warning, danger, primary."""

    @display(description=description, label=colours)
    def badge(self: Any, row: Any) -> tuple[str, str]:
        return getattr(row, field), getattr(row, f"get_{field}_display")()

    return badge


@display(description=_("mobile number"))
def masked_number(row: Any) -> SafeString | str:
    """Return the number as lists show it, "138 **** 0001", leading to everything about it."""
    if not row.msisdn:
        return _NOTHING
    subscriber = Subscriber(row.msisdn)
    return format_html(
        '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>',
        subscriber.address,
        subscriber.masked,
    )


def masked(field: str, *, description: Text) -> Callable[[Any], str]:
    """Return a value that shows a number, or several, as every screen does."""

    @display(description=description)
    def masked(row: Any) -> str:
        value = getattr(row, field)
        numbers = value if isinstance(value, list) else [value] if value else []
        return ", ".join(map(msisdn.mask, numbers)) or _NOTHING

    return masked


def yuan(fen: int | None) -> str:
    """Return an amount as every screen shows it: "¥1,234.50"; a dash where there is none."""
    return _NOTHING if fen is None else format_money(fen)


def partner_title(field: str, *, description: Text) -> Callable[[Any], str]:
    """Return a list column that names a partner in the language of the moment."""

    @display(description=description)
    def partner_title(row: Any) -> str:
        partner = getattr(row, field)
        return partner.title if partner else _NOTHING

    return partner_title


def as_json(value: Any) -> SafeString | str:
    """Return JSON laid out for reading."""
    return _preformatted(json.dumps(value, ensure_ascii=False, indent=2)) if value else _NOTHING


def masked_json(value: Any) -> SafeString | str:
    """Return JSON laid out for reading, its mobile, identity and account numbers masked."""
    return _preformatted(mask_text(json.dumps(value, ensure_ascii=False, indent=2))) if value else _NOTHING


def _preformatted(text: str) -> SafeString:
    return format_html('<pre class="whitespace-pre-wrap break-all font-mono text-xs">{}</pre>', text)
