"""What the back office itself keeps: who may see what, and who did see it."""

from unipay.backoffice.models.posting import Posting
from unipay.backoffice.models.right import REVEAL, Right

__all__ = ["REVEAL", "Posting", "Right"]
