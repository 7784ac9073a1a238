"""The catalogued words of the partners app: kinds, statuses, directions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PartnerKind(TextChoices):
    """What a partner is to us."""

    BANK = "BANK", _("bank")
    PROVINCE = "PROVINCE", pgettext_lazy("party", "province")
    HALL = "HALL", _("hall")
    AGENT = "AGENT", _("agent")
    PROVIDER = "PROVIDER", _("provider")


class PartnerStatus(TextChoices):
    """Whether we deal with a partner: OPEN for everything, CLOSED for nothing new, SUSPENDED not at all."""

    OPEN = "OPEN", pgettext_lazy("partner", "open")
    CLOSED = "CLOSED", _("closed to new business")
    SUSPENDED = "SUSPENDED", _("suspended")


class Direction(TextChoices):
    """Who said the code: a partner answering us, or a partner announcing something to us."""

    ANSWER = "ANSWER", _("answer to our call")
    NOTICE = "NOTICE", _("notice to us")


class KeyAlgorithm(TextChoices):
    """The signature algorithm, which is the key's and never the caller's choice."""

    RSA_SHA256 = "RSA-SHA256", "RSA-SHA256"
    SM2_SM3 = "SM2-SM3", "SM2-SM3"
