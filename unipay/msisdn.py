"""Mobile numbers: eleven digits beginning with 13 to 19. A number's home province is found by its segment
(the first three to seven digits), unless an override names it."""

import re
import unicodedata

_MSISDN = re.compile(r"1[3-9][0-9]{9}")
_AS_PEOPLE_WRITE_IT = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")


def validate(number: str) -> str:
    """Return the number when it is exactly eleven digits of a mobile number; strict, for partners' messages.

    Raises ValueError otherwise: no prefix, blank or hyphen is accepted.
    """
    if not isinstance(number, str) or not _MSISDN.fullmatch(number):
        raise ValueError("a mobile number is eleven digits beginning with 13 to 19")
    return number


def normalise(text: str) -> str:
    """Read a number as people type it ("+86 138-0571-0001", full-width digits) for search boxes and forms.

    Raises ValueError when what remains is not a mobile number.
    """
    compact = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text))
    match = _AS_PEOPLE_WRITE_IT.fullmatch(compact)
    return validate(match[1] if match else compact)


def mask(number: str) -> str:
    """Return "138 **** 1234"; what is not a mobile number is masked whole."""
    if not _MSISDN.fullmatch(number):
        return "*" * len(number)
    return f"{number[:3]} **** {number[-4:]}"


def spaced(number: str) -> str:
    """Return "138 0571 1234", as people read it out; what is not a mobile number stays as it is."""
    return f"{number[:3]} {number[3:7]} {number[7:]}" if _MSISDN.fullmatch(number) else number


def home_prefixes(number: str) -> tuple[str, ...]:
    """Return the segments the number may belong to, longest (seven digits) first, shortest (three) last."""
    validate(number)
    return tuple(number[:length] for length in range(7, 2, -1))
