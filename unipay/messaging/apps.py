"""The messaging app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    """Registers the messaging app and finds the message kinds of the apps above it."""

    name = "unipay.messaging"
    verbose_name = _("Messages")

    def ready(self) -> None:
        """Read every app's `message_kinds` module, as Django reads `admin` modules."""
        autodiscover_modules("message_kinds")
