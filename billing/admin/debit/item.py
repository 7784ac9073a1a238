"""Debit items to look at: what was asked of a bank for whom, what it answered, and down to the bills."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from billing import reasons
from billing.admin.columns import (
    BILL_COLOURS,
    ITEM_COLOURS,
    OfRow,
    WordFilter,
    agreement_number,
    amount,
    bank_title,
    number_and_agreement,
)
from billing.admin.debit.ending import OF_ITEM, RIGHT, button_of_item
from billing.admin.sheet import NOTHING, Sheet, Table, day, link, moment, money
from billing.admin.window import MoneyWindow
from billing.facts import debit_facts, recharge_facts
from billing.models import DebitBatch, DebitItem, DebitRun, Recharge, ReturnLine
from billing.sentences import of_debit, of_recharge
from billing.states import ItemState, RechargeState
from unipay import clock, msisdn
from unipay.backoffice.admin import RevealMixin, state_badge
from unipay.backoffice.admin.deeds import DeedsMixin
from unipay.backoffice.admin.waiting import waiting_for
from unipay.backoffice.subscriber import Cell, Subscriber

MOST_ROWS = 50


def item_number(term: str) -> str:
    """Read the number of an item: figures alone; raises ValueError."""
    if not term.isdecimal() or len(term) > 32 or len(term) < 12:
        raise ValueError("not the number of a debit item")
    return term


class ReasonFilter(admin.SimpleListFilter):
    """Why items failed, within a run."""

    title = gettext_lazy("why not debited")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return our reasons."""
        return list(reasons.titles().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the failed items of the reason."""
        if self.value() is None:
            return queryset
        return queryset.filter(state=ItemState.FAILED, reason_code=self.value())


@admin.register(DebitItem)
class DebitItemAdmin(DeedsMixin, RevealMixin, MoneyWindow):
    """The list of items, and the page of one down to its bills."""

    empty_text = gettext_lazy("No bank was asked for anything yet: open a run, or wait for the calendar to.")
    province_field = "province"
    list_display = (
        "item_no",
        "asked_of",
        bank_title,
        amount("asked_fen", description=pgettext_lazy("money", "asked for")),
        amount("debited_fen", description=gettext_lazy("debited")),
        "state_badge",
        "why",
    )
    list_display_links = ("item_no",)
    list_filter = (
        OfRow.by_number(DebitRun, "run_no", name="run", title=gettext_lazy("debit run")),
        OfRow.by_number(DebitBatch, "batch_no", name="batch", title=gettext_lazy("batch")),
        WordFilter.of(ItemState, gettext_lazy("state"), name="state"),
        ReasonFilter,
    )
    list_select_related = ("bank", "province")
    search_by = (
        ("msisdn", msisdn.normalise),
        ("item_no", item_number),
        ("shares__bill__agreement_no", agreement_number),
    )
    search_help_text = gettext_lazy("Whole mobile number, item number or agreement number")
    reveals = revealed_in_files = ("msisdn",)
    deeds = {"end": OF_ITEM}
    actions = ("end_unanswered",)
    state_badge = state_badge(ITEM_COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DebitItem]:
        """Fetch the title of each reason along."""
        items: QuerySet[DebitItem] = super().get_queryset(request)
        return items.annotate(reason_title=reasons.title_by("reason_code"))

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """Within a run or batch as its index has them; else the newest first."""
        if not {"run", "batch"} & set(request.GET):
            return ("-id",)
        return ("id",) if {"state", "reason"} & set(request.GET) else ("state", "id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Items of an agreement are found by its bills, each item once."""
        rows, _may = super().get_search_results(request, queryset, search_term)
        return rows, bool(search_term.strip())

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Whether the person may propose that a bank is no longer asked; for which items, the flow says."""
        return bool(request.user.has_perm(RIGHT))

    @admin.action(description=gettext_lazy("End what the bank never answered …"), permissions=["end"])
    def end_unanswered(self, request: HttpRequest, queryset: QuerySet[DebitItem]) -> HttpResponse | None:
        """Propose to end the chosen items, each by itself."""
        return self.ask(request, queryset.order_by("id"), OF_ITEM)

    def shown(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the item, and what waits for a second person."""
        return {**super().shown(request, row), "waiting": waiting_for(request.user, row.subject)}

    def sheet(self, request: HttpRequest, row: Any) -> Sheet:
        """Return the item with its bills and what the bank said."""
        item = DebitItem.objects.select_related(
            "run__arrangement", "bank", "province", "batch", "contract", "mandate"
        ).get(pk=row.pk)
        item.contract = row.contract
        return _sheet(item, request.user)

    @admin.display(description=gettext_lazy("number or agreement"))
    def asked_of(self, item: DebitItem) -> SafeString | str:
        """Return the number, masked, or the agreement of a corporate one."""
        return number_and_agreement(item)

    @admin.display(description=gettext_lazy("why not debited"))
    def why(self, item: Any) -> str:
        """Return our reason for a failure, with the bank's code."""
        return (
            reasons.in_words(item.reason_title or item.reason_code, item.bank_code)
            if item.state == ItemState.FAILED
            else NOTHING
        )


def _sheet(item: DebitItem, person: Any) -> Sheet:
    recharge = Recharge.objects.filter(item=item).select_related("bank", "item").first()
    today = clock.business_date(clock.now())
    is_told_by_recharge = recharge is not None and item.state != ItemState.PARTLY_SETTLED
    failure = reasons.title_of(item.reason_code) or item.bank_code
    sentences = [] if is_told_by_recharge else [of_debit(debit_facts(item, failure=failure), today=today)]
    if recharge and (is_told_by_recharge or recharge.state != RechargeState.LANDED):
        sentences.append(of_recharge(recharge_facts(recharge), today=today))
    return Sheet(
        name=f"{item.bank.title} · {item.run.arrangement.get_way_display()} · {day(item.run.debit_date)}",
        badge=item.get_state_display(),
        colour=ITEM_COLOURS[item.state],
        aside=item.item_no,
        sentence=" ".join(sentences),
        facts=_facts(item, recharge, person),
        buttons=tuple(button_of_item(item, person)),
        tables=(_bills(item, person), _answers(item, person)),
    )


def _facts(item: DebitItem, recharge: Recharge | None, person: Any) -> list[tuple[Any, Cell]]:
    number = Subscriber(item.msisdn) if item.msisdn else None
    return [
        (pgettext("money", "asked for"), money(item.asked_fen)),
        (_("debited"), money(item.debited_fen)),
        (_("mobile number"), Cell(number.masked, address=number.address) if number else Cell(NOTHING)),
        (_("agreement number"), Cell(item.agreement_no or NOTHING)),
        (_("province"), Cell(item.province.title)),
        (_("debit run"), link(item.run, person, item.run.run_no)),
        (_("batch"), Cell(item.batch.batch_no if item.batch else NOTHING)),
        (_("contract"), link(item.contract, person))
        if item.contract
        else (_("mandate"), link(item.mandate, person)),
        (_("recharge"), link(recharge, person)),
        (_("attempt"), Cell(str(item.attempt))),
        (_("bank's result code"), Cell(item.bank_code or NOTHING, reasons.title_of(item.reason_code))),
        (_("what follows"), Cell(item.get_follow_up_display() or NOTHING)),
        (_("bank's transaction number"), Cell(item.bank_transaction_no or NOTHING)),
        (pgettext("time", "settled"), Cell(moment(item.settled_at))),
    ]


def _bills(item: DebitItem, person: Any) -> Table:
    found = item.shares.select_related("bill").order_by("bill__billing_month", "id")[:MOST_ROWS]
    return Table(
        _("bills it asks for"),
        (
            _("bill number"),
            _("mobile number"),
            _("billing month"),
            _("state"),
            pgettext("money", "asked for"),
            pgettext("bill", "settled"),
        ),
        [
            [
                link(each.bill, person),
                Cell(msisdn.mask(each.bill.msisdn)),
                Cell(f"{each.bill.billing_month:%Y-%m}"),
                Cell(each.bill.get_state_display(), colour=BILL_COLOURS[each.bill.state]),
                money(each.asked_fen),
                money(each.settled_fen),
            ]
            for each in found
        ],
        _("It asks for no bill any more: another payment was faster."),
        right=frozenset({4, 5}),
    )


def _answers(item: DebitItem, person: Any) -> Table:
    found = ReturnLine.objects.filter(item_no=item.item_no).select_related("returned").order_by("id")
    return Table(
        _("what the bank's files said of it"),
        (
            _("return"),
            pgettext("file", "line"),
            _("bank's result code"),
            _("effect"),
            _("remark"),
            _("debited"),
        ),
        [
            [
                link(each.returned, person),
                Cell(f"{each.line_no:,}"),
                Cell(each.result_code),
                Cell(each.get_effect_display()),
                Cell(each.remark or NOTHING),
                money(each.debited_fen),
            ]
            for each in found[:MOST_ROWS]
        ],
        _("No return file has spoken of it yet."),
        right=frozenset({1, 5}),
    )
