"""A trial book of ours: contracts with their journal, the same for the same seed, drawn place by place.

Most stand, some are suspended or ended, some were amended; everything happened within two years before the last day.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from stdnum.iso7064 import mod_37_36

from reconciliation.trial.numbers import Places
from reconciliation.trial.people import Holder
from signing.states import AccountType, Channel, ContractState, EndReason, UserType
from unipay import bank_card, clock, encryption

CHUNK = 10_000
DAYS = 730
COLUMNS = (
    "contract_no",
    "state",
    "version",
    "msisdn",
    "secondary_msisdns",
    "province_id",
    "bank_id",
    "bank_contract_no",
    "account_type",
    "account_number",
    "account_index",
    "account_mask",
    "holder_name",
    "holder_mask",
    "identity_no",
    "identity_index",
    "identity_mask",
    "channel",
    "user_type",
    "recharge_threshold_fen",
    "recharge_amount_fen",
    "auto_pay",
    "opened_at",
    "signed_at",
    "ended_at",
    "end_reason",
    "amended_at",
)
Row = tuple[object, ...]

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = "ILOU"
_CHANNELS = (Channel.CARRIER, Channel.COUNTER, Channel.ONLINE_BANK, Channel.KIOSK)
_THRESHOLDS = (1000, 2000, 3000, 5000)
_AMOUNTS = (3000, 5000, 10000, 20000)
_CARD_LENGTHS = {AccountType.DEBIT: 19, AccountType.CREDIT: 16}
_IN_A_THOUSAND = {"ended": 20, "suspended": 2, "amended": 50, "credit": 40, "no auto-pay": 100}
_SECONDS_A_DAY = 86_400
_DOUBLED = str.maketrans("0123456789", "0246813579")


@dataclass(frozen=True)
class Bank:
    """A bank of the book: its id, its code and the first six digits of its cards."""

    id: int
    code: str
    card_prefix: str


@dataclass(frozen=True)
class TrialBook:
    """The book of a seed: so many contracts at these banks, none younger than `last_day`."""

    seed: int
    count: int
    banks: tuple[Bank, ...]
    holders: list[Holder]
    places: Places
    last_day: date

    def chunks(self) -> Iterator[list[Row]]:
        """Yield the contracts as rows of COLUMNS, a chunk at a time."""
        for first in range(0, self.count, CHUNK):
            chance = random.Random(f"book {self.seed} {first}")
            yield [self._row(place, chance) for place in range(first, min(first + CHUNK, self.count))]

    def _row(self, place: int, chance: random.Random) -> Row:
        bank = self.banks[int(chance.random() * len(self.banks))]
        holder = self.holders[int(chance.random() * len(self.holders))]
        msisdn, province_id = self.places.primary(place)
        account = _account(bank, chance)
        signed_at, amended_at, ended_at, state = self._life(chance)
        bank_no = f"{bank.code}{signed_at:%Y%m%d}{self.seed % 10_000:04d}{place:08d}"
        return (
            _contract_no(chance),
            state,
            2 + (state == ContractState.SUSPENDED) + (amended_at is not None) + (ended_at is not None),
            msisdn,
            self.places.secondary(place),
            province_id,
            bank.id,
            bank_no,
            *account,
            *holder.columns,
            _CHANNELS[int(chance.random() * 4)],
            *_terms(msisdn, chance),
            signed_at - timedelta(minutes=5),
            signed_at,
            ended_at,
            EndReason.SUBSCRIBER_REQUEST if ended_at else "",
            amended_at,
        )

    def _life(self, chance: random.Random) -> tuple[datetime, datetime | None, datetime | None, str]:
        """When it was signed, amended and ended, in this order, and how it stands."""
        draw = chance.random() * 1000
        ended = draw < _IN_A_THOUSAND["ended"]
        suspended = 0 <= draw - _IN_A_THOUSAND["ended"] < _IN_A_THOUSAND["suspended"]
        amended = chance.random() * 1000 < _IN_A_THOUSAND["amended"]
        end = clock.business_day_start(self.last_day + timedelta(days=1))
        age = (chance.random() * DAYS) * _SECONDS_A_DAY
        signed_at = (end - timedelta(seconds=age)).replace(microsecond=0)
        amended_at = signed_at + timedelta(seconds=int(age * 0.9 * chance.random())) if amended else None
        ended_at = (amended_at or signed_at) + timedelta(seconds=1 + int(age * 0.09 * chance.random()))
        if ended:
            return signed_at, amended_at, ended_at, ContractState.TERMINATED
        return signed_at, amended_at, None, ContractState.SUSPENDED if suspended else ContractState.ACTIVE


def card_number(prefix: str, *, length: int, chance: random.Random) -> str:
    """Return an account number of that length with a right Luhn digit."""
    body = (
        prefix
        + f"{int(chance.random() * 10**12):012d}".zfill(length - 1 - len(prefix))[
            -(length - 1 - len(prefix)) :
        ]
    )
    return body + _luhn_digit(body)


def _luhn_digit(body: str) -> str:
    """Return the digit that makes the number right; a book of millions can't wait for stdnum's loop over digits."""
    return str(-sum(map(int, body[-1::-2].translate(_DOUBLED) + body[-2::-2])) % 10)


def account_columns(number: str) -> tuple[str, str, str]:
    """Return account_number (sealed), account_index and account_mask: they belong together."""
    keys = encryption.default()
    return (
        keys.seal(number, context="contract.account"),
        keys.blind_index(number, context="contract.account"),
        bank_card.mask(number),
    )


def _account(bank: Bank, chance: random.Random) -> tuple[str, str, str, str]:
    kind = AccountType.CREDIT if chance.random() * 1000 < _IN_A_THOUSAND["credit"] else AccountType.DEBIT
    number = card_number(bank.card_prefix, length=_CARD_LENGTHS[kind], chance=chance)
    return (kind.value, *account_columns(number))


def _terms(msisdn: str, chance: random.Random) -> tuple[str, int | None, int | None, bool]:
    """User type, threshold, amount and auto-pay: even numbers are prepaid, as in the sandbox."""
    if int(msisdn[-1]) % 2:
        auto_pay = chance.random() * 1000 >= _IN_A_THOUSAND["no auto-pay"]
        return UserType.POSTPAID, None, None, auto_pay
    threshold, amount = int(chance.random() * 4), int(chance.random() * 4)
    return UserType.PREPAID, _THRESHOLDS[threshold], _AMOUNTS[amount], False


def _contract_no(chance: random.Random) -> str:
    """Return a contract number as unipay.check_digit writes it, but drawn by the seed."""
    while True:
        drawn = chance.getrandbits(80)
        body = "".join(_ALPHABET[drawn >> 5 * place & 31] for place in range(16))
        check = mod_37_36.calc_check_digit(f"C{body}")
        if check not in _MISREAD:
            return f"C-{body[:4]}-{body[4:8]}-{body[8:12]}-{body[12:]}-{check}"
