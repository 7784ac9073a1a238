"""How urgent is a case, and what may people decide in it? (domain.md A4.)"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from signing.states import ABOUT_MONEY, STANDING, CaseReason, ContractState, Decision, Severity
from unipay.errors import Text

_URGENCY = {
    CaseReason.STANDING_CONTRACT: (Severity.HIGH, timedelta(hours=24)),
    CaseReason.LATE_RESULT: (Severity.HIGH, timedelta(hours=24)),
    CaseReason.PROVINCE_REFUSED: (Severity.HIGH, timedelta(hours=24)),
    CaseReason.BANK_REFUSED: (Severity.NORMAL, timedelta(hours=48)),
    CaseReason.UNDELIVERABLE: (Severity.NORMAL, timedelta(hours=48)),
    CaseReason.CORRECTION_IMPOSSIBLE: (Severity.NORMAL, timedelta(hours=48)),
    CaseReason.NUMBER_CHANGED_HANDS: (Severity.HIGH, timedelta(hours=24)),
    CaseReason.DEBIT_FAILED: (Severity.NORMAL, timedelta(hours=48)),
    CaseReason.DEBIT_CONTRADICTION: (Severity.HIGH, timedelta(hours=24)),
    CaseReason.DEBIT_RETURN: (Severity.HIGH, timedelta(hours=24)),
    CaseReason.RECHARGE_STUCK: (Severity.HIGH, timedelta(hours=24)),
}

_IN_A_CLASH = (
    Decision.KEEP_STANDING,
    Decision.SAME_CONTRACT,
    Decision.REPLACE,
    Decision.ACCEPT,
    Decision.NEITHER,
    Decision.CLOSE,
)
_AFTER_A_REFUSAL = (Decision.NOTIFY_AGAIN, Decision.TERMINATE, Decision.CLOSE)
_AFTER_SILENCE = (Decision.NOTIFY_AGAIN, Decision.CLOSE)
_OF_A_CORRECTION = (Decision.TERMINATE, Decision.CLOSE)
_OF_A_NUMBER = (Decision.RESUME, Decision.TERMINATE, Decision.CLOSE)

# These change nothing that a party relies on; all others change contracts.
CHANGES_NO_CONTRACT = (Decision.NOTIFY_AGAIN, Decision.CLOSE)


@dataclass(frozen=True)
class Sides:
    """How a case's contracts stand: their states, None where the case has no such contract.

    `number_is_free` tells whether no contract but these holds the contested one's numbers, `is_owed_news` whether a
    message of the case waits to be sent again: a correction that was refused in a file left none.
    """

    standing: str | None
    contested: str | None
    number_is_free: bool
    is_owed_news: bool = True

    @property
    def stands(self) -> bool:
        """Whether the standing contract still holds its numbers."""
        return self.standing in STANDING


@dataclass(frozen=True)
class Option:
    """One decision of a case's kind: empty `why_not` means that it is possible now."""

    decision: Decision
    why_not: Text = ""

    @property
    def is_possible(self) -> bool:
        """Whether it can be decided now."""
        return self.why_not == ""


def urgency(reason: str) -> tuple[Severity, timedelta]:
    """How severe a case of this reason is, and how long people have, unless the table of service levels says more."""
    return _URGENCY[CaseReason(reason)]


def options(reason: str, sides: Sides) -> tuple[Option, ...]:
    """Every decision that a case of this reason knows, each with the reason why it is not possible now."""
    is_kept = reason == CaseReason.CORRECTION_IMPOSSIBLE and sides.contested is not None
    if is_kept or reason in (CaseReason.STANDING_CONTRACT, CaseReason.LATE_RESULT):
        return tuple(Option(each, _why_not_in_a_clash(each, sides)) for each in _IN_A_CLASH)
    if reason == CaseReason.PROVINCE_REFUSED:
        return tuple(Option(each, _why_not_of_one(each, sides)) for each in _AFTER_A_REFUSAL)
    if reason == CaseReason.CORRECTION_IMPOSSIBLE:
        return tuple(Option(each, _why_not_of_one(each, sides)) for each in _OF_A_CORRECTION)
    if reason == CaseReason.NUMBER_CHANGED_HANDS:
        return tuple(Option(each, _why_not_of_a_number(each, sides)) for each in _OF_A_NUMBER)
    if reason in ABOUT_MONEY:
        return (Option(Decision.CLOSE),)  # the money itself is dealt with on its own page
    return tuple(map(Option, _AFTER_SILENCE))


def possible_decisions(reason: str, sides: Sides) -> tuple[Decision, ...]:
    """What may be decided now."""
    return tuple(option.decision for option in options(reason, sides) if option.is_possible)


def _why_not_of_one(decision: Decision, sides: Sides) -> Text:
    if decision == Decision.NOTIFY_AGAIN and not sides.is_owed_news:
        return _("No message waits. Once the case is closed, the next file corrects it.")
    if decision != Decision.TERMINATE or sides.stands:
        return ""
    if sides.standing is None:
        return _("We have no such contract.")
    return _("The contract has ended already.")


def _why_not_of_a_number(decision: Decision, sides: Sides) -> Text:
    is_suspended = sides.standing == ContractState.SUSPENDED
    if decision == Decision.TERMINATE:
        return _why_not_of_one(decision, sides)
    if decision == Decision.RESUME:
        return "" if is_suspended else _("The contract is not suspended.")
    return _("The contract is suspended: let it be debited again, or end it.") if is_suspended else ""


def _why_not_in_a_clash(decision: Decision, sides: Sides) -> Text:
    is_contested = sides.contested == ContractState.CONTESTED
    if decision == Decision.CLOSE:
        return _("The contested contract still waits for a decision.") if is_contested else ""
    if not is_contested:
        return _("The contested contract does not wait any more.")
    if decision in (Decision.KEEP_STANDING, Decision.REPLACE) and not sides.stands:
        return _("The standing contract has ended meanwhile.")
    if decision == Decision.SAME_CONTRACT and sides.standing not in (
        ContractState.ACTIVE,
        ContractState.SUSPENDED,
    ):
        return _("Only a formal contract can be the same as the contested one.")
    if decision == Decision.ACCEPT and sides.stands:
        return _("A contract stands; it can be replaced.")
    if decision in (Decision.REPLACE, Decision.ACCEPT) and not sides.number_is_free:
        return _("A third contract holds one of the numbers.")
    return ""
