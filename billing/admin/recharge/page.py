"""What the page of one recharge shows: what happened in one sentence, both legs, its entries, messages and bills."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from billing.admin.columns import BILL_COLOURS, RECHARGE_COLOURS
from billing.admin.recharge.actions import buttons
from billing.admin.sheet import NOTHING, Note, Sheet, Table, day, link, moment, money
from billing.facts import recharge_facts
from billing.models import JournalEntry, Recharge
from billing.sentences import of_recharge
from billing.states import RechargeState
from unipay import clock
from unipay.backoffice.admin.waiting import WaitingProposal, waiting_for
from unipay.backoffice.subscriber import Cell, Subscriber
from unipay.messaging.models import OutboundMessage
from unipay.partners import known_reasons

MOST_ROWS = 20
MESSAGE_COLOURS = {
    "PENDING": "info",
    "DELIVERED": "success",
    "REFUSED": "danger",
    "DEAD": "danger",
    "CANCELLED": "",
}


class RechargePage:
    """The page of one recharge for one person."""

    def __init__(self, recharge: Recharge, person: Any, now: datetime) -> None:
        self.recharge, self.person, self.now = recharge, person, now

    @cached_property
    def waiting(self) -> WaitingProposal | None:
        """What waits for a second person."""
        return waiting_for(self.person, self.recharge.subject)

    @property
    def sheet(self) -> Sheet:
        """Return the page."""
        recharge = self.recharge
        facts = recharge_facts(recharge)
        return Sheet(
            name=recharge.get_source_display(),
            badge=recharge.get_state_display(),
            colour=RECHARGE_COLOURS[recharge.state],
            aside=recharge.recharge_no,
            sentence=of_recharge(facts, today=clock.business_date(self.now)),
            notes=list(self._notes()),
            facts=self._facts(),
            buttons=list(buttons(recharge, self.person)),
            tables=(self._legs(), self._bills(), self._entries(), self._messages()),
        )

    def _notes(self) -> Iterator[Note]:
        recharge = self.recharge
        if recharge.landing_error:
            yield Note(
                _("The other side says: %(why)s") % {"why": _said(recharge.landing_error)}, "error", "bad"
            )
        if recharge.state == RechargeState.PAID and recharge.next_landing_at:
            at = moment(recharge.next_landing_at)
            yield Note(
                ngettext(
                    "It was asked for %(count)d time; it is looked at again at %(at)s.",
                    "It was asked for %(count)d times; it is looked at again at %(at)s.",
                    recharge.landing_attempts,
                )
                % {"count": recharge.landing_attempts, "at": at},
                "hourglass_top",
            )

    def _facts(self) -> list[tuple[Any, Cell]]:
        recharge = self.recharge
        number = Subscriber(recharge.msisdn) if recharge.msisdn else None
        return [
            (pgettext("recharge", "amount"), money(recharge.amount_fen)),
            (_("mobile number"), Cell(number.masked, address=number.address) if number else Cell(NOTHING)),
            (_("agreement number"), Cell(recharge.agreement_no or NOTHING)),
            (_("bank"), Cell(recharge.bank.title, recharge.bank.code)),
            (_("province"), Cell(recharge.province.title)),
            (_("business date"), Cell(day(recharge.business_date))),
            (_("bank's request number"), Cell(recharge.request_no or NOTHING)),
            (_("bank's transaction number"), Cell(recharge.bank_transaction_no or NOTHING)),
            (_("debit item"), link(recharge.item, self.person)),
            *self._way_back(),
        ]

    def _way_back(self) -> Iterator[tuple[Any, Cell]]:
        recharge = self.recharge
        if recharge.back_reason or recharge.back_no:
            yield _("why it goes back"), Cell(recharge.back_reason or NOTHING, recharge.back_no)
            yield pgettext("time", "asked back"), Cell(moment(recharge.back_asked_at))
            yield pgettext("time", "gone back"), Cell(moment(recharge.over_at))

    def _legs(self) -> Table:
        recharge, person = self.recharge, self.person
        credited = recharge.landed_at
        rows = [
            [
                Cell(_("paid at the bank")),
                Cell(recharge.bank.title),
                Cell(moment(recharge.paid_at)),
                link(recharge.paid_entry, person),
                money(recharge.amount_fen),
            ],
            [
                Cell(_("credited at the province") if credited else _("not credited at the province")),
                Cell(recharge.province.title),
                Cell(moment(credited)),
                link(recharge.landed_entry, person),
                money(recharge.amount_fen if credited else None),
            ],
        ]
        headers = (
            _("leg"),
            _("at"),
            pgettext("time", "when"),
            pgettext("ledger", "entry"),
            pgettext("recharge", "amount"),
        )
        return Table(_("both legs"), headers, rows, "", right=frozenset({4}))

    def _bills(self) -> Table:
        found = self.recharge.settlements.select_related("bill").order_by("id")[:MOST_ROWS]
        return Table(
            _("bills it paid"),
            (
                _("bill number"),
                _("billing month"),
                _("state"),
                pgettext("time", "settled"),
                pgettext("bill", "amount"),
            ),
            [
                [
                    link(each.bill, self.person),
                    Cell(f"{each.bill.billing_month:%Y-%m}"),
                    Cell(each.bill.get_state_display(), colour=BILL_COLOURS[each.bill.state]),
                    Cell(
                        moment(each.settled_at),
                        _("reversed %(at)s") % {"at": moment(each.reversed_at)} if each.reversed_at else "",
                    ),
                    money(each.amount_fen),
                ]
                for each in found
            ],
            _("It paid no bill."),
            right=frozenset({4}),
        )

    def _entries(self) -> Table:
        found = JournalEntry.objects.filter(subject=self.recharge.subject).order_by("id")[:MOST_ROWS]
        return Table(
            _("entries in the ledger"),
            (
                pgettext("ledger", "entry"),
                _("kind"),
                _("business date"),
                pgettext("time", "posted"),
                pgettext("ledger", "amount"),
            ),
            [
                [
                    link(each, self.person),
                    Cell(each.get_kind_display()),
                    Cell(day(each.business_date)),
                    Cell(moment(each.posted_at)),
                    money(each.amount_fen),
                ]
                for each in found
            ],
            _("No entry names it."),
            right=frozenset({4}),
        )

    def _messages(self) -> Table:
        found = OutboundMessage.objects.filter(subject=self.recharge.subject).select_related("partner")
        return Table(
            _("what partners were asked"),
            (_("message"), _("to"), _("state"), _("promised")),
            [
                [
                    link(each, self.person, each.title),
                    Cell(each.partner.title),
                    Cell(each.get_state_display(), each.last_error, MESSAGE_COLOURS[each.state]),
                    Cell(moment(each.created_at)),
                ]
                for each in found.order_by("-id")[:MOST_ROWS]
            ],
            _("No message is about it alone; many are credited in one."),
        )


def _said(reason: str) -> str:
    """A reason in words where it is one of ours; else as the partner wrote it."""
    return str(known_reasons.fitting("").get(reason, reason))
