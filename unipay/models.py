"""What the centre notes about itself: that its clockwork runs."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """The last sign of life that came all the way from the beat through the broker and a worker to the database."""

    name = models.CharField(_("name"), max_length=32, primary_key=True)
    beat_at = models.DateTimeField(_("beat at"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name

    def age(self, now: datetime) -> timedelta:
        """Tell how long ago the heart beat."""
        return now - self.beat_at
