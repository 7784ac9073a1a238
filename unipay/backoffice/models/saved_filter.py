"""A list as somebody wants to find it again."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SavedFilter(models.Model):
    """One person's name for one narrowing of one list; `query` is what stands behind the list's address."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person")
    )
    page = models.CharField(_("list"), max_length=80)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=40)
    query = models.CharField(_("filter"), max_length=400)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        default_permissions = ()
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["person", "page", "name"], name="one_saved_filter_per_name")
        ]

    def __str__(self) -> str:
        return self.name
