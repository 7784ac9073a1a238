"""The simulated partners' own books."""

from unipay.sandbox.models.book import (
    SandboxContract,
    SandboxKey,
    SandboxMessage,
    SandboxNumber,
    SandboxSession,
    SandboxSms,
    UnipayKey,
)
from unipay.sandbox.models.money import (
    SandboxAccount,
    SandboxBill,
    SandboxCredit,
    SandboxMandate,
    SandboxPayment,
)

__all__ = [
    "SandboxAccount",
    "SandboxBill",
    "SandboxContract",
    "SandboxCredit",
    "SandboxKey",
    "SandboxMandate",
    "SandboxMessage",
    "SandboxNumber",
    "SandboxPayment",
    "SandboxSession",
    "SandboxSms",
    "UnipayKey",
]
