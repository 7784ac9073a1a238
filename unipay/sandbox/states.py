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
