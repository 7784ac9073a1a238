"""The doors to the search: a page that works without scripts, and the palette that opens over any page."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from unipay.backoffice.search import Hit, finders_for, search


def find(request: HttpRequest) -> HttpResponse:
    """Lead to the one thing that was found, else say what was, or what can be searched; the term is posted."""
    finders = finders_for(request.user)
    if not finders:
        raise PermissionDenied
    term = request.POST.get("term", "").strip()
    hits = search(term, request.user)
    if len(hits) == 1:
        return HttpResponseRedirect(hits[0].address)
    context = {
        **admin.site.each_context(request),
        "title": _("Find"),
        "term": term,
        "hits": hits,
        "finders": finders,
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "backoffice/find.html", context)


def palette(request: HttpRequest) -> HttpResponse:
    """Return what the palette lists: pages of the menu, and whatever the finders found."""
    term = request.POST.get("s", "").strip()
    if not term:
        return HttpResponse()
    hits = [*search(term, request.user), *_pages(request, term)]
    context = {"hits": hits, "finders": finders_for(request.user)}
    return TemplateResponse(request, "backoffice/palette.html", context)


def _pages(request: HttpRequest, term: str) -> list[Hit]:
    """Return the pages of this person's menu whose title has the term in it."""
    groups: Any = admin.site.get_sidebar_list(request)  # type: ignore[attr-defined]
    return [
        Hit(str(item["title"]), str(group.get("title") or ""), str(item["link"]), item.get("icon") or "tag")
        for group in groups
        for item in group["items"]
        if term.lower() in str(item["title"]).lower()
    ]
