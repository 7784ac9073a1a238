"""What happened, what is asked, and what should somebody look at first? A manual case told to whoever opens it
(domain.md A4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from signing.states import ABOUT_MONEY, CaseReason, ContractState
from unipay.errors import Text


@dataclass(frozen=True)
class Party:
    """One contract of the case, as far as the story needs it; the indexes tell equality, not content."""

    bank: Text
    state: str
    signed_at: datetime | None = None
    account_index: str = ""
    identity_index: str = ""


@dataclass(frozen=True)
class Plot:
    """What the story is made of.

    `error`: what a partner said when it refused, or why nothing reached it; `obstacle`: why nothing was corrected.
    """

    reason: str
    province: Text
    standing: Party | None = None
    contested: Party | None = None
    partner: Text = ""
    message: Text = ""
    error: str = ""
    obstacle: Text = ""


@dataclass(frozen=True)
class Story:
    """What happened, the question people must answer, the steps that lead to the answer, and what is striking."""

    happened: Text
    question: Text
    steps: tuple[Text, ...]
    hints: tuple[Text, ...]


_COMPARE = _("Compare the two sides: what differs is marked.")
_ASK = _("Ask what each book says now.")
_CALL = _("Still in doubt? Call the subscriber or the bank, and note what they said.")
_DECIDE = _("Decide below. Before anything happens you see who will be told.")
_READ = _("Read why it was refused or lost.")
_READ_LINE = _("Read the line of the bank's file, and why it was not applied.")
_READ_SAID = _("Read what the bank or the province said of it.")
_OPEN_IT = _("Open what the case is about, and do there what is to be done.")
_CLOSE = _("Close the case below, with a remark on what was done.")
_READ_SINCE = _("Look since when the number belongs to its owner, and when it was signed.")
_IN_A_CLASH = (_COMPARE, _ASK, _CALL, _DECIDE)
_AFTER_A_FAILURE = (_READ, _ASK, _CALL, _DECIDE)
_OF_A_CORRECTION = (_READ_LINE, _ASK, _CALL, _DECIDE)
_OF_A_NUMBER = (_READ_SINCE, _ASK, _CALL, _DECIDE)
_OF_MONEY = (_READ_SAID, _OPEN_IT, _CALL, _CLOSE)
_CLASHES = (CaseReason.STANDING_CONTRACT, CaseReason.LATE_RESULT)

_HAPPENED: dict[str, Text] = {
    CaseReason.STANDING_CONTRACT: _(
        "This number had a contract with {standing} when {contested} announced another one."
    ),
    CaseReason.LATE_RESULT: _("{contested} announced a signing that had expired or been refused before."),
    CaseReason.PROVINCE_REFUSED: _("{province} refused the formal contract with {standing}."),
    CaseReason.BANK_REFUSED: _("{partner} refused “{message}”."),
    CaseReason.UNDELIVERABLE: _("“{message}” could not be delivered to {partner}."),
    CaseReason.CORRECTION_IMPOSSIBLE: _("A line of a bank's file could not be applied: {obstacle}."),
    CaseReason.NUMBER_CHANGED_HANDS: _(
        "The number changed hands after it was signed: nothing is debited until people have looked."
    ),
    CaseReason.DEBIT_FAILED: _("A debit failed for a reason that people must look at."),
    CaseReason.DEBIT_CONTRADICTION: _("A bank's file contradicts what was asked or said of a debit."),
    CaseReason.DEBIT_RETURN: _(
        "A return file answers no batch that awaits an answer; nothing of it was settled."
    ),
    CaseReason.RECHARGE_STUCK: _("Money was taken at a bank and hangs on its way to {province}, or back."),
}
_QUESTIONS: dict[str, Text] = {
    CaseReason.STANDING_CONTRACT: _("A number may have one contract only. Which one shall stand?"),
    CaseReason.LATE_RESULT: _("Shall this signing count after all?"),
    CaseReason.PROVINCE_REFUSED: _("Tell the province again, or end the contract?"),
    CaseReason.BANK_REFUSED: _("Tell the bank again, or leave it?"),
    CaseReason.UNDELIVERABLE: _("Send it again, or leave it?"),
    CaseReason.CORRECTION_IMPOSSIBLE: _("What does the bank mean, and which book is right?"),
    CaseReason.NUMBER_CHANGED_HANDS: _("Is it still the same subscriber, or shall the contract end?"),
    CaseReason.DEBIT_FAILED: _("What is wrong with the account, and who tells the subscriber?"),
    CaseReason.DEBIT_CONTRADICTION: _("What did the bank really take?"),
    CaseReason.DEBIT_RETURN: _("Which batch does the file answer, or is it not for us?"),
    CaseReason.RECHARGE_STUCK: _("Shall it be credited after all, or be given back?"),
}


def tell(plot: Plot) -> Story:
    """Return the story of a case."""
    return Story(
        happened=_happened(plot),
        question=_QUESTIONS[CaseReason.LATE_RESULT if _is_kept(plot) else plot.reason],
        steps=_steps(plot),
        hints=tuple(_hints(plot)),
    )


def _is_kept(plot: Plot) -> bool:
    """Whether the bank's contract is kept because it ended here."""
    return plot.reason == CaseReason.CORRECTION_IMPOSSIBLE and plot.contested is not None


def _steps(plot: Plot) -> tuple[Text, ...]:
    if plot.reason in _CLASHES or _is_kept(plot):
        return _IN_A_CLASH
    if plot.reason == CaseReason.NUMBER_CHANGED_HANDS:
        return _OF_A_NUMBER
    if plot.reason in ABOUT_MONEY:
        return _OF_MONEY
    return _OF_A_CORRECTION if plot.reason == CaseReason.CORRECTION_IMPOSSIBLE else _AFTER_A_FAILURE


def _happened(plot: Plot) -> Text:
    contested = plot.contested or plot.standing
    standing = plot.standing or plot.contested
    told = format_lazy(
        _("{contested} still has a contract that ended here.") if _is_kept(plot) else _HAPPENED[plot.reason],
        standing=standing.bank if standing else "—",
        contested=contested.bank if contested else "—",
        province=plot.province,
        partner=plot.partner or "—",
        message=plot.message or "—",
        obstacle=plot.obstacle or "—",
    )
    return format_lazy(_("{story} It said: {error}"), story=told, error=plot.error) if plot.error else told


def _hints(plot: Plot) -> Iterator[Text]:
    standing, contested = plot.standing, plot.contested
    if standing is None or contested is None:
        return
    if contested.state == ContractState.TERMINATED:
        yield _("The contested contract has ended meanwhile: there may be nothing left to decide.")
    elif standing.state == ContractState.TERMINATED:
        yield _("The standing contract has ended meanwhile: nothing is in the way of the contested one.")
    yield from _hints_of_persons(standing, contested)


def _hints_of_persons(standing: Party, contested: Party) -> Sequence[Text]:
    if standing.identity_index != contested.identity_index:
        return [
            _("The holders differ: perhaps the number changed hands. Ask the province how the number stands.")
        ]
    if standing.account_index != contested.account_index:
        return [_("The same person, two accounts: ask the subscriber which one to use.")]
    if str(standing.bank) == str(contested.bank):
        return [_("The same bank, person and account: probably one signing, announced twice.")]
    return []
