"""The mobile numbers of a trial book: each place of the book has its own, at home where the number segments say.

Endings from 9000 on stay free: the simulated partners keep some for scenarios, and numbers that only a partner knows
are made of the others.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from signing.models import Contract, HeldNumber
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import NumberSegment, Partner

ENDINGS = 9000
SECONDARY_EVERY = 32
SECONDARIES = 2
NOBODYS_SEGMENT = "1990000"
_PREFIX_LENGTH = 7
_FIRST_TRIAL_SEGMENT = 1_600_000
_FIRST_FREE_ENDING, _LAST_FREE_ENDING = 9100, 9999
_TRIES = 1000


class NumbersUsedUp(Exception):
    """There are no more numbers that nobody has signed."""


@dataclass(frozen=True)
class Segments:
    """The segments numbers are drawn from, in order, each with its province's id."""

    prefixes: tuple[tuple[str, int], ...]

    @property
    def capacity(self) -> int:
        """How many places they have."""
        return len(self.prefixes) * ENDINGS

    def number(self, slot: int) -> tuple[str, int]:
        """Return the number in this place, and its province."""
        prefix, province_id = self.prefixes[slot % len(self.prefixes)]
        return f"{prefix}{slot // len(self.prefixes):04d}", province_id


class Places:
    """Which numbers each place of a book has: a permutation of the segments' numbers, drawn by the seed."""

    def __init__(self, segments: Segments, *, count: int, seed: int) -> None:
        self._segments, self._count = segments, count
        chance = random.Random(f"numbers {seed}")
        self._start = chance.randrange(segments.capacity)
        self._step = chance.randrange(1, segments.capacity)
        while math.gcd(self._step, segments.capacity) != 1:
            self._step += 1

    def primary(self, place: int) -> tuple[str, int]:
        """Return the primary number and its province."""
        return self._segments.number((self._start + place * self._step) % self._segments.capacity)

    def secondary(self, place: int) -> list[str]:
        """Return the secondary numbers: a few places have some."""
        if place % SECONDARY_EVERY:
            return []
        first = self._count + place // SECONDARY_EVERY * SECONDARIES
        return sorted(self.primary(first + extra)[0] for extra in range(SECONDARIES))


def segments_for(count: int) -> Segments:
    """Return segments with room for so many contracts; those that are lacking are added, shared by all provinces."""
    wanted = math.ceil(count * (1 + SECONDARIES / SECONDARY_EVERY) / ENDINGS) + 1
    found = _known_segments()
    if len(found) < wanted:
        _add_segments(wanted - len(found))
        found = _known_segments()
    return Segments(tuple(found))


def _known_segments() -> list[tuple[str, int]]:
    rows = NumberSegment.objects.filter(prefix__regex=rf"^[0-9]{{{_PREFIX_LENGTH}}}$").order_by("prefix")
    return list(rows.values_list("prefix", "province_id"))


def _add_segments(missing: int) -> None:
    provinces = list(
        Partner.objects.filter(kind=PartnerKind.PROVINCE).order_by("code").values_list("id", flat=True)
    )
    known = NumberSegment.objects.filter(prefix__gte=str(_FIRST_TRIAL_SEGMENT), prefix__lt="1700000").count()
    NumberSegment.objects.bulk_create(
        NumberSegment(
            prefix=str(_FIRST_TRIAL_SEGMENT + turn), province_id=provinces[turn % len(provinces)], city=""
        )
        for turn in range(known, known + missing)
    )


class FreshNumbers:
    """Numbers no contract of ours holds or held, drawn by the seed."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._segments = [prefix for prefix, _province in _known_segments()]
        self._given: set[str] = set()

    def anywhere(self) -> str:
        """Return a number of any province."""
        return self._fresh(self._chance.choice(self._segments))

    def beside(self, msisdn: str) -> str:
        """Return a number of the same segment, and so of the same province."""
        return self._fresh(msisdn[:_PREFIX_LENGTH])

    def nobodys(self) -> str:
        """Return a number no province is home to."""
        return self._fresh(NOBODYS_SEGMENT)

    def _fresh(self, prefix: str) -> str:
        for number in self._drawn(prefix):
            if number not in self._given and not _is_known(number):
                self._given.add(number)
                return number
        raise NumbersUsedUp(f"Every free number that begins with {prefix} is used: choose less drift.")

    def _drawn(self, prefix: str) -> Iterator[str]:
        for _ in range(_TRIES):
            yield f"{prefix}{self._chance.randint(_FIRST_FREE_ENDING, _LAST_FREE_ENDING)}"


def _is_known(msisdn: str) -> bool:
    return (
        HeldNumber.objects.filter(msisdn=msisdn).exists() or Contract.objects.filter(msisdn=msisdn).exists()
    )
