"""What the page of a number shows of money: bills, and every debit and recharge in one sentence."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, Min, OuterRef, Sum, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from billing import reasons
from billing.admin.columns import BILL_COLOURS, ITEM_COLOURS, RECHARGE_COLOURS
from billing.admin.sheet import day, money, page
from billing.facts import bill_facts, debit_facts, recharge_facts
from billing.models import Bill, DebitDate, DebitItem, DebitShare, Recharge
from billing.sentences import DebitFacts, of_bill, of_company_debit, of_debit, of_recharge
from billing.states import BillState, FollowUp, ItemState
from unipay import clock
from unipay.backoffice.admin.narrowing import within_provinces
from unipay.backoffice.subscriber import Cell, Fact, Part, Section, Subscriber, register
from unipay.money import format_money

MOST_ROWS = 8
_PAYERS = ("contract", "mandate")


def bills(subscriber: Subscriber) -> Part:
    """Return the bills, what is due first, and at a glance how much is due in all, shown or not."""
    today = _today()
    is_asked = Exists(DebitShare.objects.filter(bill=OuterRef("pk"), is_open=True))
    rows = Bill.objects.filter(msisdn=subscriber.msisdn).annotate(is_asked=is_asked)
    seen = within_provinces(rows, subscriber.user, "province")
    is_over = Case(When(state=BillState.DUE, then=0), default=1)
    latest = seen.order_by(is_over, "-billing_month", "-id")[:MOST_ROWS]
    due = seen.filter(state=BillState.DUE).aggregate(fen=Sum(F("amount_fen") - F("settled_fen")))
    due_fen = due["fen"] or 0
    glance = Cell(format_money(due_fen), colour="warning") if due_fen else Cell(_("nothing"))
    return Part(
        rows=[
            [
                Cell(bill.bill_no, bill.get_kind_display(), address=page(bill, subscriber.user)),
                Cell(of_bill(bill_facts(bill, is_asked=bill.is_asked), today=today)),
                Cell(bill.get_state_display(), colour=BILL_COLOURS[bill.state]),
                money(bill.open_fen),
            ]
            for bill in latest
        ],
        more=subscriber.list_of(Bill),
        facts=[Fact(pgettext("bills", "due"), glance)],
    )


def payments(subscriber: Subscriber) -> Part:
    """Return the latest recharges and debits together, the newest first, each in one sentence."""
    today = _today()
    recharges = _latest_recharges(subscriber)
    debits = [*_latest_debits(subscriber), *_latest_debits_of_company(subscriber)]
    known = {recharge.item_id for recharge in recharges}
    rows = [(recharge.business_date, _recharge_row(recharge, subscriber, today)) for recharge in recharges]
    titles, next_days = reasons.titles(), _next_days(debits, today)
    rows += [
        (item.run.debit_date, _debit_row(item, subscriber, today, titles, next_days))
        for item in debits
        if item.pk not in known or item.state == ItemState.PARTLY_SETTLED
    ]
    rows.sort(key=lambda row: row[0], reverse=True)
    return Part(rows=[row for _day, row in rows[:MOST_ROWS]], more=subscriber.list_of(Recharge))


def _latest_recharges(subscriber: Subscriber) -> list[Recharge]:
    rows = (
        Recharge.objects.filter(msisdn=subscriber.msisdn)
        .select_related("bank", "item")
        .prefetch_related(*(f"item__{payer}" for payer in _PAYERS))
    )
    return list(within_provinces(rows, subscriber.user, "province").order_by("-id")[:MOST_ROWS])


def _latest_debits(subscriber: Subscriber) -> list[DebitItem]:
    rows = (
        DebitItem.objects.filter(msisdn=subscriber.msisdn)
        .select_related("bank", "run")
        .prefetch_related(*_PAYERS)
    )
    return list(within_provinces(rows, subscriber.user, "province").order_by("-id")[:MOST_ROWS])


def _latest_debits_of_company(subscriber: Subscriber) -> list[DebitItem]:
    """The debits by agreement number that have bills of this number, each with its part of what was asked and taken."""
    rows = DebitItem.objects.filter(msisdn="", shares__bill__msisdn=subscriber.msisdn)
    own = rows.annotate(own_asked_fen=Sum("shares__asked_fen"), own_settled_fen=Sum("shares__settled_fen"))
    seen = within_provinces(
        own.select_related("bank", "run").prefetch_related(*_PAYERS), subscriber.user, "province"
    )
    return list(seen.order_by("-id")[:MOST_ROWS])


def _next_days(debits: list[DebitItem], today: date) -> dict[int, date]:
    """On which day each arrangement asks again."""
    again = {item.run.arrangement_id for item in debits if item.follow_up in ("", FollowUp.RETRY)}
    coming = DebitDate.objects.filter(arrangement__in=again, date__gt=today, is_skipped=False, run=None)
    return dict(coming.order_by().values_list("arrangement").annotate(Min("date")))


def _recharge_row(recharge: Recharge, subscriber: Subscriber, today: date) -> list[Cell]:
    return [
        Cell(
            day(recharge.business_date),
            recharge.get_source_display(),
            address=page(recharge, subscriber.user),
        ),
        Cell(of_recharge(recharge_facts(recharge), today=today)),
        Cell(recharge.get_state_display(), colour=RECHARGE_COLOURS[recharge.state]),
        money(recharge.amount_fen),
    ]


def _debit_row(
    item: DebitItem, subscriber: Subscriber, today: date, titles: dict[str, str], next_days: dict[int, Any]
) -> list[Cell]:
    failure = titles.get(item.reason_code, item.reason_code or item.bank_code)
    next_on = next_days.get(item.run.arrangement_id)
    return [
        Cell(day(item.run.debit_date), _("debit"), address=page(item, subscriber.user)),
        Cell(_told(item, debit_facts(item, failure=failure, next_on=next_on), today)),
        Cell(item.get_state_display(), colour=ITEM_COLOURS[item.state]),
        money(getattr(item, "own_asked_fen", item.asked_fen)),
    ]


def _told(item: Any, facts: DebitFacts, today: date) -> str:
    """Of a company's debit only the part of this number."""
    if item.msisdn:
        return of_debit(facts, today=today)
    own = replace(facts, asked_fen=item.own_asked_fen, debited_fen=item.own_settled_fen)
    if own.state == ItemState.PARTLY_SETTLED and own.debited_fen == own.asked_fen:
        own = replace(own, state=ItemState.SETTLED)
    return of_company_debit(own, agreement_no=item.agreement_no, today=today)


def _today() -> date:
    return clock.business_date(clock.now())


register(
    Section(
        "payments",
        gettext_lazy("debits and recharges"),
        12,
        "billing.view_recharge",
        payments,
        gettext_lazy("Nothing was ever taken for this number, and no bank was asked for anything."),
        icon="payments",
        headers=(
            gettext_lazy("day"),
            gettext_lazy("what became of it"),
            gettext_lazy("state"),
            pgettext_lazy("recharge", "amount"),
        ),
    )
)
register(
    Section(
        "bills",
        gettext_lazy("bills"),
        14,
        "billing.view_bill",
        bills,
        gettext_lazy("The province has sent no bill of this number."),
        icon="receipt",
        headers=(
            gettext_lazy("bill number"),
            gettext_lazy("how it stands"),
            gettext_lazy("state"),
            pgettext_lazy("bill", "still open"),
        ),
    )
)
