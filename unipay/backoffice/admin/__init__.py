"""The base classes every admin of Unipay is made of, and the accounts of those who use it."""

from unipay.backoffice.admin import accounts, calendar, disclosures, logins
from unipay.backoffice.admin.confirmation import Preview, Question, confirmed_action
from unipay.backoffice.admin.display import (
    as_json,
    masked,
    masked_json,
    masked_number,
    partner_title,
    state_badge,
    yuan,
)
from unipay.backoffice.admin.outcomes import report_outcomes
from unipay.backoffice.admin.reveal import RevealMixin
from unipay.backoffice.admin.spreadsheet import SpreadsheetAdmin
from unipay.backoffice.admin.window import FastListMixin, HistoryMixin, WindowAdmin, WindowInline

__all__ = [
    "FastListMixin",
    "HistoryMixin",
    "Preview",
    "Question",
    "RevealMixin",
    "SpreadsheetAdmin",
    "WindowAdmin",
    "WindowInline",
    "accounts",
    "as_json",
    "calendar",
    "logins",
    "disclosures",
    "confirmed_action",
    "masked",
    "masked_json",
    "masked_number",
    "partner_title",
    "report_outcomes",
    "state_badge",
    "yuan",
]
