"""What will happen, and who will be told, if this is decided? In words, before anybody presses a button (domain.md A4).

What is said here is what `flows/case_consequences.py` does; a test holds the two together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from signing.states import FORMAL, ContractState, Decision
from unipay.errors import Text

ENDS_A_FORMAL_CONTRACT = (Decision.REPLACE, Decision.NEITHER, Decision.TERMINATE)


@dataclass(frozen=True)
class Side:
    """One contract of the case: its bank by name, and its state."""

    bank: Text
    state: str

    @property
    def is_over(self) -> bool:
        """Whether it has ended already."""
        return self.state == ContractState.TERMINATED


@dataclass(frozen=True)
class Lost:
    """A message that was refused or died: to whom, and what it is called."""

    partner: Text
    title: Text


@dataclass(frozen=True)
class Facts:
    """The case as it stands: its sides, its home province by name, and what could not be told."""

    province: Text
    standing: Side | None = None
    contested: Side | None = None
    lost: Sequence[Lost] = ()


@dataclass(frozen=True)
class Told:
    """One message that will be sent: to whom, and what it says."""

    partner: Text
    what: Text


@dataclass(frozen=True)
class Preview:
    """The decision in one line with the parties' names, what happens, and who is told."""

    headline: Text
    happens: tuple[Text, ...]
    told: tuple[Told, ...]


def preview(decision: Decision, facts: Facts) -> Preview:
    """Return what deciding so now would do."""
    told = _told_again(facts) if decision == Decision.NOTIFY_AGAIN else tuple(_told(decision, facts))
    return Preview(_headline(decision, facts), tuple(_happens(decision, facts)), told)


def _headline(decision: Decision, facts: Facts) -> Text:
    names = {
        "standing": facts.standing.bank if facts.standing else "",
        "contested": facts.contested.bank if facts.contested else "",
    }
    if decision in _TWO_SIDED and not (facts.standing and facts.contested):
        return decision.label
    return format_lazy(_HEADLINES[decision], **names) if decision in _HEADLINES else decision.label


_TWO_SIDED = (Decision.KEEP_STANDING, Decision.REPLACE)
_HEADLINES: dict[Decision, Text] = {
    Decision.KEEP_STANDING: _("Keep {standing}; {contested} cancels"),
    Decision.REPLACE: _("Change to {contested}; {standing} cancels"),
    Decision.SAME_CONTRACT: _("One and the same signing, announced twice"),
    Decision.ACCEPT: _("Make the contract with {contested} formal"),
    Decision.NEITHER: _("Neither: every bank cancels"),
    Decision.TERMINATE: _("End the contract with {standing}"),
    Decision.RESUME: _("Debit at {standing} again"),
    Decision.NOTIFY_AGAIN: _("Send again what was refused or lost"),
    Decision.CLOSE: _("Leave everything as it is and close"),
}


def _happens(decision: Decision, facts: Facts) -> Iterator[Text]:
    yield from _happens_to_standing(decision, _live(facts.standing))
    yield from _happens_to_contested(decision, _live(facts.contested))
    if decision in (Decision.NOTIFY_AGAIN, Decision.CLOSE):
        yield _("No contract changes.")
    if decision != Decision.NOTIFY_AGAIN:
        yield from (_given_up(lost) for lost in facts.lost)


def _happens_to_standing(decision: Decision, standing: Side | None) -> Iterator[Text]:
    if standing is None:
        return
    if decision in (Decision.REPLACE, Decision.NEITHER, Decision.TERMINATE):
        yield _ended(standing)
    if decision in (Decision.KEEP_STANDING, Decision.SAME_CONTRACT):
        yield format_lazy(_("The contract with {bank} goes on unchanged."), bank=standing.bank)
    if decision == Decision.RESUME:
        yield format_lazy(_("The contract with {bank} is debited again."), bank=standing.bank)


def _happens_to_contested(decision: Decision, contested: Side | None) -> Iterator[Text]:
    if contested is None:
        return
    if decision in (Decision.KEEP_STANDING, Decision.NEITHER):
        yield _ended(contested)
    if decision == Decision.SAME_CONTRACT:
        yield format_lazy(
            _("The second entry of {bank} is closed without a word to it."), bank=contested.bank
        )
    if decision in (Decision.REPLACE, Decision.ACCEPT):
        yield format_lazy(
            _("The contract with {bank} becomes formal: from now on it is debited there."),
            bank=contested.bank,
        )


def _ended(side: Side) -> Text:
    if side.state in FORMAL:
        return format_lazy(_("The contract with {bank} ends: no more debits there."), bank=side.bank)
    return format_lazy(_("The signing at {bank} ends; nothing was ever debited there."), bank=side.bank)


def _given_up(lost: Lost) -> Text:
    return format_lazy(
        _("Given up: “{title}”, which {partner} did not take."), title=lost.title, partner=lost.partner
    )


def _told(decision: Decision, facts: Facts) -> Iterator[Told]:
    """In the order the messages are promised."""
    standing, contested = _live(facts.standing), _live(facts.contested)
    if standing and decision in (Decision.REPLACE, Decision.NEITHER, Decision.TERMINATE):
        yield from _told_of_the_end(standing, facts.province)
    if contested and decision in (Decision.KEEP_STANDING, Decision.NEITHER):
        yield from _told_of_the_end(contested, facts.province)
    if standing and decision == Decision.RESUME:
        yield Told(facts.province, format_lazy(_("the contract with {bank} goes on"), bank=standing.bank))
    if facts.standing and decision == Decision.SAME_CONTRACT:
        yield Told(facts.standing.bank, _("its contract is formal"))
    if facts.contested and decision in (Decision.REPLACE, Decision.ACCEPT):
        signed = format_lazy(_("the number is signed with {bank}"), bank=facts.contested.bank)
        yield Told(facts.province, signed)
        yield Told(facts.contested.bank, _("its contract is formal"))


def _told_of_the_end(side: Side, province: Text) -> Iterator[Told]:
    if side.state in FORMAL:
        yield Told(province, format_lazy(_("the contract with {bank} ended"), bank=side.bank))
    yield Told(side.bank, _("cancel the contract"))


def _told_again(facts: Facts) -> tuple[Told, ...]:
    return tuple(Told(lost.partner, lost.title) for lost in facts.lost)


def _live(side: Side | None) -> Side | None:
    return None if side is None or side.is_over else side
