"""Where and how patiently a partner is called, when one operation differs from the partner's usual settings."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from unipay.partners.operations import operation_title


class Endpoint(models.Model):
    """One operation of ours at one partner: its own path or address and its own time-outs."""

    partner = models.ForeignKey(
        "partners.Partner", models.CASCADE, related_name="endpoints", verbose_name=_("partner")
    )
    operation = models.CharField(_("operation"), max_length=64)
    url = models.URLField(
        _("address"), blank=True, help_text=_("Empty: the partner's base address and the usual path.")
    )
    connect_timeout_ms = models.PositiveIntegerField(_("connect time-out (ms)"), null=True, blank=True)
    read_timeout_ms = models.PositiveIntegerField(_("read time-out (ms)"), null=True, blank=True)

    class Meta:
        verbose_name = _("endpoint")
        verbose_name_plural = _("endpoints")
        constraints = [
            models.UniqueConstraint(fields=["partner", "operation"], name="one_endpoint_per_operation")
        ]

    def __str__(self) -> str:
        return operation_title(self.operation)
