"""The back office's windows on signing: contracts, sessions, the journal, and the cases people decide."""

from signing.admin import contract, manual_case, service_level, session, transaction

__all__ = ["contract", "manual_case", "service_level", "session", "transaction"]
