"""The inbox: one row for each request a partner numbered, so that the same request always gets the same answer."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from unipay.sealed_field import SealedTextField


class InboundState(models.TextChoices):
    """IN_PROGRESS only while another partner is being asked; everything else is written when it is DONE."""

    IN_PROGRESS = "IN_PROGRESS", _("in progress")
    DONE = "DONE", _("answered")


class InboundRequest(models.Model):
    """A partner's request, by the partner's own number, with the answer it got.

    Written in the transaction of its effect. `digest` is the SHA-256 of method, path and body: the same number with
    another digest is refused. `leased_until` bounds how long an IN_PROGRESS row keeps others out.
    """

    partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("partner")
    )
    request_no = models.CharField(_("request number"), max_length=64)
    operation = models.CharField(_("operation"), max_length=64)
    digest = models.CharField(_("digest"), max_length=64)
    key_id = models.CharField(_("signed with key"), max_length=32)
    signature = models.TextField(_("signature"), blank=True)
    request_id = models.CharField(_("trace id"), max_length=64)
    subject = models.CharField(_("about"), max_length=80, blank=True)
    msisdn = models.CharField(_("mobile number"), max_length=11, blank=True)
    body = SealedTextField(context="inbound_request.body", verbose_name=_("body"))
    state = models.CharField(_("state"), max_length=16, choices=InboundState)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    answer = models.JSONField(_("answer"), null=True, blank=True)
    received_at = models.DateTimeField(pgettext_lazy("time", "received"))
    answered_at = models.DateTimeField(pgettext_lazy("time", "answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("inbound request")
        verbose_name_plural = _("inbound requests")
        constraints = [
            models.UniqueConstraint(fields=["partner", "request_no"], name="one_request_per_request_no"),
            models.CheckConstraint(
                condition=Q(state=InboundState.IN_PROGRESS, status=None, leased_until__isnull=False)
                | Q(state=InboundState.DONE, status__isnull=False, answered_at__isnull=False),
                name="inbound_request_is_answered_when_done",
            ),
        ]
        indexes = [
            models.Index(
                fields=["msisdn", "-received_at"], name="inbound_by_msisdn", condition=~Q(msisdn="")
            ),
            models.Index(fields=["partner", "-id"], name="inbound_by_partner"),
            models.Index(fields=["received_at"], name="inbound_refused", condition=Q(status__gte=400)),
            models.Index(
                fields=["received_at"], name="inbound_to_sign", condition=Q(operation="signings.create")
            ),
        ]

    def __str__(self) -> str:
        return self.request_no
