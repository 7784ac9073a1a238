"""Bank card and account numbers: cards carry a Luhn digit; passbooks and corporate accounts need not."""

import re

from stdnum import luhn

_CARD = re.compile(r"[0-9]{12,19}")
_ACCOUNT = re.compile(r"[0-9]{6,32}")


def validate_card(number: str) -> str:
    """Return the card number: 12 to 19 digits with a right Luhn digit, else raises ValueError."""
    if not isinstance(number, str) or not _CARD.fullmatch(number):
        raise ValueError("a card number is 12 to 19 digits")
    if not luhn.is_valid(number):
        raise ValueError("the card number's check digit is wrong")
    return number


def validate_account(number: str) -> str:
    """Return the account number: 6 to 32 digits, no check digit asked, else raises ValueError."""
    if not isinstance(number, str) or not _ACCOUNT.fullmatch(number):
        raise ValueError("an account number is 6 to 32 digits")
    return number


def mask(number: str) -> str:
    """Return "622202*********0123", the first six and last four digits.

    Of a number shorter than 14 only the last four are kept, of one shorter than eight none, so that at
    least four digits always stay hidden.
    """
    if len(number) < 8:
        return "*" * len(number)
    head = 6 if len(number) >= 14 else 0
    return number[:head] + "*" * (len(number) - head - 4) + number[-4:]


def last_four(number: str) -> str:
    """Return the last four digits, for telling cards apart on a page; none of a number shorter than eight."""
    return number[-4:] if len(number) >= 8 else ""
