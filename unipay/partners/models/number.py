"""Which province a mobile number is at home in: by segment, and by number for those that were ported."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NumberSegment(models.Model):
    """A block of numbers by its leading digits (3 to 7); the longest matching prefix decides."""

    prefix = models.CharField(_("prefix"), max_length=7, unique=True)
    province = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", verbose_name=_("province")
    )
    city = models.CharField(_("city"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("number segment")
        verbose_name_plural = _("number segments")

    def __str__(self) -> str:
        return self.prefix


class PortedNumber(models.Model):
    """One number that is at home elsewhere than its segment says."""

    msisdn = models.CharField(_("mobile number"), max_length=11, unique=True)
    province = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", verbose_name=_("province")
    )

    class Meta:
        verbose_name = _("ported number")
        verbose_name_plural = _("ported numbers")

    def __str__(self) -> str:
        return self.msisdn
