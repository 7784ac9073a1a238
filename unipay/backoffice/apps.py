"""The back office app, and the admin's configuration that makes its site the default one."""

from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class BackofficeConfig(AppConfig):
    """Registers the back office."""

    name = "unipay.backoffice"
    verbose_name = _("Back office")
    default = True

    def ready(self) -> None:
        """Read every app's `dashboard_cards` module, as Django reads `admin` modules."""
        autodiscover_modules("dashboard_cards")


class BackofficeAdminConfig(admin_apps.AdminConfig):
    """Django's admin, served by our own site."""

    default_site = "unipay.backoffice.site.BackofficeSite"
    default = False


class LoginGuardConfig(AxesConfig):  # type: ignore[misc]
    """The lock after too many failed log-ins, by a name that staff understand."""

    verbose_name = _("Log-ins")
    default = False
