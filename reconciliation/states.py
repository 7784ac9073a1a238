"""The catalogued words of reconciliation: sides, periods, states, differences and what is done about them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Side(TextChoices):
    """Whose book is compared with ours: a bank's decides ours, ours decides a province's (domain.md B)."""

    BANK = "BANK", _("bank against centre")
    PROVINCE = "PROVINCE", _("centre against province")


class Period(TextChoices):
    """What a run compares: the signing transactions of one business date, or all standing contracts at a cut-off."""

    INCREMENT = "INCREMENT", _("daily increment")
    FULL = "FULL", _("monthly full")


class RunState(TextChoices):
    """The stages of a run (design.md 7); each resumes after a crash and repeats harmlessly.

    CORRECTED: our book is even with the bank's. EXPORTED: the province has its correction file. ANSWERED: every line of
    it is acknowledged or a case. REFUSED: people stopped it. OVERTAKEN: a later file decides instead.
    """

    OPENED = "OPENED", pgettext_lazy("run", "waiting for its turn")
    RECEIVED = "RECEIVED", pgettext_lazy("run", "ready to match")
    MATCHED = "MATCHED", pgettext_lazy("run", "matched")
    AWAITING_APPROVAL = "AWAITING_APPROVAL", pgettext_lazy("run", "waiting for approval")
    APPROVED = "APPROVED", pgettext_lazy("run", "approved, correcting")
    CORRECTED = "CORRECTED", pgettext_lazy("run", "corrected")
    EXPORTED = "EXPORTED", pgettext_lazy("run", "correction file sent")
    ANSWERED = "ANSWERED", pgettext_lazy("run", "answered")
    CLOSED = "CLOSED", pgettext_lazy("run", "closed")
    REFUSED = "REFUSED", pgettext_lazy("run", "refused")
    OVERTAKEN = "OVERTAKEN", pgettext_lazy("run", "overtaken by a later file")


OVER = (RunState.CLOSED, RunState.REFUSED, RunState.OVERTAKEN)
# From here on the run's corrections are in our book.
EVEN = (RunState.CORRECTED, RunState.EXPORTED, RunState.ANSWERED, RunState.CLOSED)


class Waiting(TextChoices):
    """What an OPENED run waits for."""

    PREDECESSOR = "PREDECESSOR", _("an earlier day's file")
    BANKS = "BANKS", _("the banks' side to be even")
    LAYOUT = "LAYOUT", _("a layout for the correction file")


class Difference(TextChoices):
    """How two books differ over one contract; `treatment.py` says what each means."""

    MISSING_HERE = "MISSING_HERE", _("the bank has it, we do not")
    MISSING_AT_BANK = "MISSING_AT_BANK", _("we have it, the bank does not")
    DIFFERS = "DIFFERS", _("both have it, with other particulars")
    TERMINATED_AT_BANK = "TERMINATED_AT_BANK", _("terminated at the bank, active here")
    ENDED_HERE = "ENDED_HERE", _("active at the bank, ended here")
    COLLISION = "COLLISION", _("the number is signed with somebody else")
    UNKNOWN_NUMBER = "UNKNOWN_NUMBER", _("no province is home to the number")
    UNCONFIRMED = "UNCONFIRMED", _("changed here, not in the bank's increment")
    MISSING_THERE = "MISSING_THERE", _("missing at the province")
    EXTRA_THERE = "EXTRA_THERE", _("the province has it, we do not")
    DIFFERS_THERE = "DIFFERS_THERE", _("the province has other particulars")


AGAINST_BANK = (
    Difference.MISSING_HERE,
    Difference.MISSING_AT_BANK,
    Difference.DIFFERS,
    Difference.TERMINATED_AT_BANK,
    Difference.ENDED_HERE,
    Difference.COLLISION,
    Difference.UNKNOWN_NUMBER,
    Difference.UNCONFIRMED,
)
AGAINST_PROVINCE = (Difference.MISSING_THERE, Difference.EXTRA_THERE, Difference.DIFFERS_THERE)


class Treatment(TextChoices):
    """What is done about a difference."""

    CREATE = "CREATE", _("create it here, formal")
    TERMINATE = "TERMINATE", _("terminate it here")
    AMEND = "AMEND", _("take the bank's values")
    CASE = "CASE", _("let people decide")
    RETURN = "RETURN", _("give it back to the bank")
    IGNORE = "IGNORE", _("leave it, with a remark")
    ADD = "ADD", _("tell the province to add it")
    DELETE = "DELETE", _("tell the province to delete it")
    UPDATE = "UPDATE", _("tell the province to update it")


# These end contracts: the shrink guard counts them.
ENDING = (Treatment.TERMINATE, Treatment.DELETE)


class DiscrepancyState(TextChoices):
    """OPEN until treated; EXPORTED waits for somebody's answer; the others are final."""

    OPEN = "OPEN", pgettext_lazy("discrepancy", "open")
    CORRECTED = "CORRECTED", pgettext_lazy("discrepancy", "corrected")
    CASE = "CASE", pgettext_lazy("discrepancy", "manual case")
    CARRIED = "CARRIED", pgettext_lazy("discrepancy", "carried to the next run")
    EXPORTED = "EXPORTED", pgettext_lazy("discrepancy", "sent out")
    IGNORED = "IGNORED", pgettext_lazy("discrepancy", "ignored")


class Shield(TextChoices):
    """Why a difference is carried to the next run and not corrected (domain.md B, the in-flight shield)."""

    CHANGED_SINCE = "CHANGED_SINCE", _("changed after the file's cut-off")
    OPEN_CASE = "OPEN_CASE", _("people are still deciding about it")
    IN_FLIGHT = "IN_FLIGHT", _("a signing is under way")
    FAULTY_LINE = "FAULTY_LINE", _("its line in the file is faulty")
    UNREADABLE_LINES = "UNREADABLE_LINES", _("lines of the file could not be read")
    NOT_TOLD_YET = "NOT_TOLD_YET", _("the province was not told yet")
    HELD_BACK = "HELD_BACK", _("held back by people")
    CHANGED_SINCE_MATCH = "CHANGED_SINCE_MATCH", _("changed since it was matched")
