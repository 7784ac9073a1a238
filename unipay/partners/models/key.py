"""Public keys partners sign with, and the key pairs of our own we sign with."""

from datetime import datetime

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from unipay.partners.kinds import KeyAlgorithm
from unipay.sealed_field import SealedTextField


@pghistory.track()
class PartnerKey(models.Model):
    """A partner's public key. `slot` 1 or 2 while the key is live: two live keys, so that a partner can rotate."""

    partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="keys", verbose_name=_("partner")
    )
    key_id = models.CharField(_("key id"), max_length=32)
    algorithm = models.CharField(_("algorithm"), max_length=16, choices=KeyAlgorithm)
    public_key = models.TextField(_("public key (PEM)"))
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    slot = models.PositiveSmallIntegerField(_("slot"))
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    retired_at = models.DateTimeField(pgettext_lazy("time", "retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("partner key")
        verbose_name_plural = _("partner keys")
        constraints = [
            models.UniqueConstraint(fields=["partner", "key_id"], name="one_key_per_key_id"),
            models.UniqueConstraint(
                fields=["partner", "slot"], condition=Q(retired_at=None), name="two_live_keys_per_partner"
            ),
            models.CheckConstraint(condition=Q(slot__in=[1, 2]), name="key_slot_is_one_or_two"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=models.F("valid_from")),
                name="key_validity_ends_later",
            ),
        ]

    def __str__(self) -> str:
        return self.key_id

    def is_live(self, now: datetime) -> bool:
        """Whether signatures of this key count at `now`."""
        started = self.valid_from <= now
        ended = self.retired_at is not None or (self.valid_until is not None and self.valid_until <= now)
        return started and not ended


@pghistory.track(exclude=["private_key"])
class OwnKey(models.Model):
    """A key pair of ours. The latest one that has begun and is not retired signs what we send with that algorithm.

    A successor is published before it begins (`signs_from`), so that partners have it in time.
    """

    key_id = models.CharField(_("key id"), max_length=32, unique=True)
    algorithm = models.CharField(_("algorithm"), max_length=16, choices=KeyAlgorithm)
    public_key = models.TextField(_("public key (PEM)"))
    private_key = SealedTextField(context="own_key.private_key", verbose_name=_("private key"))
    created_at = models.DateTimeField(pgettext_lazy("time", "created"))
    signs_from = models.DateTimeField(_("signs from"))
    retired_at = models.DateTimeField(pgettext_lazy("time", "retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("own key")
        verbose_name_plural = _("own keys")

    def __str__(self) -> str:
        return self.key_id
