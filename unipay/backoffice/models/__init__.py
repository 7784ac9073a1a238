"""What the back office itself keeps: who may see what, who did see it, and the accounts of those who work here."""

from unipay.backoffice.models.account import Account, AccountEvent, AccountEventKind, PastPassword
from unipay.backoffice.models.break_glass import BreakGlass, BreakGlassEnd
from unipay.backoffice.models.disclosure import Disclosure
from unipay.backoffice.models.posting import Posting
from unipay.backoffice.models.right import EXPORT, REVEAL, Right
from unipay.backoffice.models.saved_filter import SavedFilter
from unipay.backoffice.models.second_factor import Authenticator, BackupCode, BackupCodes

__all__ = [
    "EXPORT",
    "REVEAL",
    "Account",
    "AccountEvent",
    "AccountEventKind",
    "Authenticator",
    "BackupCode",
    "BackupCodes",
    "BreakGlass",
    "BreakGlassEnd",
    "Disclosure",
    "PastPassword",
    "Posting",
    "Right",
    "SavedFilter",
]
