"""Who took the administrator's rights in an emergency, why, and until when."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BreakGlass(models.Model):
    """Half an hour with the administrator's rights. Append-only, by trigger: an early end is a row of its own."""

    break_glass_no = models.CharField(_("break-glass number"), max_length=32, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("person")
    )
    reason = models.CharField(_("reason"), max_length=300)
    started_at = models.DateTimeField(pgettext_lazy("time", "started"))
    ends_at = models.DateTimeField(pgettext_lazy("time", "ends"))
    ip_address = models.GenericIPAddressField(_("address"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("emergency", "break-glass")
        verbose_name_plural = pgettext_lazy("emergency", "break-glass")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="break_glass_has_a_reason"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("started_at")), name="break_glass_ends"),
        ]
        indexes = [
            models.Index(fields=["person", "-ends_at"], name="break_glass_by_person"),
            models.Index(fields=["-ends_at"], name="break_glass_by_end"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.break_glass_no


class BreakGlassEnd(models.Model):
    """The end of a break-glass before its time, by hand. Append-only, by trigger."""

    break_glass = models.OneToOneField(
        BreakGlass,
        models.PROTECT,
        related_name="end",
        verbose_name=pgettext_lazy("emergency", "break-glass"),
    )
    at = models.DateTimeField(pgettext_lazy("time", "ended"))

    class Meta:
        verbose_name = _("early end of a break-glass")
        verbose_name_plural = _("early ends of break-glasses")
        default_permissions = ()
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.break_glass)
