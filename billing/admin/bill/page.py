"""What the page of one bill shows: how it stands, what paid it, which runs asked for it, which left it out."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.admin.columns import BILL_COLOURS, ITEM_COLOURS, RECHARGE_COLOURS
from billing.admin.sheet import NOTHING, Note, Sheet, Table, day, link, moment, money
from billing.models import Bill
from billing.sentences import BillFacts, of_bill
from billing.states import BillState
from unipay.backoffice.subscriber import Cell, Subscriber

MOST_ROWS = 20


def sheet(bill: Bill, person: Any, today: date) -> Sheet:
    """Return the page."""
    attempts = list(bill.shares.select_related("item__run__arrangement__bank").order_by("-id")[:MOST_ROWS])
    is_asked = any(share.is_open for share in attempts)
    facts = BillFacts(bill.state, bill.amount_fen, bill.open_fen, bill.billing_month, bill.due_date, is_asked)
    return Sheet(
        name=f"{bill.billing_month:%Y-%m} · {bill.get_kind_display()}",
        badge=bill.get_state_display(),
        colour=BILL_COLOURS[bill.state],
        aside=bill.bill_no,
        sentence=of_bill(facts, today=today),
        notes=() if is_asked else list(_notes(bill, today)),
        facts=_facts(bill),
        tables=(_settlements(bill, person), _attempts(attempts, person), _exclusions(bill, person)),
    )


def _notes(bill: Bill, today: date) -> Any:
    if bill.state == BillState.DUE and bill.due_date < today:
        yield Note(
            _(
                "It is overdue: the next run of the number's bank asks for it, unless a reason below keeps it out."
            )
        )


def _facts(bill: Bill) -> list[tuple[Any, Cell]]:
    number = Subscriber(bill.msisdn)
    return [
        (_("mobile number"), Cell(number.masked, address=number.address)),
        (_("agreement number"), Cell(bill.agreement_no or NOTHING)),
        (_("province"), Cell(bill.province.title, bill.province_bill_no)),
        (pgettext("bill", "amount"), money(bill.amount_fen)),
        (pgettext("bill", "settled"), money(bill.settled_fen)),
        (pgettext("bill", "still open"), money(bill.open_fen)),
        (pgettext("date of a bill", "due"), Cell(day(bill.due_date))),
        (_("attempts"), Cell(str(bill.attempts))),
        (_("number belongs to its owner since"), Cell(moment(bill.joined_network_at))),
        (
            pgettext("time", "received"),
            Cell(moment(bill.received_at), _("version %(n)d") % {"n": bill.version}),
        ),
    ]


def _settlements(bill: Bill, person: Any) -> Table:
    found = bill.settlements.select_related("recharge__bank").order_by("-id")[:MOST_ROWS]
    return Table(
        _("what paid it"),
        (
            _("recharge number"),
            _("bank"),
            pgettext("time", "settled"),
            _("state"),
            pgettext("bill", "amount"),
        ),
        [
            [
                link(each.recharge, person),
                Cell(each.recharge.bank.title, each.recharge.get_source_display()),
                Cell(moment(each.settled_at)),
                Cell(
                    _("reversed %(at)s") % {"at": moment(each.reversed_at)}
                    if each.reversed_at
                    else each.recharge.get_state_display(),
                    colour="" if each.reversed_at else RECHARGE_COLOURS[each.recharge.state],
                ),
                money(each.amount_fen),
            ]
            for each in found
        ],
        _("Nothing was paid of it yet."),
        right=frozenset({4}),
    )


def _attempts(shares: list[Any], person: Any) -> Table:
    return Table(
        _("which banks were asked for it"),
        (
            _("debit item"),
            _("bank"),
            _("debit run"),
            _("state"),
            pgettext("money", "asked for"),
            pgettext("bill", "settled"),
        ),
        [
            [
                link(each.item, person, each.item.item_no),
                Cell(each.item.run.arrangement.bank.title, each.item.run.arrangement.get_way_display()),
                link(each.item.run, person, day(each.item.run.debit_date)),
                Cell(each.item.get_state_display(), each.item.reason_code, ITEM_COLOURS[each.item.state]),
                money(each.asked_fen),
                money(each.settled_fen),
            ]
            for each in shares
        ],
        _("No run has asked for it yet: runs ask for what is due on their day."),
        right=frozenset({4, 5}),
    )


def _exclusions(bill: Bill, person: Any) -> Table:
    found = bill.exclusions.select_related("run__arrangement__bank").order_by("-id")[:MOST_ROWS]
    return Table(
        _("which runs left it out"),
        (_("debit run"), _("bank"), _("reason"), pgettext("bill", "still open")),
        [
            [
                link(each.run, person, day(each.run.debit_date)),
                Cell(each.run.arrangement.bank.title, each.run.arrangement.get_way_display()),
                Cell(each.get_reason_display()),
                money(each.open_fen),
            ]
            for each in found
        ],
        _("No run has left it out."),
        right=frozenset({3}),
    )
