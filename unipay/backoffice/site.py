"""The back office's site: customer service, finance and operations enter here."""

from http import HTTPStatus
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _
from django.views.i18n import JavaScriptCatalog
from unfold.sites import UnfoldAdminSite

from unipay import clock
from unipay.backoffice import (
    account_pages,
    break_glass_pages,
    passwords,
    search_page,
    sessions,
    subscriber_page,
    two_factor_pages,
)
from unipay.backoffice.lockout import locked_out
from unipay.backoffice.search import finders_for
from unipay.backoffice.standing import standing_of
from unipay.backoffice.two_factor import count_failure, forget_factor, forgive, is_locked_out


class BackofficeSite(UnfoldAdminSite):  # type: ignore[misc]
    """Unfold's site under our name; its looks and navigation are in unipay.backoffice.unfold."""

    index_title = _("Overview")
    enable_nav_sidebar = True

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the admin's addresses, those of one's own account before them."""
        pages = {
            "account/": ("account", account_pages.account),
            "account/sessions/": ("end_sessions", account_pages.end_sessions),
            "account/news/": ("news_read", account_pages.news_read),
            "account/verify/": ("second_factor", two_factor_pages.verify),
            "account/two-factor/": ("enrol", two_factor_pages.enrol),
            "account/backup-codes/": ("backup_codes", two_factor_pages.backup_codes),
            "account/break-glass/": ("break_glass", break_glass_pages.start),
            "account/break-glass/end/": ("end_break_glass", break_glass_pages.end),
            # No record has a page outside the back office, which this address would lead to.
            "r/<path:content_type_id>/<path:object_id>/": ("view_on_site", not_there),
        }
        ours = [
            path(
                route,
                self.admin_view(view),
                name=name,
                kwargs={"site": self} if name != "view_on_site" else {},
            )
            for route, (name, view) in pages.items()
        ]
        return [*ours, *super().get_urls()]

    def extra_urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses of the search from anywhere and of the page of one number."""
        return [
            path("find/", self.admin_view(search_page.find), name="find"),
            path("subscriber/<str:token>/", self.admin_view(subscriber_page.show), name="subscriber"),
            path(
                "subscriber/<str:token>/reveal/",
                self.admin_view(subscriber_page.reveal),
                name="subscriber_reveal",
            ),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what every page needs, and whether it shows the search."""
        context: dict[str, Any] = super().each_context(request)
        return {**context, "may_search": bool(finders_for(request.user))}

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Return what the palette lists; never from a cache, as rights and records change."""
        return search_page.palette(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Ask for name and password; whoever gave them right starts anew, and is asked for a code again."""
        response: HttpResponse = super().login(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            sessions.begin(request.session, now=clock.now())
            forget_factor(request.session)
            if not standing_of(request.user).has_second_factor:
                forgive(request)
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Let the person choose a password; every other session of theirs ends with the old one.

        A wrong old password counts as a failed log-in.
        """
        if request.method == "POST" and is_locked_out(request):
            return locked_out(request)
        response: Any = super().password_change(request, extra_context)
        if request.method != "POST" or not isinstance(request.user, User):
            return cast(HttpResponse, response)
        if response.status_code == HTTPStatus.FOUND:
            passwords.changed_by_owner(request.user, now=clock.now())
        elif response.context_data["form"].has_error("old_password", "password_incorrect"):
            count_failure(request)
        return cast(HttpResponse, response)

    def i18n_javascript(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Return the texts of the admin's scripts, with ours where Django left them in English."""
        return JavaScriptCatalog.as_view(packages=["django.contrib.admin", "unipay.backoffice"])(request)


def not_there(request: HttpRequest, **_ids: str) -> HttpResponse:
    """Answer that there is no such page."""
    raise Http404
