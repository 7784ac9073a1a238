"""What staff add to a manual case: comments, attached documents, and how soon cases of each kind are due."""

import pghistory
import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from signing.states import CaseReason, Severity
from unipay.sealed_field import SealedTextField

_APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class CaseComment(models.Model):
    """What a member of staff noted. Append-only, by trigger."""

    case = models.ForeignKey(
        "signing.ManualCase", models.PROTECT, related_name="comments", verbose_name=_("case")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(_("comment"))
    written_at = models.DateTimeField(pgettext_lazy("time", "written"))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]
        triggers = [pgtrigger.Protect(name="append_only", operation=_APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.text[:40]}"


class CaseAttachment(models.Model):
    """A document somebody attached: its content is sealed (base64), as it may show who a person is. Append-only."""

    case = models.ForeignKey(
        "signing.ManualCase", models.PROTECT, related_name="attachments", verbose_name=_("case")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    name = models.CharField(_("file name"), max_length=150)
    content_type = models.CharField(_("type"), max_length=64)
    size_bytes = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField("SHA-256", max_length=64)
    content = SealedTextField(context="case_attachment.content", verbose_name=_("content"))
    attached_at = models.DateTimeField(pgettext_lazy("time", "attached"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.UniqueConstraint(fields=["case", "sha256"], name="one_attachment_per_document_and_case")
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=_APPEND_ONLY)]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class CaseServiceLevel(models.Model):
    """How severe a case of this reason is, and how long people have; without a row the defaults of the code hold."""

    reason = models.CharField(_("reason"), max_length=24, choices=CaseReason, unique=True)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    hours = models.PositiveSmallIntegerField(
        _("due after (hours)"), validators=[MinValueValidator(1), MaxValueValidator(30 * 24)]
    )

    class Meta:
        verbose_name = _("time allowed for cases")
        verbose_name_plural = _("times allowed for cases")
        ordering = ["reason"]
        constraints = [
            models.CheckConstraint(condition=Q(hours__gte=1, hours__lte=30 * 24), name="cases_fall_due")
        ]

    def __str__(self) -> str:
        return self.get_reason_display()
