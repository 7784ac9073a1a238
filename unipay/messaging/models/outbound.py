"""The outbox: a message promised to a partner in the transaction that made it true, and every attempt to deliver it."""

import uuid
from datetime import datetime

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from unipay.partners.operations import operation_title
from unipay.state_field import StateField


class MessageState(models.TextChoices):
    """PENDING until acknowledged; DEAD when the ladder is used up or the partner refused; CANCELLED by us."""

    PENDING = "PENDING", pgettext_lazy("message", "pending")
    DELIVERED = "DELIVERED", _("delivered")
    REFUSED = "REFUSED", _("refused by the partner")
    DEAD = "DEAD", _("dead")
    CANCELLED = "CANCELLED", _("cancelled")


EXCEPTIONS = (MessageState.REFUSED, MessageState.DEAD, MessageState.CANCELLED)


class AttemptOutcome(models.TextChoices):
    """How one attempt ended: only ACKNOWLEDGED and REFUSED are an answer."""

    ACKNOWLEDGED = "ACKNOWLEDGED", _("acknowledged")
    REFUSED = "REFUSED", _("refused")
    FAILED = "FAILED", _("certainly not delivered")
    UNANSWERED = "UNANSWERED", _("unanswered")


@pghistory.track(
    pghistory.UpdateEvent("state_changed", condition=pghistory.AnyChange("state")),
    fields=["id", "state", "attempts", "last_error"],
    model_name="OutboundMessageEvent",
)
class OutboundMessage(models.Model):
    """One message to one partner. Messages of one `subject` to one partner are delivered in the order of `id`.

    `next_attempt_at` is also the claim: whoever takes a message moves it past its own lease.
    """

    event_id = models.UUIDField(_("event id"), default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("to")
    )
    kind = models.CharField(_("kind"), max_length=64)
    subject = models.CharField(_("about"), max_length=80)
    resource_version = models.PositiveIntegerField(_("version"))
    msisdn = models.CharField(_("mobile number"), max_length=11, blank=True)
    payload = models.JSONField(_("payload"))
    state = StateField(_("state"), default=MessageState.PENDING, choices=MessageState, protected=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("promised"))
    next_attempt_at = models.DateTimeField(_("next attempt"))
    settled_at = models.DateTimeField(pgettext_lazy("time", "settled"), null=True, blank=True)
    answer = models.JSONField(_("answer"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("outbound message")
        verbose_name_plural = _("outbound messages")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MessageState.PENDING, settled_at=None)
                | (~Q(state=MessageState.PENDING) & Q(settled_at__isnull=False)),
                name="outbound_message_is_settled_unless_pending",
            ),
        ]
        indexes = [
            models.Index(
                fields=["partner", "next_attempt_at", "id"],
                name="outbound_due",
                condition=Q(state=MessageState.PENDING),
            ),
            models.Index(
                fields=["partner", "subject", "id"],
                name="outbound_order",
                condition=Q(state=MessageState.PENDING),
            ),
            models.Index(fields=["subject", "id"], name="outbound_by_subject"),
            models.Index(fields=["msisdn", "-id"], name="outbound_by_msisdn", condition=~Q(msisdn="")),
            models.Index(fields=["partner", "-id"], name="outbound_by_partner"),
            models.Index(
                fields=["state", "-id"], name="outbound_exceptions", condition=Q(state__in=EXCEPTIONS)
            ),
            models.Index(
                fields=["partner", "id"], name="outbound_dead", condition=Q(state=MessageState.DEAD)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.event_id}"

    @property
    def title(self) -> str:
        """What staff call a message of this kind."""
        return operation_title(self.kind)

    @transition(state, MessageState.PENDING, MessageState.DELIVERED)
    def acknowledge(self, *, answer: dict[str, object] | None, now: datetime) -> None:
        """The partner has it."""
        self.answer, self.settled_at, self.last_error = answer, now, ""

    @transition(state, MessageState.PENDING, MessageState.REFUSED)
    def refuse(self, *, answer: dict[str, object] | None, error: str, now: datetime) -> None:
        """The partner has it and said a final no; people or a flow decide what follows."""
        self.answer, self.settled_at, self.last_error = answer, now, error[:300]

    @transition(state, MessageState.PENDING, MessageState.DEAD)
    def give_up(self, *, error: str, now: datetime) -> None:
        """The ladder is used up: no more attempts until somebody replays it."""
        self.settled_at, self.last_error = now, error[:300]

    @transition(state, [MessageState.DEAD, MessageState.REFUSED], MessageState.PENDING)
    def replay(self, *, now: datetime) -> None:
        """Start the ladder again from its first rung."""
        self.settled_at, self.attempts, self.next_attempt_at = None, 0, now

    @transition(state, [MessageState.PENDING, MessageState.DEAD], MessageState.CANCELLED)
    def cancel(self, *, now: datetime) -> None:
        """It is no longer true and must not be sent."""
        self.settled_at = now


class DeliveryAttempt(models.Model):
    """One attempt to deliver one message: when, how long it took, what came back."""

    message = models.ForeignKey(OutboundMessage, models.CASCADE, related_name="delivery_attempts")
    number = models.PositiveSmallIntegerField(_("attempt"))
    started_at = models.DateTimeField(_("started"))
    latency_ms = models.PositiveIntegerField(_("latency (ms)"))
    http_status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=AttemptOutcome)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.message_id} #{self.number}"
