"""Actions on many rows call one flow for each row and say what became of each."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from unipay.errors import Refusal, Text

MOST_TOLD = 20


def report_outcomes(
    model_admin: Any,
    request: HttpRequest,
    rows: Iterable[Any],
    *,
    verb: Callable[[Any], object],
    done: Text,
) -> int:
    """Do it to each row in a transaction of its own; tell how many were done, and each refusal with its reason.

    Returns how many were done. `done` says what was done ("replayed"), also in the row's log.
    """
    refused: list[str] = []
    count = 0
    for row in rows:
        name = str(row)
        refusal = _refusal_of(verb, row)
        if refusal:
            refused.append(f"{name}: {refusal}")
        else:
            model_admin.log_change(request, row, str(done))
            count += 1
    if count:
        messages.success(request, _("%(count)d %(done)s.") % {"count": count, "done": done})
    for line in refused[:MOST_TOLD]:
        messages.warning(request, line)
    if len(refused) > MOST_TOLD:
        messages.warning(request, _("and %(count)d more.") % {"count": len(refused) - MOST_TOLD})
    return count


def _refusal_of(verb: Callable[[Any], object], row: Any) -> str:
    try:
        with transaction.atomic():
            verb(row)
    except Refusal as refusal:
        return str(format_lazy("{} {}", refusal.reason.title, refusal.detail)).strip()
    except TransitionNotAllowed:
        return _("not possible in its present state.")
    return ""
