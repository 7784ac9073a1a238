"""A partner's view of a trial book as a file in its layout, with known differences, written in a stream."""

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO, Any

from reconciliation.states import Period, Side
from reconciliation.trial import contracts
from reconciliation.trial.alterations import Alterations
from reconciliation.trial.drift import Drift, Planted, View, ways
from reconciliation.trial.partner_lines import PartnerLines
from signing.models import Contract, SigningTransaction
from signing.states import ContractState, TransactionKind
from unipay.exchange.models import FileLayout
from unipay.partners.models import Partner

Line = dict[str, Any]

_INSTEAD = {
    Planted.ANOTHER_THRESHOLD: Planted.OTHER_AUTO_PAY,
    Planted.ANOTHER_AMOUNT: Planted.OTHER_AUTO_PAY,
    Planted.OTHER_AUTO_PAY: Planted.ANOTHER_THRESHOLD,
}
_NEEDS_A_SIGNING = (Planted.FAULTY, Planted.TWICE)


@dataclass(frozen=True)
class Wanted:
    """Whose view is written, of what and when, and how much of it is wrong."""

    partner: Partner
    side: Side
    period: Period
    business_date: date
    layout: FileLayout
    share: float
    seed: int


def write(wanted: Wanted, to: IO[bytes], *, progress: Callable[[int], None] = lambda lines: None) -> View:
    """Write the file and return what was planted in it."""
    writer = _Writer(wanted)
    with closing(writer.alterations):
        return writer.write(to, progress)


class _Writer:
    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._salt = f"{wanted.seed} {wanted.partner.code} {wanted.period} {wanted.business_date}"
        self._drift = Drift(wanted.share, ways(wanted.side, wanted.period), self._salt)
        self._lines = PartnerLines(wanted.layout)
        self._view = View(wanted.side, wanted.partner.code, wanted.period, wanted.business_date)
        self.alterations = Alterations(
            wanted.partner, side=wanted.side, carried=self._lines.fields, chance=random.Random(self._salt)
        )

    def write(self, to: IO[bytes], progress: Callable[[int], None]) -> View:
        said = self._said()
        to.write(self._lines.header(said))
        every = self._full() if self._wanted.period == Period.FULL else self._increment()
        for line in every:
            to.write(self._lines.detail(line))
            self._view.lines += 1
            if self._view.lines % contracts.AT_ONCE == 0:
                progress(self._view.lines)
        to.write(self._lines.trailer({**said, "row_count": self._view.lines}))
        return self._view

    def _said(self) -> Line:
        return {
            "partner_code": self._wanted.partner.code,
            "business_date": self._wanted.business_date,
            "cut_off_at": contracts.cut_off(self._wanted.business_date),
        }

    def _full(self) -> Iterator[Line]:
        read = contracts.at_bank if self._wanted.side == Side.BANK else contracts.at_province
        for contract in read(self._wanted.partner):
            way = self._way(contract)
            if contract.state != ContractState.TERMINATED:
                yield from self._altered(way, self._line(contract))
            elif way is not None and self.alterations.is_free(contract.msisdn):
                self._plant(Planted.ALIVE_THERE, contract)
                yield self._line(contract)

    def _increment(self) -> Iterator[Line]:
        own = {"bank" if self._wanted.side == Side.BANK else "province": self._wanted.partner}
        for contract, happened in contracts.journalled(self._wanted.business_date, **own):
            way = self._way(contract)
            *before, last = (self._journal_line(contract, line) for line in happened)
            last = {**last, **self._line(contract)}
            yield from self._day(contract, way, before, last)

    def _day(self, contract: Contract, way: Planted | None, before: list[Line], last: Line) -> Iterator[Line]:
        was_signed = any(line["change"] == TransactionKind.SIGNED for line in [*before, last])
        if (
            way is None
            or last["change"] == TransactionKind.TERMINATED
            and not self.alterations.is_free(contract.msisdn)
        ):
            yield from [*before, last]
        elif last["change"] == TransactionKind.TERMINATED:
            self._plant(Planted.ALIVE_THERE, contract)
            yield from [*before, {**last, "change": TransactionKind.AMENDED}]
        elif way == Planted.ENDED_THERE:
            self._plant(way, contract)
            later = last["occurred_at"] + timedelta(seconds=1)
            yield from [*before, last, {**last, "change": TransactionKind.TERMINATED, "occurred_at": later}]
        elif way == Planted.LEFT_OUT and not was_signed:
            self._plant(Planted.CHANGE_LEFT_OUT, contract)
        elif way in _NEEDS_A_SIGNING and not was_signed:
            yield from self._altered(Planted.ANOTHER_ACCOUNT, last)
        else:
            yield from self._altered(way, last)

    def _altered(self, way: Planted | None, line: Line) -> Iterator[Line]:
        if way is not None and not self.alterations.can(way, line):
            way = _INSTEAD.get(way, Planted.ONLY_THERE)
        if way is None:
            yield line
            return
        self._view.plant(way, self._named(line))
        altered = self.alterations.made(way, line)
        if way in _NEEDS_A_SIGNING:
            self._view.faulty_lines += len(altered)
        yield from altered

    def _plant(self, way: Planted, contract: Contract) -> None:
        self._view.plant(way, self._named(self._line(contract)))

    def _way(self, contract: Contract) -> Planted | None:
        return self._drift.of(contract.contract_no)

    def _named(self, line: Line) -> str:
        return str(line["bank_contract_no" if self._wanted.side == Side.BANK else "contract_no"])

    def _line(self, contract: Contract) -> Line:
        side = self._wanted.side
        return contracts.of_bank(contract) if side == Side.BANK else contracts.of_province(contract)

    def _journal_line(self, contract: Contract, line: SigningTransaction) -> Line:
        then = {
            "change": line.kind,
            "occurred_at": line.occurred_at,
            "msisdn": line.msisdn,
            "secondary_msisdns": sorted(line.secondary_msisdns),
            "recharge_threshold_fen": line.recharge_threshold_fen,
            "recharge_amount_fen": line.recharge_amount_fen,
            "auto_pay": line.auto_pay,
        }
        return {**self._line(contract), **then}
