"""Which proposals need a second person, as data."""

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LONGEST_HOURS = 30 * 24


@pghistory.track()
class ApprovalRule(models.Model):
    """Whether one action needs a checker. The rule that says most precisely what it is about decides.

    An empty `reason` or `action` means any; `least_amount_fen` limits the rule to amounts from there on. `checked_by`:
    the role whose people may check such a proposal, as far as they may check its kind at all.
    """

    kind = models.CharField(_("kind"), max_length=64)
    reason = models.CharField(
        _("reason"), max_length=64, blank=True, help_text=_("Empty: whatever the reason.")
    )
    action = models.CharField(
        _("what is proposed"), max_length=64, blank=True, help_text=_("Empty: whatever is proposed.")
    )
    least_amount_fen = models.PositiveBigIntegerField(
        _("from this amount on (fen)"), null=True, blank=True, help_text=_("Empty: whatever the amount.")
    )
    needs_checker = models.BooleanField(_("a second person must agree"), default=True)
    checked_by = models.ForeignKey(
        "auth.Group",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by the role"),
        help_text=_("Empty: by whoever may check proposals of this kind."),
    )
    hours_valid = models.PositiveSmallIntegerField(
        _("hours a proposal is valid"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_HOURS)],
    )

    class Meta:
        verbose_name = _("approval rule")
        verbose_name_plural = _("approval rules")
        ordering = ["kind", "action", "reason", "least_amount_fen"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "reason", "action", "least_amount_fen"],
                nulls_distinct=False,
                name="one_rule_for_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(hours_valid__gte=1, hours_valid__lte=LONGEST_HOURS), name="proposals_expire"
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.action, self.reason)))
