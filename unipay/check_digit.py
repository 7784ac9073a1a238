"""Our own numbers (contracts, cases, sessions): readable over the telephone, impossible to guess, and wrong
when mistyped: "C-7K3M-9QXD-2T5W-8RNA-H"."""

import re
import secrets

from stdnum.iso7064 import mod_37_36

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_READ_AS = str.maketrans("ILO", "110")
_RANDOM_LENGTH = 16  # 80 bits
_PREFIX = re.compile(r"[A-Z]{1,8}")
_DRAWN = bytes(
    ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256)
)  # 256 is a multiple of 32: all alike
_MODULUS = 36
_CHECKS = "".join(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(1 - ((state or _MODULUS) * 2) % (_MODULUS + 1)) % _MODULUS]
    for state in range(_MODULUS)
)
_NEXT = [
    {
        character: (((state or _MODULUS) * 2) % (_MODULUS + 1) + int(character, _MODULUS)) % _MODULUS
        for character in _ALPHABET
    }
    for state in range(_MODULUS)
]


def new_number(prefix: str) -> str:
    """Return a fresh number such as "C-7K3M-9QXD-2T5W-8RNA-H" for the prefix "C" (one to eight letters A-Z).

    Sixteen random characters (nearly 80 bits) and an ISO 7064 MOD 37,36 check character over prefix and all.
    """
    _require_prefix(prefix)
    while True:
        body = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
        check = mod_37_36.calc_check_digit(prefix + body)
        if check in _ALPHABET:  # else it would be one of the letters people misread
            return _written(prefix, body, check)


def new_numbers(prefix: str, count: int) -> list[str]:
    """Return so many fresh numbers, as `new_number` makes them, ten times as fast."""
    _require_prefix(prefix)
    begun = mod_37_36.checksum(prefix)
    numbers: list[str] = []
    while len(numbers) < count:
        drawn = secrets.token_bytes((count - len(numbers)) * _RANDOM_LENGTH).translate(_DRAWN).decode()
        for start in range(0, len(drawn), _RANDOM_LENGTH):
            body = drawn[start : start + _RANDOM_LENGTH]
            state = begun
            for character in body:
                state = _NEXT[state][character]
            if _CHECKS[state] in _ALPHABET:
                numbers.append(_written(prefix, body, _CHECKS[state]))
    return numbers


def validate(number: str, prefix: str) -> str:
    """Return the number as we write it, from any case, with or without hyphens, I and L read as 1, O as 0.

    Raises ValueError when it is not a number of this prefix or its check character is wrong.
    """
    _require_prefix(prefix)
    compact = re.sub(r"[\s-]", "", number).upper() if isinstance(number, str) else ""
    body = compact.removeprefix(prefix).translate(_READ_AS)
    if not compact.startswith(prefix) or len(body) != _RANDOM_LENGTH + 1 or not set(body) <= set(_ALPHABET):
        raise ValueError(f"not a number of the form {prefix}-XXXX-XXXX-XXXX-XXXX-X")
    if not mod_37_36.is_valid(prefix + body):
        raise ValueError("the number's check character is wrong: it was probably mistyped")
    return _written(prefix, body[:-1], body[-1])


def _require_prefix(prefix: str) -> None:
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"a prefix is one to eight letters A-Z, not {prefix!r}")


def _written(prefix: str, body: str, check: str) -> str:
    return "-".join([prefix, *(body[start : start + 4] for start in range(0, len(body), 4)), check])
