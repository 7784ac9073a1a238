"""The project as a Django app: its commands, its checks and the heartbeat."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from unipay import checks

__all__ = ["UnipayConfig", "checks"]  # importing the checks registers them


class UnipayConfig(AppConfig):
    """Registers the project itself."""

    name = "unipay"
    verbose_name = _("Unipay")
