"""Resident identity numbers (GB 11643, eighteen characters) and how they and people's names are shown."""

import re

from stdnum.cn import ric

_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")


def validate(number: str) -> str:
    """Return the identity number with an upper-case X when its birth date and check digit are right.

    The place code is not looked up: published lists lag behind new districts and lack residence permits
    (81, 82, 83 and 9...), and a real subscriber must not be refused. Raises ValueError otherwise.
    """
    compact = number.upper() if isinstance(number, str) else ""
    if not _SHAPE.fullmatch(compact):
        raise ValueError("an identity number is seventeen digits and a check digit (0-9 or X)")
    if ric.calc_check_digit(compact) != compact[-1]:
        raise ValueError("the identity number's check digit is wrong")
    try:
        ric.get_birth_date(compact)
    except ValueError as error:
        raise ValueError("the identity number's birth date does not exist") from error
    return compact


def mask(number: str) -> str:
    """Return "3301**********1234"; what is shorter than twelve characters is masked whole."""
    if len(number) < 12:
        return "*" * len(number)
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"


def mask_name(name: str) -> str:
    """Keep only the first character of a person's name: "张**" for 张三丰, "J*********" for a Latin name.

    A name of one character is masked whole.
    """
    stripped = name.strip()
    if len(stripped) < 2:
        return "*" * len(stripped)
    return stripped[0] + "*" * (len(stripped) - 1)
