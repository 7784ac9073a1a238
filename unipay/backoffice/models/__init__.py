"""What the back office itself keeps: who may see what, and who did see it."""

from unipay.backoffice.models.disclosure import Disclosure
from unipay.backoffice.models.posting import Posting
from unipay.backoffice.models.right import EXPORT, REVEAL, Right

__all__ = ["EXPORT", "REVEAL", "Disclosure", "Posting", "Right"]
