"""The approvals app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    """Registers the approvals app and finds what the apps above it let people propose."""

    name = "unipay.approvals"
    verbose_name = _("Approvals")

    def ready(self) -> None:
        """Read every app's `proposal_kinds` module, as Django reads `admin` modules."""
        autodiscover_modules("proposal_kinds")
