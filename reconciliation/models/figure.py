"""What a run found, counted: charts, trends and cards read these rows, never the discrepancies themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from reconciliation.states import Difference, DiscrepancyState, Treatment


class RunFigure(models.Model):
    """How many discrepancies of a run's present round are of one difference, treatment, state and province."""

    run = models.ForeignKey(
        "reconciliation.Run",
        models.PROTECT,
        related_name="figures",
        db_index=False,
        verbose_name=_("run"),
    )
    difference = models.CharField(_("difference"), max_length=20, choices=Difference)
    treatment = models.CharField(_("treatment"), max_length=12, choices=Treatment, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=DiscrepancyState)
    province = models.ForeignKey(
        "partners.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("province"),
    )
    count = models.PositiveBigIntegerField(_("count"))

    class Meta:
        verbose_name = _("figure of a run")
        verbose_name_plural = _("figures of runs")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "difference", "treatment", "state", "province"],
                name="one_run_figure",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.difference} {self.state}: {self.count}"
