"""How one line is got wrong: each way gives the lines that stand in the file instead of the right one."""

import random
from collections.abc import Callable, Collection, Generator
from typing import Any

from reconciliation.states import Side
from reconciliation.trial import contracts
from reconciliation.trial.book import card_number
from reconciliation.trial.drift import Planted
from reconciliation.trial.numbers import FreshNumbers
from signing.models import Contract, HeldNumber
from signing.states import AccountType
from unipay import bank_card
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner

Line = dict[str, Any]

_NEEDED = {
    Planted.OTHER_SECONDARIES: "secondary_msisdns",
    Planted.ANOTHER_ACCOUNT_TYPE: "account_type",
    Planted.ANOTHER_THRESHOLD: "recharge_threshold_fen",
    Planted.ANOTHER_AMOUNT: "recharge_amount_fen",
    Planted.OTHER_AUTO_PAY: "auto_pay",
    Planted.ANOTHER_BANK: "bank_code",
}
_NOT_A_NUMBER = "1380000000X"


class Alterations:
    """Alters lines of one partner's file; `carried`: the fields its layout has."""

    def __init__(
        self, partner: Partner, *, side: Side, carried: Collection[str], chance: random.Random
    ) -> None:
        self._side, self._carried, self._chance = side, carried, chance
        self._key = "bank_contract_no" if side == Side.BANK else "contract_no"
        self._fresh = FreshNumbers(chance)
        self._elsewhere = contracts.elsewhere(partner) if side == Side.BANK else _nothing()
        self._held_elsewhere = ""
        self._banks = list(
            Partner.objects.filter(kind=PartnerKind.BANK).order_by("code").values_list("code", flat=True)
        )
        self._ways: dict[Planted, Callable[[Line], list[Line]]] = {
            Planted.LEFT_OUT: lambda line: [],
            Planted.ONLY_THERE: lambda line: [line, self._another(line, self._fresh.anywhere())],
            Planted.NOBODYS_NUMBER: lambda line: [line, self._another(line, self._fresh.nobodys())],
            Planted.COLLIDES: lambda line: [line, self._another(line, self._held_elsewhere)],
            Planted.ANOTHER_NUMBER: lambda line: [{**line, "msisdn": self._fresh.beside(line["msisdn"])}],
            Planted.OTHER_SECONDARIES: self._other_secondaries,
            Planted.ANOTHER_ACCOUNT: lambda line: [{**line, **self._another_account(line)}],
            Planted.ANOTHER_ACCOUNT_TYPE: self._another_account_type,
            Planted.ANOTHER_THRESHOLD: lambda line: [_more(line, "recharge_threshold_fen")],
            Planted.ANOTHER_AMOUNT: lambda line: [_more(line, "recharge_amount_fen")],
            Planted.OTHER_AUTO_PAY: lambda line: [{**line, "auto_pay": not line["auto_pay"]}],
            Planted.ANOTHER_CONTRACT_NO: lambda line: [{**line, self._key: self._new_no(line)}],
            Planted.ANOTHER_BANK: self._another_bank,
            Planted.TWICE: lambda line: [line, line],
            Planted.FAULTY: lambda line: [{**line, "msisdn": _NOT_A_NUMBER}],
        }

    def close(self) -> None:
        """Stop reading."""
        self._elsewhere.close()

    def can(self, way: Planted, line: Line) -> bool:
        """Tell whether the line can be got wrong this way: it, and its layout, have what is needed."""
        needed = _NEEDED.get(way)
        if needed is not None and (needed not in self._carried or line.get(needed) is None):
            return False
        if way == Planted.OTHER_AUTO_PAY and line["recharge_amount_fen"] is not None:
            return False
        if way == Planted.COLLIDES:
            other = next(self._elsewhere, None)
            self._held_elsewhere = other.msisdn if other else ""
            return other is not None
        return True

    def made(self, way: Planted, line: Line) -> list[Line]:
        """Return the lines that stand in the file instead of this one."""
        return self._ways[way](line)

    def is_free(self, msisdn: str) -> bool:
        """Tell whether no standing contract holds the number."""
        return not HeldNumber.objects.filter(msisdn=msisdn).exists()

    def _another(self, line: Line, msisdn: str) -> Line:
        """A contract that only the partner has, otherwise like this one."""
        is_prepaid = int(msisdn[-1]) % 2 == 0
        terms = {
            "recharge_threshold_fen": 2000 if is_prepaid else None,
            "recharge_amount_fen": 5000 if is_prepaid else None,
            "auto_pay": not is_prepaid,
        }
        fresh = {self._key: self._new_no(line), "msisdn": msisdn, "secondary_msisdns": []}
        change = {"change": "SIGNED"} if "change" in line else {}
        return {**line, **self._another_account(line), **terms, **fresh, **change}

    def _new_no(self, line: Line) -> str:
        return f"{line[self._key][:40]}-{self._chance.randrange(16**8):08X}"

    def _another_account(self, line: Line) -> Line:
        if "account_number" not in line:
            shown = line["account_mask"]
            return {"account_mask": f"{shown[:-4]}{(int(shown[-4:]) + 1) % 10_000:04d}"}
        old = line["account_number"]
        number = old
        while number == old:
            number = card_number(old[:6], length=len(old), chance=self._chance)
        return {"account_number": number, "account_mask": bank_card.mask(number)}

    def _other_secondaries(self, line: Line) -> list[Line]:
        others = [] if line["secondary_msisdns"] else [self._fresh.beside(line["msisdn"])]
        return [{**line, "secondary_msisdns": others}]

    def _another_account_type(self, line: Line) -> list[Line]:
        other = next(kind.value for kind in AccountType if kind != line["account_type"])
        return [{**line, "account_type": other}]

    def _another_bank(self, line: Line) -> list[Line]:
        other = next(code for code in self._banks if code != line["bank_code"])
        return [{**line, "bank_code": other}]


def _more(line: Line, amount: str) -> Line:
    return {**line, amount: line[amount] + 1000}


def _nothing() -> Generator[Contract, None, None]:
    yield from ()
