"""Who saw whose personal data unmasked, when, and why."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Disclosure(models.Model):
    """One look at personal data, noted before anything was shown. Append-only, by trigger.

    `subject_type` ("signing.contract") and `subject_id` name the row that was looked at; a file of many rows has no
    id, but a count of `rows` and, in `subject`, how the list was filtered. `fields` are the names of what was shown.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("person")
    )
    at = models.DateTimeField(pgettext_lazy("time", "disclosed"))
    subject_type = models.CharField(_("kind of record"), max_length=64)
    subject_id = models.CharField(_("record id"), max_length=64, blank=True)
    subject = models.CharField(_("record"), max_length=300)
    msisdn = models.CharField(_("mobile number"), max_length=11, blank=True)
    fields = ArrayField(models.CharField(max_length=64), verbose_name=_("what was shown"))
    rows = models.PositiveIntegerField(_("rows"), default=1)
    reason = models.CharField(_("reason"), max_length=300)
    request_id = models.CharField(_("trace id"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("disclosure of personal data")
        verbose_name_plural = _("disclosures of personal data")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="disclosure_has_a_reason"),
        ]
        indexes = [
            models.Index(
                fields=["msisdn", "-id"], name="disclosure_by_msisdn", condition=~models.Q(msisdn="")
            ),
            models.Index(fields=["person", "-id"], name="disclosure_by_person"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="disclosure_by_subject"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject}"
