"""The catalogued words of money: accounts, entries, bills, recharges, debits and their groups."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AccountRole(TextChoices):
    """What a ledger account is for; flows name the role, the chart of accounts says the rest."""

    BANK_CLEARING = "BANK_CLEARING", _("bank clearing")
    OFFLINE_OUTSTANDING = "OFFLINE_OUTSTANDING", _("exported, not confirmed by the bank")
    IN_TRANSIT = "IN_TRANSIT", _("taken, not yet credited")
    PROVINCE_PAYABLE = "PROVINCE_PAYABLE", _("province payable")
    AGENT_DEPOSIT = "AGENT_DEPOSIT", _("agent deposit")
    SUSPENSE = "SUSPENSE", _("suspense: money nobody can place")
    REFUNDS_PAYABLE = "REFUNDS_PAYABLE", _("refunds payable")


class NormalSide(TextChoices):
    """On which side a balance of the account stands when all is well."""

    DEBIT = "DEBIT", pgettext_lazy("ledger", "debit")
    CREDIT = "CREDIT", pgettext_lazy("ledger", "credit")


class EntryKind(TextChoices):
    """What business event an entry records."""

    PAID = "PAID", _("paid at the bank")
    EXPORTED = "EXPORTED", _("settled at export")
    CONFIRMED = "CONFIRMED", _("confirmed by the bank")
    LANDED = "LANDED", _("credited at the province")
    TAKEN_BACK = "TAKEN_BACK", _("taken back from the province")
    REVERSED = "REVERSED", pgettext_lazy("ledger", "reversed")
    REFUND_OWED = "REFUND_OWED", _("refund owed")
    REFUNDED = "REFUNDED", pgettext_lazy("ledger", "refunded")
    EXCESS = "EXCESS", _("more taken than asked")
    CORRECTION = "CORRECTION", _("corrected by hand")


class BillKind(TextChoices):
    """Personal bills are owed for a number, corporate ones for a user under an agreement number."""

    PERSONAL = "PERSONAL", _("personal")
    CORPORATE = "CORPORATE", _("corporate")


class BillState(TextChoices):
    """DUE while anything of it is open; SETTLED by payments, CANCELLED by the province."""

    DUE = "DUE", pgettext_lazy("bill", "due")
    SETTLED = "SETTLED", pgettext_lazy("bill", "settled")
    CANCELLED = "CANCELLED", pgettext_lazy("bill", "cancelled")


class RechargeSource(TextChoices):
    """How the money was taken."""

    COUNTER = "COUNTER", _("bank counter")
    ONLINE_BANK = "ONLINE_BANK", _("online bank")
    UNIONPAY = "UNIONPAY", _("UnionPay")
    HALL = "HALL", _("hall")
    HEAD_OFFICE = "HEAD_OFFICE", _("head-office link")
    BATCH_DEBIT = "BATCH_DEBIT", _("batch debit")
    COLLECTION = "COLLECTION", _("collection")
    OFFLINE = "OFFLINE", _("offline collection")
    ONE_CARD = "ONE_CARD", _("one-card")


REQUESTED = (
    RechargeSource.COUNTER,
    RechargeSource.ONLINE_BANK,
    RechargeSource.UNIONPAY,
    RechargeSource.HALL,
    RechargeSource.HEAD_OFFICE,
)
"""What banks ask for over the API; the others come of debits."""


class RechargeState(TextChoices):
    """The two legs of a recharge: paid at the bank, landed at the province; and the two ways back."""

    PAID = "PAID", _("taken, not credited yet")
    LANDED = "LANDED", pgettext_lazy("recharge", "credited")
    TAKING_BACK = "TAKING_BACK", _("being taken back from the province")
    REVERSED = "REVERSED", pgettext_lazy("recharge", "reversed")
    REFUND_OWED = "REFUND_OWED", _("refund owed")
    REFUNDED = "REFUNDED", pgettext_lazy("recharge", "refunded")


RECHARGE_OVER = (RechargeState.REVERSED, RechargeState.REFUNDED)


class WayBack(TextChoices):
    """How a recharge goes back once the province has let it go (domain.md C11)."""

    REVERSAL = "REVERSAL", _("reversal: as if it had never been")
    REFUND = "REFUND", _("refund: the bank gives the money back")


class DebitWay(TextChoices):
    """How bills are debited (domain.md C3 to C6)."""

    BATCH_DEBIT = "BATCH_DEBIT", _("batch debit")
    COLLECTION = "COLLECTION", _("collection")
    OFFLINE = "OFFLINE", _("offline collection")
    ONE_CARD = "ONE_CARD", _("one-card")
    HEAD_OFFICE = "HEAD_OFFICE", _("head-office link")


BY_CONTRACT = (DebitWay.BATCH_DEBIT, DebitWay.HEAD_OFFICE)
"""Ways that debit by a contract of signing; the others by a mandate."""


class MandateState(TextChoices):
    """A mandate for collection or one-card."""

    ACTIVE = "ACTIVE", pgettext_lazy("mandate", "active")
    SUSPENDED = "SUSPENDED", pgettext_lazy("mandate", "suspended")
    ENDED = "ENDED", pgettext_lazy("mandate", "ended")


class RunState(TextChoices):
    """The stages of a debit run."""

    OPENED = "OPENED", pgettext_lazy("debit run", "opened")
    SELECTED = "SELECTED", pgettext_lazy("debit run", "bills selected")
    AWAITING_APPROVAL = "AWAITING_APPROVAL", _("waiting for approval")
    APPROVED = "APPROVED", pgettext_lazy("debit run", "approved")
    SENT = "SENT", pgettext_lazy("debit run", "request files out")
    CLOSED = "CLOSED", pgettext_lazy("debit run", "closed")
    CANCELLED = "CANCELLED", pgettext_lazy("debit run", "cancelled")


RUN_OVER = (RunState.CLOSED, RunState.CANCELLED)


class ItemState(TextChoices):
    """One line of a request file."""

    SELECTED = "SELECTED", pgettext_lazy("debit item", "selected")
    SENT = "SENT", pgettext_lazy("debit item", "asked of the bank")
    SETTLED = "SETTLED", pgettext_lazy("debit item", "debited in full")
    PARTLY_SETTLED = "PARTLY_SETTLED", pgettext_lazy("debit item", "debited in part")
    FAILED = "FAILED", pgettext_lazy("debit item", "not debited")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("debit item", "withdrawn")


ITEM_OPEN = (ItemState.SELECTED, ItemState.SENT)
DEBITED = (ItemState.SETTLED, ItemState.PARTLY_SETTLED)


class BatchState(TextChoices):
    """One request file of a run."""

    WRITTEN = "WRITTEN", pgettext_lazy("debit batch", "written")
    DELIVERED = "DELIVERED", pgettext_lazy("debit batch", "with the bank")
    RETURNED = "RETURNED", pgettext_lazy("debit batch", "return file in")
    CLOSED = "CLOSED", pgettext_lazy("debit batch", "every line answered")
    CANCELLED = "CANCELLED", pgettext_lazy("debit batch", "cancelled")
    SUPERSEDED = "SUPERSEDED", pgettext_lazy("debit batch", "refused by the bank, written anew")


BATCH_AWAITS = (BatchState.WRITTEN, BatchState.DELIVERED, BatchState.RETURNED)


class Exclusion(TextChoices):
    """Why a due bill is left out of a run."""

    NO_CONTRACT = "NO_CONTRACT", _("no contract")
    NOT_ACTIVE = "NOT_ACTIVE", _("contract suspended or not formal")
    NO_AUTO_PAY = "NO_AUTO_PAY", _("auto-pay not agreed")
    IN_FLIGHT = "IN_FLIGHT", _("in flight elsewhere")
    NUMBER_CHANGED_HANDS = "NUMBER_CHANGED_HANDS", _("number changed hands since it was signed")
    OVER_CAP = "OVER_CAP", _("over the subscriber's cap")
    UNDER_MINIMUM = "UNDER_MINIMUM", _("under the bank's minimum")
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS", _("tried too often already")
    NUMBER_UNKNOWN = "NUMBER_UNKNOWN", _("number at home nowhere")


class FollowUp(TextChoices):
    """What follows a failed debit."""

    RETRY = "RETRY", _("present again next time")
    SUSPEND = "SUSPEND", _("suspend the contract")
    CASE = "CASE", _("open a case")
    GIVE_UP = "GIVE_UP", _("not presented again")


class ReturnState(TextChoices):
    """A return file's way through the settlement."""

    OPEN = "OPEN", pgettext_lazy("debit return", "being settled")
    SETTLED = "SETTLED", pgettext_lazy("debit return", "every line has its effect")
    UNMATCHED = "UNMATCHED", pgettext_lazy("debit return", "no batch of ours awaits it")


class LineEffect(TextChoices):
    """What a line of a return file did; each line has one effect."""

    NONE = "", _("not yet")
    SETTLED = "SETTLED", pgettext_lazy("return line", "settled in full")
    PARTLY_SETTLED = "PARTLY_SETTLED", pgettext_lazy("return line", "settled in part")
    FAILED = "FAILED", pgettext_lazy("return line", "failed")
    REPEATED = "REPEATED", pgettext_lazy("return line", "said before, changes nothing")
    CASE = "CASE", pgettext_lazy("return line", "left to people")
    UNKNOWN_ITEM = "UNKNOWN_ITEM", pgettext_lazy("return line", "no such line in our request")
    UNKNOWN_CODE = "UNKNOWN_CODE", pgettext_lazy("return line", "result code nobody mapped")
