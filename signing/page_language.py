"""In which language does a subscriber's page speak? What was chosen on the page, else what the hall said, else the
browser's."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from signing.models import SigningSession

COOKIE = "pay_language"
_CHOICES = frozenset(code for code, _name in settings.LANGUAGES)


def language_of(request: HttpRequest, session: SigningSession | None) -> str:
    """The language of the page, one of settings.LANGUAGES."""
    wishes = (
        request.GET.get("lang"),
        request.COOKIES.get(COOKIE),
        session.language if session else "",
        translation.get_language(),
    )
    return next((wish for wish in wishes if wish in _CHOICES), settings.LANGUAGE_CODE)


def remember(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Keep what was chosen for the other pages of this link, so that it outlives the visit to the bank."""
    chosen = request.GET.get("lang")
    if chosen in _CHOICES:
        path = request.path.rpartition("/")[0] + "/"
        response.set_cookie(
            COOKIE, chosen, path=path, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response
