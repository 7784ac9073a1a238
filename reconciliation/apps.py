"""The reconciliation app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReconciliationConfig(AppConfig):
    """Registers the reconciliation app."""

    name = "reconciliation"
    verbose_name = _("Reconciliation")
