"""The back office's site: customer service, finance and operations enter here."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _
from django.views.i18n import JavaScriptCatalog
from unfold.sites import UnfoldAdminSite

from unipay.backoffice import search_page, subscriber_page
from unipay.backoffice.search import finders_for


class BackofficeSite(UnfoldAdminSite):  # type: ignore[misc]
    """Unfold's site under our name; its looks and navigation are in unipay.backoffice.unfold."""

    index_title = _("Overview")
    enable_nav_sidebar = True

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

    def i18n_javascript(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Return the texts of the admin's scripts, with ours where Django left them in English."""
        return JavaScriptCatalog.as_view(packages=["django.contrib.admin", "unipay.backoffice"])(request)
