"""The signing app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SigningConfig(AppConfig):
    """Registers the signing app."""

    name = "signing"
    verbose_name = _("Signing")
