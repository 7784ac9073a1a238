"""Actions on many rows call one flow for each row and say what became of each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from unipay.errors import Refusal, Text


@dataclass(frozen=True)
class Outcome:
    """What became of one row: `refusal` empty means it was done; `link` leads to the row, where it has a page."""

    name: str
    link: str
    refusal: str = ""


def report_outcomes(
    model_admin: Any,
    request: HttpRequest,
    rows: Iterable[Any],
    *,
    verb: Callable[[Any], object],
    done: Text,
) -> HttpResponse:
    """Do it to each row in a transaction of its own, and return the page that says what became of each.

    An action returns what it gets from here. One row needs no page: the list, or the row's own page, says it in a
    message. `done` says what was done ("sent again"), also in the row's log.
    """
    return outcome_page(
        model_admin, request, done_to_each(model_admin, request, rows, verb=verb, done=done), done=done
    )


def done_to_each(
    model_admin: Any,
    request: HttpRequest,
    rows: Iterable[Any],
    *,
    verb: Callable[[Any], object],
    done: Text,
) -> list[Outcome]:
    """Do it to each row in a transaction of its own, note in its log what was done, and return every outcome."""
    outcomes = []
    for row in rows:
        outcome = Outcome(str(row), link_to(row), refusal_of(verb, row))
        if not outcome.refusal:
            model_admin.log_change(request, row, str(done))
        outcomes.append(outcome)
    return outcomes


def outcome_page(
    model_admin: Any, request: HttpRequest, outcomes: list[Outcome], *, done: Text
) -> HttpResponse:
    """Return a page with a line for each outcome, the refused first; a single outcome is a message where one was."""
    refused = [each for each in outcomes if each.refusal]
    count = len(outcomes) - len(refused)
    if count:
        messages.success(request, _("%(count)d %(done)s.") % {"count": count, "done": done})
    if len(outcomes) <= 1:
        for each in refused:
            messages.warning(request, f"{each.name}: {each.refusal}")
        return HttpResponseRedirect(way_back(request))
    if refused:
        messages.warning(request, _("%(count)d refused: the reasons are below.") % {"count": len(refused)})
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("What became of each"),
        "outcomes": refused + [each for each in outcomes if not each.refusal],
        "done": done,
        "back": way_back(request),
    }
    return TemplateResponse(request, "backoffice/outcomes.html", context)


def refusal_of(verb: Callable[[Any], object], row: Any) -> str:
    """Do it to the row in a transaction of its own; return why it was refused, or nothing when it was done."""
    try:
        with transaction.atomic():
            verb(row)
    except Refusal as refusal:
        return reason_of(refusal)
    except TransitionNotAllowed:
        return _("not possible in its present state.")
    return ""


def reason_of(refusal: Refusal) -> str:
    """Return a refusal as one sentence for people."""
    return str(format_lazy("{} {}", refusal.reason.title, refusal.detail)).strip()


def link_to(row: Model) -> str:
    """Return the address of the row's page in the back office, or nothing where it has none."""
    try:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""


def way_back(request: HttpRequest) -> str:
    """Return where an action was asked for: the list as it was filtered, or the page of its row."""
    if ACTION_CHECKBOX_NAME in request.POST:
        return request.get_full_path()
    above = f"{request.path.rstrip('/').rpartition('/')[0]}/"
    is_about_a_row = request.resolver_match and "object_id" in request.resolver_match.kwargs
    return f"{above}change/" if is_about_a_row else above
