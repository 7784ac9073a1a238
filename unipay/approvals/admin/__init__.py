"""The back office's pages on approvals: what waits for a second person, and what needs one."""

from unipay.approvals.admin import proposal, rule

__all__ = ["proposal", "rule"]
