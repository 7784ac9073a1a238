"""The door to the page of one mobile number: who may open it, and what it shows."""

from typing import Any

import structlog
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from unipay.backoffice import disclosure
from unipay.backoffice.disclosure import Personal, Subject
from unipay.backoffice.models import REVEAL
from unipay.backoffice.provinces import may_see_province
from unipay.backoffice.subscriber import Cell, Fact, Section, Subscriber, sections_for, unseal

log = structlog.get_logger(__name__)


def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show the number's page with every section this person may see."""
    subscriber, sections = _opened(request, token)
    parts = [(section, section.load(subscriber)) for section in sections]
    context = {
        **admin.site.each_context(request),
        "title": subscriber.masked,
        "subtitle": None,
        "subscriber": subscriber,
        "facts": [*_facts(subscriber), *(fact for _section, part in parts for fact in part.facts)],
        "places": {
            place: [(section, part) for section, part in parts if section.place == place]
            for place in ("top", "main", "aside")
        },
        "is_unknown": not any(part.rows for _section, part in parts),
        "may_reveal": request.user.has_perm(REVEAL),
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "backoffice/subscriber.html", context)


def reveal(request: HttpRequest, token: str) -> HttpResponse:
    """Show the whole number to whoever has the right and says why."""
    subscriber, _sections = _opened(request, token)
    if not request.user.has_perm(REVEAL):
        raise PermissionDenied
    label = _("mobile number")
    subject = Subject(
        type=disclosure.SUBSCRIBER,
        id="",
        name=subscriber.masked,
        msisdn=subscriber.msisdn,
        labels=[label],
        read=lambda: [Personal("msisdn", label, subscriber.msisdn)],
        back_url=subscriber.address,
    )
    return disclosure.reveal(request, subject)


def _opened(request: HttpRequest, token: str) -> tuple[Subscriber, list[Section]]:
    """Return the number and what may be seen of it; a number of another province is as good as none."""
    sections = sections_for(request.user)
    if not sections:
        raise PermissionDenied
    try:
        subscriber = Subscriber(unseal(token), request.user)
    except ValueError:
        raise Http404 from None
    province = subscriber.province
    if not may_see_province(request.user, province.pk if province else None):
        log.warning("subscriber_of_another_province", number=subscriber.masked, user=str(request.user))
        raise Http404
    return subscriber, sections


def _facts(subscriber: Subscriber) -> list[Fact]:
    province: Any = subscriber.province
    home = Cell(province.title) if province else Cell(_("no segment covers this number"))
    ported = Cell(_("ported"), colour="info") if subscriber.is_ported else Cell(_("not ported"))
    return [Fact(_("home province"), home), Fact(_("number portability"), ported)]
