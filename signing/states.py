"""The catalogued words of signing: states, channels, sources, reasons, and the groups of states the rules speak of."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ContractState(TextChoices):
    """The life of a contract; PROVISIONAL, ACTIVE and SUSPENDED stand, that is, they hold the number."""

    PROVISIONAL = "PROVISIONAL", _("provisional")
    CONTESTED = "CONTESTED", _("contested")
    ACTIVE = "ACTIVE", pgettext_lazy("contract", "active")
    SUSPENDED = "SUSPENDED", _("suspended")
    TERMINATED = "TERMINATED", _("terminated")


STANDING = (ContractState.PROVISIONAL, ContractState.ACTIVE, ContractState.SUSPENDED)
FORMAL = (ContractState.ACTIVE, ContractState.SUSPENDED)


class EndReason(TextChoices):
    """Why a contract ended."""

    SUBSCRIBER_REQUEST = "SUBSCRIBER_REQUEST", _("asked for by the subscriber")
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED", _("bank account closed")
    BANK_REQUEST = "BANK_REQUEST", _("asked for by the bank")
    PROVINCE_REQUEST = "PROVINCE_REQUEST", _("asked for by the province")
    STAFF = "STAFF", _("ended by staff")
    NUMBER_CLOSED = "NUMBER_CLOSED", _("number closed")
    OWNERSHIP_TRANSFERRED = "OWNERSHIP_TRANSFERRED", _("ownership transferred")
    NUMBER_RECYCLED = "NUMBER_RECYCLED", _("number recycled")
    EXPIRED = "EXPIRED", _("provisional contract expired")
    NOT_SIGNED = "NOT_SIGNED", _("the bank did not sign")
    CASE_DECISION = "CASE_DECISION", _("decided in a manual case")
    RECONCILIATION = "RECONCILIATION", _("reconciliation")


class Channel(TextChoices):
    """Where a signing began."""

    CARRIER = "CARRIER", _("carrier channel")
    COUNTER = "COUNTER", _("bank counter")
    ONLINE_BANK = "ONLINE_BANK", _("online bank")
    KIOSK = "KIOSK", _("bank kiosk")
    RECONCILIATION = "RECONCILIATION", _("reconciliation")


BANK_CHANNELS = (Channel.COUNTER, Channel.ONLINE_BANK, Channel.KIOSK)


class UserType(TextChoices):
    """Prepaid numbers have a recharge threshold and amount, postpaid ones may have auto-pay."""

    PREPAID = "PREPAID", _("prepaid")
    POSTPAID = "POSTPAID", _("postpaid")


class AccountType(TextChoices):
    """What the contract debits."""

    DEBIT = "DEBIT", _("debit card or account")
    CREDIT = "CREDIT", _("credit card")


class SessionState(TextChoices):
    """The life of a signing session of the hall."""

    OPENED = "OPENED", _("opened")
    AT_BANK = "AT_BANK", _("at the bank")
    COMPLETED = "COMPLETED", _("completed")
    FAILED = "FAILED", _("failed")
    EXPIRED = "EXPIRED", _("expired")


class TransactionKind(TextChoices):
    """What happened to a contract, as the journal and every reconciliation file call it."""

    SIGNED = "SIGNED", _("signed")
    AMENDED = "AMENDED", _("amended")
    SUSPENDED = "SUSPENDED", _("suspended")
    RESUMED = "RESUMED", _("resumed")
    TERMINATED = "TERMINATED", _("terminated")


class Source(TextChoices):
    """Who made it happen."""

    BANK = "BANK", _("bank")
    HALL = "HALL", _("hall")
    PROVINCE = "PROVINCE", pgettext_lazy("party", "province")
    NUMBER_EVENT = "NUMBER_EVENT", _("number event")
    STAFF = "STAFF", _("staff")
    RECONCILIATION = "RECONCILIATION", _("reconciliation")


class NumberEventKind(TextChoices):
    """What a province tells us happened to a number (domain.md A5)."""

    NUMBER_CLOSED = "NUMBER_CLOSED", _("number closed")
    OWNERSHIP_TRANSFERRED = "OWNERSHIP_TRANSFERRED", _("ownership transferred")
    NUMBER_RECYCLED = "NUMBER_RECYCLED", _("number recycled")


class CaseReason(TextChoices):
    """Why people must decide (domain.md A4)."""

    STANDING_CONTRACT = "STANDING_CONTRACT", _("a standing contract already exists")
    LATE_RESULT = "LATE_RESULT", _("a notice for a signing that expired or was refused")
    PROVINCE_REFUSED = "PROVINCE_REFUSED", _("the province refused a formal contract")
    BANK_REFUSED = "BANK_REFUSED", _("the bank refused a confirmation or cancellation")
    UNDELIVERABLE = "UNDELIVERABLE", _("a message could not be delivered")
    CORRECTION_IMPOSSIBLE = "CORRECTION_IMPOSSIBLE", _("a correction that cannot be applied")
    NUMBER_CHANGED_HANDS = "NUMBER_CHANGED_HANDS", _("a number that changed hands since it was signed")
    DEBIT_FAILED = "DEBIT_FAILED", _("a failed debit that people must look at")
    DEBIT_CONTRADICTION = "DEBIT_CONTRADICTION", _("a bank contradicts what was asked or said of a debit")
    DEBIT_RETURN = "DEBIT_RETURN", _("a return file that answers no batch that awaits it")
    RECHARGE_STUCK = "RECHARGE_STUCK", _("money taken, but not credited")


ABOUT_MONEY = (
    CaseReason.DEBIT_FAILED,
    CaseReason.DEBIT_CONTRADICTION,
    CaseReason.DEBIT_RETURN,
    CaseReason.RECHARGE_STUCK,
)


class CaseState(TextChoices):
    """The life of a manual case: decided by one person or by two, closed when every obligation is acknowledged."""

    OPEN = "OPEN", pgettext_lazy("case", "open")
    PROPOSED = "PROPOSED", pgettext_lazy("case", "waiting for approval")
    DECIDED = "DECIDED", _("decided")
    CLOSED = "CLOSED", pgettext_lazy("case", "closed")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("case", "withdrawn")


UNDECIDED = (CaseState.OPEN, CaseState.PROPOSED)
OVER = (CaseState.CLOSED, CaseState.WITHDRAWN)


class Decision(TextChoices):
    """What people may decide; which of them are possible depends on the reason and the state of the contracts."""

    KEEP_STANDING = "KEEP_STANDING", _("keep the standing contract")
    REPLACE = "REPLACE", _("replace it by the contested one")
    SAME_CONTRACT = "SAME_CONTRACT", _("same contract announced twice")
    ACCEPT = "ACCEPT", _("make the contested contract formal")
    NEITHER = "NEITHER", _("neither: every bank cancels")
    TERMINATE = "TERMINATE", _("terminate the contract")
    RESUME = "RESUME", _("let the contract be debited again")
    NOTIFY_AGAIN = "NOTIFY_AGAIN", _("tell the partner again")
    CLOSE = "CLOSE", _("close with a remark")


class Severity(TextChoices):
    """How urgent a case is."""

    HIGH = "HIGH", _("high")
    NORMAL = "NORMAL", pgettext_lazy("severity", "normal")
    LOW = "LOW", _("low")
