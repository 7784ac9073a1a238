"""What a partner's result code means to us, and how final it is (design.md 4): data, not code."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from unipay.errors import Finality
from unipay.partners.kinds import Direction, PartnerKind

FINALITIES = [
    (Finality.SUCCESS, _("success")),
    (Finality.UNKNOWN, _("unknown: ask again")),
    (Finality.FINAL_FAILURE, _("final failure")),
]


@pghistory.track()
class ResultCode(models.Model):
    """One code of one partner, or of every partner of a kind where `partner` is empty.

    `operation` empty means any operation. A code found nowhere is UNKNOWN and raises an alarm.
    """

    kind = models.CharField(_("kind of partner"), max_length=16, choices=PartnerKind)
    partner = models.ForeignKey(
        "partners.Partner",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="result_codes",
        verbose_name=_("partner"),
    )
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, default=Direction.ANSWER)
    operation = models.CharField(_("operation"), max_length=64, blank=True)
    code = models.CharField(_("code"), max_length=32)
    reason_code = models.CharField(_("our reason"), max_length=64, blank=True)
    finality = models.CharField(_("finality"), max_length=16, choices=FINALITIES)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("result code")
        verbose_name_plural = _("result codes")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "partner", "direction", "operation", "code"],
                name="one_meaning_per_result_code",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.get_finality_display()}"


class UnmappedCode(models.Model):
    """A code a partner said that nobody has given a meaning; kept so that somebody can."""

    partner = models.ForeignKey(
        "partners.Partner", models.CASCADE, related_name="+", verbose_name=_("partner")
    )
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    operation = models.CharField(_("operation"), max_length=64, blank=True)
    code = models.CharField(_("code"), max_length=32)
    times = models.PositiveIntegerField(_("times"), default=1)
    first_seen_at = models.DateTimeField(_("first seen"))
    last_seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("unmapped code")
        verbose_name_plural = _("unmapped codes")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "direction", "operation", "code"], name="one_row_per_unmapped_code"
            )
        ]

    def __str__(self) -> str:
        return self.code
