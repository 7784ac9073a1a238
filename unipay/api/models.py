"""The nonces partners have used: each counts once per key."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class UsedNonce(models.Model):
    """A nonce that came with a valid signature of this key; needed only as long as its timestamp could count."""

    key = models.ForeignKey(
        "partners.PartnerKey", models.CASCADE, related_name="+", db_index=False, verbose_name=_("partner key")
    )
    nonce = models.CharField(_("nonce"), max_length=64)
    seen_at = models.DateTimeField(_("seen"))

    class Meta:
        verbose_name = _("used nonce")
        verbose_name_plural = _("used nonces")
        constraints = [models.UniqueConstraint(fields=["key", "nonce"], name="one_use_per_nonce")]
        indexes = [BrinIndex(fields=["seen_at"], name="used_nonce_by_time")]

    def __str__(self) -> str:
        return f"{self.key_id}/{self.nonce}"
