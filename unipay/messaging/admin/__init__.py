"""The back office's windows on messages: what partners asked of us, what we promised them, and what became of it."""

from unipay.messaging.admin import inbound, line, outbound, replay, search, stakes, subscriber

__all__ = ["inbound", "line", "outbound", "replay", "search", "stakes", "subscriber"]
