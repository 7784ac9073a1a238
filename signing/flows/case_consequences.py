"""What one decision does to the contracts of a manual case, and the messages it promises (domain.md A4)."""

from dataclasses import dataclass, field
from datetime import datetime

from signing import messages
from signing.flows.change import Origin, record_change
from signing.models import Contract, ManualCase
from signing.states import FORMAL, ContractState, Decision, EndReason, Source, TransactionKind
from unipay import clock
from unipay.messaging import outbox
from unipay.messaging.models import MessageState, OutboundMessage


@dataclass
class Consequences:
    """Carries out one decision; `of` returns the messages that must be acknowledged before the case may close."""

    case: ManualCase
    now: datetime
    promised: list[OutboundMessage] = field(default_factory=list)

    def of(self, decision: Decision) -> list[OutboundMessage]:
        """Change the contracts as the decision says."""
        standing, contested = self.case.standing, self.case.contested
        if decision in (Decision.REPLACE, Decision.NEITHER, Decision.TERMINATE):
            self._end(standing, tell_bank=True)
        if decision in (Decision.KEEP_STANDING, Decision.NEITHER):
            self._end(contested, tell_bank=True)
        if decision == Decision.SAME_CONTRACT:
            self._end(contested, tell_bank=False)
            self._confirm(standing)
        if decision in (Decision.REPLACE, Decision.ACCEPT):
            self._make_formal(contested)
        if decision == Decision.RESUME:
            self._resume(standing)
        if decision == Decision.NOTIFY_AGAIN:
            self._tell_again()
        return self.promised

    def _end(self, contract: Contract | None, *, tell_bank: bool) -> None:
        if contract is None or contract.state == ContractState.TERMINATED:
            return
        formal = contract.state in FORMAL
        contract.terminate(reason=EndReason.CASE_DECISION, now=self.now)
        if formal:
            told = record_change(
                contract,
                kind=TransactionKind.TERMINATED,
                origin=self._origin(),
                now=self.now,
                reason=EndReason.CASE_DECISION,
            )
            self.promised.append(told)
        else:
            contract.version += 1
            contract.save()
        if tell_bank:
            reason = str(EndReason.CASE_DECISION)
            self.promised.append(messages.cancel_at_bank(contract, reason=reason, now=self.now))

    def _make_formal(self, contract: Contract | None) -> None:
        if contract is None:
            return
        contract.activate(signed_at=contract.signed_at or self.now)
        told = record_change(contract, kind=TransactionKind.SIGNED, origin=self._origin(), now=self.now)
        self.promised += [told, messages.confirm_to_bank(contract, now=self.now)]

    def _resume(self, contract: Contract | None) -> None:
        if contract is None or contract.state != ContractState.SUSPENDED:
            return
        contract.resume()
        reason, origin = str(EndReason.CASE_DECISION), self._origin()
        told = record_change(
            contract, kind=TransactionKind.RESUMED, origin=origin, now=self.now, reason=reason
        )
        self.promised.append(told)

    def _confirm(self, contract: Contract | None) -> None:
        if contract is not None:
            self.promised.append(messages.confirm_to_bank(contract, now=self.now))

    def _tell_again(self) -> None:
        for obligation in self.case.obligations.filter(met_at=None).select_related("message"):
            if obligation.message.state in (MessageState.DEAD, MessageState.REFUSED):
                outbox.replay(obligation.message, now=self.now)

    def _origin(self) -> Origin:
        return Origin(Source.STAFF, clock.business_date(self.now), request_no=self.case.case_no)
