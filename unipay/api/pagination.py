"""Pages of a list: newest first, found by key so that the last page costs no more than the first."""

import base64
import binascii
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from unipay.api import errors
from unipay.errors import Fault, Refusal

Row = TypeVar("Row", bound=Model)


def page_of(rows: QuerySet[Row, Row], query: dict[str, Any]) -> tuple[list[Row], str | None]:
    """Return the page the query's `cursor` and `limit` ask for, and the cursor of the next one if there is one."""
    if query.get("cursor"):
        rows = rows.filter(pk__lt=_last_seen(query["cursor"]))
    limit = query["limit"]
    found = list(rows.order_by("-pk")[: limit + 1])
    page = found[:limit]
    return page, _cursor_after(page[-1].pk) if len(found) > limit else None


def _cursor_after(pk: int) -> str:
    return base64.urlsafe_b64encode(f"after:{pk}".encode()).decode().rstrip("=")


def _last_seen(cursor: str) -> int:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        name, _colon, number = text.partition(":")
        if name != "after" or not number.isascii() or not number.isdigit() or len(number) > 18:
            raise ValueError("not a cursor of ours")
        return int(number)
    except (binascii.Error, ValueError) as error:
        fault = Fault("cursor", "invalid", _("The cursor is not one of ours."))
        raise Refusal(errors.REQUEST_FAULTY, faults=[fault]) from error
