"""What became of a subscriber's money, in one sentence each, as customer service reads it out. Facts in, words out."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from billing.states import BillState, FollowUp, ItemState, RechargeState
from unipay.errors import Text
from unipay.money import format_yuan

_TEENS = (11, 12, 13)


@dataclass(frozen=True)
class RechargeFacts:
    """One recharge: `back_on` is when the money went back, `refund_by` the last day by which it is credited or goes
    back, `why` the reason it goes back. `is_debit`: the bank debited it of itself; `is_exported`: offline, and not
    confirmed by the bank yet; `is_unanswered`: never answered; `has_payer_ended`: its contract or mandate has since."""

    state: str
    amount_fen: int
    bank: str
    taken_on: date
    back_on: date | None = None
    refund_by: date | None = None
    why: str = ""
    is_debit: bool = False
    is_exported: bool = False
    is_unanswered: bool = False
    has_payer_ended: bool = False


@dataclass(frozen=True)
class DebitFacts:
    """One debit: `failure` is our reason in words, `next_on` the next day the bank is asked, where it is known,
    `is_unanswered` whether people ended it as its bank never answered, `has_payer_ended` whether its contract or
    mandate has ended since."""

    state: str
    asked_fen: int
    bank: str
    debit_on: date
    debited_fen: int = 0
    failure: Text = ""
    follow_up: str = ""
    next_on: date | None = None
    is_unanswered: bool = False
    has_payer_ended: bool = False


@dataclass(frozen=True)
class BillFacts:
    """One bill: what is still open of it, and whether a bank is being asked for it now."""

    state: str
    amount_fen: int
    open_fen: int
    month: date
    due_on: date
    is_asked: bool = False


def of_recharge(facts: RechargeFacts, *, today: date) -> str:
    """Return what became of a recharge, or of what a debit brought."""
    said = {
        "amount": yuan(facts.amount_fen),
        "bank": facts.bank,
        "day": day_words(facts.taken_on, today),
        "back": day_words(facts.back_on, today) if facts.back_on else "",
        "last": day_words(facts.refund_by, today) if facts.refund_by else "",
        "why": facts.why.rstrip(" .。"),
    }
    said["taken"] = _taken(facts) % said
    if facts.is_unanswered:
        return _never_answered(facts.state, said)
    match facts.state:
        case RechargeState.LANDED if facts.is_exported:
            text = _(
                "%(amount)s asked of %(bank)s %(day)s and credited already; the bank has not confirmed it."
            )
            return _with_end(text % said, facts)
        case RechargeState.LANDED:
            return _("%(taken)s, credited.") % said
        case RechargeState.PAID if facts.refund_by and facts.refund_by < today:
            return (
                _("%(taken)s, not credited; its refund was due %(last)s and waits for bank or province.")
                % said
            )
        case RechargeState.PAID if facts.refund_by:
            return _("%(taken)s, not credited yet, retrying; refund at the latest %(last)s.") % said
        case RechargeState.PAID:
            return _("%(taken)s, not credited yet, retrying.") % said
    return _going_back(facts.state, said)


def _taken(facts: RechargeFacts) -> str:
    """Debited by the bank itself, or paid in there by somebody: Chinese tells the two apart."""
    if facts.is_debit:
        return _("%(amount)s taken by %(bank)s %(day)s")
    return pgettext("paid in", "%(amount)s taken by %(bank)s %(day)s")


def _never_answered(state: str, said: dict[str, str]) -> str:
    match state:
        case RechargeState.REVERSED:
            text = _(
                "%(amount)s asked of %(bank)s %(day)s, never answered; the credit was taken back: %(why)s."
            )
        case RechargeState.LANDED:
            text = _(
                "%(amount)s asked of %(bank)s %(day)s, never answered; it stays credited, as the province won't take "
                "it back."
            )
        case _:
            text = _(
                "%(amount)s asked of %(bank)s %(day)s, never answered; the credit is being taken back: %(why)s."
            )
    return text % said


def _with_end(told: str, facts: RechargeFacts | DebitFacts) -> str:
    """A debit in flight runs out when its contract ends (domain.md A3): whoever asks must hear so."""
    if not facts.has_payer_ended:
        return told
    return _("%(told)s The contract has ended since; what the bank still debits counts all the same.") % {
        "told": told
    }


def _going_back(state: str, said: dict[str, str]) -> str:
    match state:
        case RechargeState.TAKING_BACK:
            text = _("%(taken)s; the credit is being taken back: %(why)s.")
        case RechargeState.REVERSED:
            text = _("%(amount)s of %(bank)s %(day)s was reversed, nothing was charged: %(why)s.")
        case RechargeState.REFUND_OWED:
            text = _("%(taken)s, not credited; the bank is to give it back: %(why)s.")
        case RechargeState.REFUNDED:
            text = _("%(taken)s, given back %(back)s: %(why)s.")
        case _:
            text = _("%(taken)s.")
    return text % said


def of_debit(facts: DebitFacts, *, today: date) -> str:
    """Return what became of a debit that brought nothing, or not all, or is still under way."""
    said = {
        "amount": yuan(facts.asked_fen),
        "debited": yuan(facts.debited_fen),
        "bank": facts.bank,
        "day": day_words(facts.debit_on, today),
        "why": facts.failure or _("the bank gave no reason we know"),
        "next": _what_follows(facts, today),
    }
    match facts.state:
        case ItemState.SELECTED:
            text = _("%(amount)s will be asked of %(bank)s %(day)s.")
        case ItemState.SENT:
            text = _("%(amount)s asked of %(bank)s %(day)s; the bank has not answered yet.")
            return _with_end(text % said, facts)
        case ItemState.FAILED:
            text = _("%(amount)s not debited by %(bank)s %(day)s: %(why)s; %(next)s.")
        case ItemState.PARTLY_SETTLED:
            text = _("%(debited)s of %(amount)s taken by %(bank)s %(day)s; the rest stays due.")
        case ItemState.WITHDRAWN if facts.is_unanswered:
            text = _(
                "%(amount)s asked of %(bank)s %(day)s; the bank never answered, and it is no longer asked."
            )
        case ItemState.WITHDRAWN:
            text = _("%(amount)s of %(bank)s %(day)s was withdrawn before the bank debited it.")
        case _:
            text = _("%(debited)s taken by %(bank)s %(day)s.")
    return text % said


def of_company_debit(facts: DebitFacts, *, agreement_no: str, today: date) -> str:
    """Return what became of this number's part of a debit of its company, which pays by an agreement number."""
    said = {"agreement": agreement_no, "told": of_debit(facts, today=today)}
    return _("By its company's agreement %(agreement)s: %(told)s") % said


def of_bill(facts: BillFacts, *, today: date) -> str:
    """Return how a bill stands."""
    said = {
        "amount": yuan(facts.amount_fen),
        "open": yuan(facts.open_fen),
        "month": f"{facts.month:%Y-%m}",
        "due": day_words(facts.due_on, today),
        "since": f"{facts.due_on:%Y-%m-%d}",
    }
    if facts.state == BillState.CANCELLED:
        return _("%(month)s: %(amount)s, taken back by the province.") % said
    if facts.state == BillState.SETTLED:
        return _("%(month)s: %(amount)s, paid.") % said
    if facts.is_asked:
        return _("%(month)s: %(open)s of %(amount)s open; a bank is being asked for it.") % said
    if facts.due_on < today:
        return _("%(month)s: %(open)s of %(amount)s open, overdue since %(since)s.") % said
    return _("%(month)s: %(open)s of %(amount)s open, due %(due)s.") % said


def yuan(fen: int) -> str:
    """Return an amount as it is said: "50.00 yuan"."""
    return pgettext("amount of money", "%(amount)s yuan") % {"amount": format_yuan(fen)}


def day_words(day: date, today: date) -> str:
    """Return a day as it is said: "on the 5th" within this month, "on 2026-10-25" otherwise."""
    is_english = (get_language() or "").startswith("en")
    if (day.year, day.month) != (today.year, today.month):
        return pgettext("date", "on %(day)s") % {"day": f"{day:%Y-%m-%d}"}
    number = f"{day.day}{_suffix(day.day)}" if is_english else f"{day.day}"
    return pgettext("day of the month", "on the %(number)s") % {"number": number}


def _suffix(number: int) -> str:
    if number % 100 in _TEENS:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _what_follows(facts: DebitFacts, today: date) -> str:
    match facts.follow_up:
        case FollowUp.SUSPEND:
            return _("the contract is suspended")
        case FollowUp.CASE:
            return _("people look into it")
        case FollowUp.GIVE_UP:
            return _("it is not presented again")
    if facts.next_on:
        return _("presented again %(day)s") % {"day": day_words(facts.next_on, today)}
    return _("presented again next time")
