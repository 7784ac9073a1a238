"""The provinces a member of staff works for."""

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from unipay.partners.kinds import PartnerKind


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class Posting(models.Model):
    """One province of one person. Who has any sees the subscribers of these only; who has none sees all."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="postings", verbose_name=_("person")
    )
    province = models.ForeignKey(
        "partners.Partner",
        models.PROTECT,
        related_name="+",
        limit_choices_to={"kind": PartnerKind.PROVINCE},
        verbose_name=_("province"),
    )

    class Meta:
        verbose_name = _("province of work")
        verbose_name_plural = _("provinces of work")
        constraints = [
            models.UniqueConstraint(fields=["user", "province"], name="one_posting_per_province"),
        ]

    def __str__(self) -> str:
        return str(self.province)
