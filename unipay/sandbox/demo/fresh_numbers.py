"""Mobile numbers nobody in the sandbox has seen yet, so that the story can be told again and again."""

import csv
import random
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from unipay.sandbox.models import SandboxContract, SandboxMessage, SandboxSession

_ORDINARY_ENDINGS = 9000
_PREFIX_LENGTH = 7
_TRIES = 2000
_taken: set[str] = set()


class NumbersUsedUp(Exception):
    """Every number of this kind was used in earlier runs."""


def fresh(ending: str = "", *, province: str = "") -> str:
    """Return a number never used before, of any province or this one: an ordinary one, or one reserved for the scenario
    of this ending."""
    prefixes = [prefix for prefix, code in _provinces().items() if province in ("", code)]
    for _ in range(_TRIES):
        msisdn = random.choice(prefixes) + (ending or f"{random.randrange(_ORDINARY_ENDINGS):04d}")
        if msisdn not in _taken and not _is_known(msisdn):
            _taken.add(msisdn)
            return msisdn
    raise NumbersUsedUp(
        f"no unused number ends in {ending}: start afresh with an empty database (make clean)"
    )


def province_of(msisdn: str) -> str:
    """Return the code of the province a fresh number is at home in."""
    return _provinces()[msisdn[:_PREFIX_LENGTH]]


@lru_cache(maxsize=1)
def _provinces() -> dict[str, str]:
    path = Path(settings.BASE_DIR) / "unipay" / "partners" / "fixtures" / "number_segments.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["prefix"]: row["province_code"] for row in csv.DictReader(file)}


def _is_known(msisdn: str) -> bool:
    return any(
        model.objects.filter(msisdn=msisdn).exists()
        for model in (SandboxContract, SandboxSession, SandboxMessage)
    )
