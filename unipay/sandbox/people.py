"""Invented subscribers: a name, a well-formed identity number and a card for every mobile number."""

import hashlib
from dataclasses import dataclass

from stdnum import luhn
from stdnum.cn import ric

from reconciliation.trial.people import GIVEN_NAMES, PLACES, SURNAMES

_CARD_LENGTH = 19


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist."""

    name: str
    identity_no: str


def subscriber_of(msisdn: str) -> Person:
    """Return the person the sandbox invents for a number: always the same one."""
    seed = int.from_bytes(hashlib.sha256(msisdn.encode()).digest()[:8], "big")
    name = SURNAMES[seed % len(SURNAMES)] + GIVEN_NAMES[seed // 32 % len(GIVEN_NAMES)]
    born = f"{1950 + seed // 512 % 55}{1 + seed // 8192 % 12:02d}{1 + seed // 65536 % 28:02d}"
    seventeen = f"{PLACES[seed // 1048576 % len(PLACES)]}{born}{seed // 16777216 % 1000:03d}"
    return Person(name, seventeen + ric.calc_check_digit(seventeen + "0"))


def card_of(msisdn: str, *, prefix: str) -> str:
    """Return a card number of nineteen digits with a right Luhn digit for the number at one bank."""
    body = (prefix + msisdn).ljust(_CARD_LENGTH - 1, "0")
    return body + str(luhn.calc_check_digit(body))
