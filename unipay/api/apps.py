"""The api app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Registers what every partner endpoint shares."""

    name = "unipay.api"
    label = "api"
    verbose_name = _("Partner API")

    def ready(self) -> None:
        """Let the apps describe what they send to partners, and add their chapters to the guide."""
        autodiscover_modules("api.outbound", "api.guide")
