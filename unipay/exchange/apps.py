"""The file exchange app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    """Registers the file exchange and finds the kinds of file the apps above it know."""

    name = "unipay.exchange"
    verbose_name = _("Files")

    def ready(self) -> None:
        """Read every app's `file_kinds` module, as Django reads `admin` modules."""
        autodiscover_modules("file_kinds")
