"""The back office's windows on files: layouts, what came, what went, what must come, and the lines files travel on."""

from unipay.exchange.admin import directory, envelope_key, expectation, expected, layout, received, sent

__all__ = ["directory", "envelope_key", "expectation", "expected", "layout", "received", "sent"]
