"""Messaging: the inbox (same request, same answer) and the outbox (a message promised in the transaction)."""
