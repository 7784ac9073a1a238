"""What stands between a right password and the back office: the clocks of the session, the second factor, and a
password of one's own. The password comes before a second factor is set up, and after one that is."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from unipay import clock
from unipay.backoffice import sessions
from unipay.backoffice.middleware import in_admin
from unipay.backoffice.standing import standing_of

ALWAYS_OPEN = frozenset({"login", "logout", "jsi18n"})
VERIFY, ENROL, PASSWORD = "second_factor", "enrol", "password_change"


class GateMiddleware:
    """Leads staff to what their log-in still lacks; nothing else of the back office opens before.

    It stands before the views, so that no page is forgotten, whichever library brought it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the gate is in process_view, which knows the page."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseRedirect | None:
        """Return where the person is led instead, or None to let the request through."""
        user = request.user
        if not in_admin(request) or not (user.is_authenticated and user.is_active and user.is_staff):
            return None
        if sessions.is_over(request.session, user, now=clock.now()):
            return _log_out(request)
        page = request.resolver_match.url_name if request.resolver_match else None
        wanted = _lacking(user)
        if wanted is None or page == wanted or page in ALWAYS_OPEN:
            return None
        return HttpResponseRedirect(_with_return(request, wanted))


def _lacking(user: Any) -> str | None:
    """The page that is the only one open to this log-in, if it still lacks anything."""
    standing = standing_of(user)
    if standing.has_second_factor and not user.is_verified():
        return VERIFY
    # A password that somebody else knows sets no second factor up.
    if standing.must_change_password:
        return PASSWORD
    return ENROL if settings.UNIPAY_REQUIRE_TWO_FACTOR and not standing.has_second_factor else None


def _log_out(request: HttpRequest) -> HttpResponseRedirect:
    logout(request)
    messages.info(request, _("You were logged out after a while without work. Please log in again."))
    return HttpResponseRedirect(_with_return(request, "login"))


def _with_return(request: HttpRequest, page: str) -> str:
    back = request.get_full_path() if request.method == "GET" else reverse("admin:index")
    return f"{reverse(f'admin:{page}')}?{urlencode({'next': back})}"
