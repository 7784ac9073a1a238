"""Invented account holders: a limited number of people, each sealed once, share the contracts of a trial book."""

import random
from dataclasses import dataclass

from stdnum.cn import ric

from unipay import encryption, identity

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN_NAMES = (
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "洋",
    "艳",
    "秀英",
    "明",
    "建国",
    "小燕",
    "志强",
    "雪",
)
PLACES = ("110101", "310104", "330106", "440106", "510104", "420106")
MOST = 20_000


@dataclass(frozen=True)
class Holder:
    """Somebody who does not exist, in plain and as a contract's columns hold them."""

    name: str
    identity_no: str
    columns: tuple[str, str, str, str, str]


def holders(seed: int, *, count: int) -> list[Holder]:
    """Return the people of the book of that seed: always the same ones, only their seals differ."""
    chance = random.Random(f"people {seed}")
    return [_holder(chance) for _ in range(max(1, min(count, MOST)))]


def columns(name: str, identity_no: str) -> tuple[str, str, str, str, str]:
    """Return holder_name, holder_mask, identity_no, identity_index and identity_mask as a contract holds them."""
    keys = encryption.default()
    return (
        keys.seal(name, context="contract.holder"),
        identity.mask_name(name),
        keys.seal(identity_no, context="contract.identity"),
        keys.blind_index(identity_no, context="contract.identity"),
        identity.mask(identity_no),
    )


def _holder(chance: random.Random) -> Holder:
    name = chance.choice(SURNAMES) + chance.choice(GIVEN_NAMES)
    born = f"{chance.randint(1950, 2004)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
    seventeen = f"{chance.choice(PLACES)}{born}{chance.randint(0, 999):03d}"
    identity_no = seventeen + ric.calc_check_digit(seventeen + "0")
    return Holder(name, identity_no, columns(name, identity_no))
