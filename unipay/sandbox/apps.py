"""The sandbox app, installed only where UNIPAY_SANDBOX=1."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SandboxConfig(AppConfig):
    """Registers the sandbox."""

    name = "unipay.sandbox"
    label = "sandbox"
    verbose_name = _("Sandbox")
