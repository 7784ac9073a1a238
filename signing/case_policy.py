"""How urgent is a case, and what may people decide in it? (domain.md A4.)"""

from datetime import timedelta

from signing.states import CaseReason, ContractState, Decision, Severity

_URGENCY = {
    CaseReason.STANDING_CONTRACT: (Severity.HIGH, timedelta(hours=24)),
    CaseReason.LATE_RESULT: (Severity.HIGH, timedelta(hours=24)),
    CaseReason.PROVINCE_REFUSED: (Severity.HIGH, timedelta(hours=24)),
    CaseReason.BANK_REFUSED: (Severity.NORMAL, timedelta(hours=48)),
    CaseReason.UNDELIVERABLE: (Severity.NORMAL, timedelta(hours=48)),
}


def urgency(reason: CaseReason) -> tuple[Severity, timedelta]:
    """How severe a case of this reason is, and how long people have."""
    return _URGENCY[reason]


def possible_decisions(
    reason: str, *, standing: str | None, contested: str | None, number_is_free: bool
) -> tuple[Decision, ...]:
    """What may be decided now.

    `standing` and `contested` are the states of the case's contracts, None where the case has no such contract;
    `number_is_free` tells whether no contract but these holds the contested one's numbers.
    """
    if reason in (CaseReason.STANDING_CONTRACT, CaseReason.LATE_RESULT):
        return _in_a_clash(standing=standing, contested=contested, number_is_free=number_is_free)
    ended = standing == ContractState.TERMINATED
    if reason == CaseReason.PROVINCE_REFUSED and not ended:
        return (Decision.NOTIFY_AGAIN, Decision.TERMINATE, Decision.CLOSE)
    return (Decision.NOTIFY_AGAIN, Decision.CLOSE)


def _in_a_clash(*, standing: str | None, contested: str | None, number_is_free: bool) -> tuple[Decision, ...]:
    if contested != ContractState.CONTESTED:
        return (Decision.CLOSE,)
    stands = standing in (ContractState.PROVISIONAL, ContractState.ACTIVE, ContractState.SUSPENDED)
    if stands:
        formal = standing != ContractState.PROVISIONAL
        kept = (Decision.KEEP_STANDING, Decision.SAME_CONTRACT) if formal else (Decision.KEEP_STANDING,)
        replaced = (Decision.REPLACE,) if number_is_free else ()
        return (*kept, *replaced, Decision.NEITHER)
    return (Decision.ACCEPT, Decision.NEITHER) if number_is_free else (Decision.NEITHER,)
