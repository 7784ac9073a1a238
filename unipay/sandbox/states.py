"""The catalogued words of the simulated partners' books."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    """What a simulated partner plays."""

    BANK = "BANK", _("bank")
    PROVINCE = "PROVINCE", pgettext_lazy("party", "province")
    HALL = "HALL", _("hall")


class BookState(TextChoices):
    """The life of a contract in a partner's own book.

    OPENED: the bank was asked, nobody signed yet. PENDING: signed, but the bank keeps it to itself. REFUSED:
    Unipay did not let the bank sign. CANCELLED: Unipay told the bank to cancel.
    """

    OPENED = "OPENED", _("opened")
    PENDING = "PENDING", _("pending")
    SIGNED = "SIGNED", _("signed")
    FAILED = "FAILED", _("failed")
    REFUSED = "REFUSED", _("refused")
    SUSPENDED = "SUSPENDED", _("suspended")
    TERMINATED = "TERMINATED", _("terminated")
    CANCELLED = "CANCELLED", _("cancelled")


class NumberStatus(TextChoices):
    """Whether a number works, as its province says."""

    NORMAL = "NORMAL", _("normal")
    SUSPENDED = "SUSPENDED", _("suspended")
    CLOSED = "CLOSED", pgettext_lazy("number", "closed")


class Direction(TextChoices):
    """Which way a message went, seen from the simulated partner."""

    IN = "IN", _("received")
    OUT = "OUT", _("sent")


class Verdict(TextChoices):
    """What a simulated partner found when it checked Unipay's signature."""

    GENUINE = "GENUINE", _("genuine")
    UNSIGNED = "UNSIGNED", _("unsigned")
    UNKNOWN_KEY = "UNKNOWN_KEY", _("unknown key")
    WRONG = "WRONG", _("wrong signature")
    OLD = "OLD", _("too old")
    UNANSWERED = "UNANSWERED", _("no answer")


class PaymentState(TextChoices):
    """Money at a bank. ASKED: Unipay has not answered the bank's recharge yet, or nobody knows."""

    ASKED = "ASKED", pgettext_lazy("payment", "asked")
    TAKEN = "TAKEN", pgettext_lazy("payment", "taken")
    NOT_TAKEN = "NOT_TAKEN", pgettext_lazy("payment", "not taken")
    REVERSED = "REVERSED", pgettext_lazy("payment", "reversed")
    REFUNDED = "REFUNDED", pgettext_lazy("payment", "given back")


class BilledState(TextChoices):
    """A bill in a province's book."""

    BILLED = "BILLED", pgettext_lazy("bill", "billed")
    CANCELLED = "CANCELLED", pgettext_lazy("bill", "cancelled")


class CreditState(TextChoices):
    """A recharge in a province's book. ASKED: asked for, and not done."""

    ASKED = "ASKED", pgettext_lazy("credit", "asked, not done")
    CREDITED = "CREDITED", pgettext_lazy("credit", "credited")
    REFUSED = "REFUSED", pgettext_lazy("credit", "refused")
    TAKEN_BACK = "TAKEN_BACK", pgettext_lazy("credit", "taken back")
