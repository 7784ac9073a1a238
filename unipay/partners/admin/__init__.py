"""The back office's windows on partners."""

from unipay.partners.admin import key, number, partner, result_code, window

__all__ = ["key", "number", "partner", "result_code", "window"]
