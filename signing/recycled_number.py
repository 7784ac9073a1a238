"""Does a contract belong to a former owner of the number? (domain.md A5, seed 002.)"""

from datetime import datetime


def belongs_to_former_owner(*, signed_at: datetime, changed_hands_at: datetime) -> bool:
    """Whether a contract signed at `signed_at` was signed before the number changed hands.

    An event that arrives late must not end what the new owner signed since.
    """
    return signed_at < changed_hands_at
