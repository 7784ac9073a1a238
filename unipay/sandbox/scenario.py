"""One reserved number: whose conduct it changes, in which operation, and how."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Whose conduct a scenario changes."""

    PROVINCE = "PROVINCE"
    BANK = "BANK"
    HALL = "HALL"


class Effect(StrEnum):
    """What happens instead of the ordinary; the first group may befall any call of ours to a partner."""

    REFUSED = "REFUSED"
    UNMAPPED = "UNMAPPED"
    SLOW = "SLOW"
    SILENT = "SILENT"
    WRONGLY_SIGNED = "WRONGLY_SIGNED"
    UNAVAILABLE = "UNAVAILABLE"
    FAILS_TWICE = "FAILS_TWICE"

    ALREADY_SIGNED = "ALREADY_SIGNED"

    ANNOUNCED_TWICE = "ANNOUNCED_TWICE"
    ANNOUNCED_ANEW = "ANNOUNCED_ANEW"
    ANNOUNCED_LATE = "ANNOUNCED_LATE"
    CONTRADICTING = "CONTRADICTING"
    ANNOUNCED_WRONGLY_SIGNED = "ANNOUNCED_WRONGLY_SIGNED"
    NOTICE_LOST = "NOTICE_LOST"
    NEVER_SIGNED = "NEVER_SIGNED"
    ACCOUNT_INVALID = "ACCOUNT_INVALID"
    TERMS_TOO_HIGH = "TERMS_TOO_HIGH"
    OVERTAKEN = "OVERTAKEN"

    LEFT_OUT = "LEFT_OUT"
    OTHER_TERMS = "OTHER_TERMS"
    ENDED_UNTOLD = "ENDED_UNTOLD"
    NOT_NOTED = "NOT_NOTED"
    NOTED_WRONG = "NOTED_WRONG"
    END_NOT_NOTED = "END_NOT_NOTED"
    ANSWERED_SECOND_TIME = "ANSWERED_SECOND_TIME"
    ANSWERED_BOTH_WAYS = "ANSWERED_BOTH_WAYS"

    FORGETFUL = "FORGETFUL"
    OUT_OF_DATE = "OUT_OF_DATE"

    CREDITED_UNTOLD = "CREDITED_UNTOLD"
    NEVER_CREDITED = "NEVER_CREDITED"
    CREDITED_SECOND_TIME = "CREDITED_SECOND_TIME"
    PARTIAL = "PARTIAL"
    MORE = "MORE"
    ANSWERED_LATER = "ANSWERED_LATER"
    UNDONE_LATER = "UNDONE_LATER"
    DONE_LATER = "DONE_LATER"


CHECK_ELIGIBILITY = "check_eligibility"
CONTRACT_CHANGED = "contract_changed"
NUMBER_STATUS = "number_status"
QUERY_SIGNING = "query_signing"
QUERY_CONTRACTS = "query_contracts"
CONTRACT_CONFIRMED = "contract_confirmed"
CONTRACT_CANCELLED = "contract_cancelled"
SIGNING_OUTCOME = "signing_outcome"
ANNOUNCE_RESULT = "announce_result"
"""Not a call of ours: what the bank does once the subscriber signed."""

CONTRACT_FILE = "contract_file"
"""Not a call either: what a bank writes into its contract files."""
CORRECT_CONTRACTS = "correct_contracts"
"""Nor is this: what a province does with a line of a correction file."""

LAND_RECHARGES = "land_recharges"
QUERY_RECHARGES = "query_recharges"
TAKE_BACK_RECHARGE = "take_back_recharge"
REFUND_RECHARGE = "refund_recharge"
CREDIT = "credit"
"""Not a call: what a province does with one recharge of a call that lands several."""
DEBIT = "debit"
"""Not a call: what a bank does with one line of a request file."""

RESERVED_FROM = "9000"
UNMAPPED_CODE = "7777"


@dataclass(frozen=True)
class Scenario:
    """One reserved ending of a number: in `operation` its `side` shows `effect`, with `result_code` if any."""

    ending: str
    side: Side
    operation: str
    effect: Effect
    title_zh: str
    title_en: str
    result_code: str = ""

    def title(self, language: str) -> str:
        """Return the title in Chinese unless English is asked for."""
        return self.title_en if language.startswith("en") else self.title_zh


def row(
    ending: str, where: tuple[Side, str], effect: Effect, zh: str, en: str, result_code: str = ""
) -> Scenario:
    """Return one row of the catalogue."""
    side, operation = where
    return Scenario(ending, side, operation, effect, zh, en, result_code)
