"""The back office's site: customer service, finance and operations enter here."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.i18n import JavaScriptCatalog
from unfold.sites import UnfoldAdminSite


class BackofficeSite(UnfoldAdminSite):  # type: ignore[misc]
    """Unfold's site under our name; its looks and navigation are in unipay.backoffice.unfold."""

    index_title = _("Overview")
    enable_nav_sidebar = True

    def i18n_javascript(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Return the texts of the admin's scripts, with ours where Django left them in English."""
        return JavaScriptCatalog.as_view(packages=["django.contrib.admin", "unipay.backoffice"])(request)
