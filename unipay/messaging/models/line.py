"""The line to a partner as delivery finds it: held by one worker at a time, resting while the partner is down."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Line(models.Model):
    """One row per partner that was ever written to.

    `held_until` is the lease of the worker that drains the partner: it bounds the calls in flight, whatever the
    number of workers. `failures` counts calls in a row that came to nothing; from the third on the line rests until
    `rests_until`, after which one call probes it.
    """

    partner = models.OneToOneField(
        "partners.Partner", models.CASCADE, primary_key=True, related_name="+", verbose_name=_("to")
    )
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    rests_until = models.DateTimeField(_("rests until"), null=True, blank=True)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")

    def __str__(self) -> str:
        return str(self.partner)
