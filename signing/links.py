"""The addresses a subscriber travels: our agreement page, our result page, and the way back to the hall (A1)."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.urls import reverse

from signing.models import SigningSession


def link_for(session: SigningSession) -> str:
    """Where the hall sends the subscriber: the agreement page of the session."""
    return _absolute("agreement", session)


def result_link_for(session: SigningSession) -> str:
    """Where the bank sends the subscriber back to: the page that tells the outcome."""
    return _absolute("result", session)


def way_back(session: SigningSession) -> str:
    """The hall's own page, told which session the subscriber comes from."""
    address = urlsplit(session.return_url)
    asked = parse_qsl(address.query, keep_blank_values=True)
    query = urlencode([*asked, ("session_no", session.session_no)])
    return urlunsplit(address._replace(query=query))


def origin_of(url: str) -> str:
    """The origin of an address, as a content security policy names it."""
    address = urlsplit(url)
    return f"{address.scheme}://{address.netloc}"


def _absolute(page: str, session: SigningSession) -> str:
    path = reverse(f"signing_pages:{page}", args=[session.link_token])
    return settings.UNIPAY_PUBLIC_URL.rstrip("/") + path
