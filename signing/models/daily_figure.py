"""What happened on each day, counted: the overview reads these rows, never the big tables they were counted from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

FORMAL = "FORMAL"
"""The detail of a session that was completed and whose contract became formal."""


class Measure(models.TextChoices):
    """What is counted, by the moment it happened or began.

    SIGNED and TERMINATED are journal lines, by channel and by reason. SESSION, CONSENTED (the same, those that went on
    to a bank) and OPENED (contracts a bank asked for) are what became of those that began on the day, by state, or by
    why they ended where they never became formal. ASKED and REFUSED are partners' requests: to sign, and whatever was
    refused, by reason.
    """

    SIGNED = "SIGNED", _("contracts signed")
    TERMINATED = "TERMINATED", _("contracts terminated")
    SESSION = "SESSION", _("sessions opened")
    CONSENTED = "CONSENTED", _("sessions that went on to a bank")
    OPENED = "OPENED", _("provisional contracts")
    ASKED = "ASKED", _("requests to sign")
    REFUSED = "REFUSED", _("refused requests")


class DailyFigure(models.Model):
    """How often on one business day, at one bank, in one province; `detail` is the channel, state or reason."""

    day = models.DateField(_("day"))
    measure = models.CharField(_("measure"), max_length=16, choices=Measure)
    bank = models.ForeignKey(
        "partners.Partner",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("bank"),
    )
    province = models.ForeignKey(
        "partners.Partner",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("province"),
    )
    detail = models.CharField(_("detail"), max_length=64, blank=True)
    count = models.PositiveIntegerField(_("count"))

    class Meta:
        verbose_name = _("daily figure")
        verbose_name_plural = _("daily figures")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "measure", "bank", "province", "detail"],
                name="one_daily_figure",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=models.Q(measure__in=Measure.values), name="measure_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.measure} {self.detail}: {self.count}"


class CountedDay(models.Model):
    """When the figures of a day were counted last; a settled day is not counted again."""

    day = models.DateField(_("day"), primary_key=True)
    as_of = models.DateTimeField(_("as of"))
    is_settled = models.BooleanField(_("settled"), default=False)

    class Meta:
        verbose_name = _("counted day")
        verbose_name_plural = _("counted days")

    def __str__(self) -> str:
        return f"{self.day}"
