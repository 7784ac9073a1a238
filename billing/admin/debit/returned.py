"""Return files of banks as the settlement saw them, and their lines: what each said and the one effect it had."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from billing.admin.columns import (
    EFFECT_COLOURS,
    LINES,
    RETURN_COLOURS,
    BankFilter,
    OfRow,
    WordFilter,
    amount,
    bank_title,
    count,
    our_number,
)
from billing.admin.debit.item import item_number
from billing.admin.sheet import NOTHING, Note, Sheet, Table, link, moment, money
from billing.admin.window import MoneyWindow
from billing.models import DebitItem, DebitReturn, ReturnLine
from billing.states import LineEffect, ReturnState
from unipay.backoffice.admin import WindowAdmin, state_badge
from unipay.backoffice.dashboard import list_address
from unipay.backoffice.provinces import visible_provinces
from unipay.backoffice.subscriber import Cell

MOST_LINES = 20


@admin.register(DebitReturn)
class DebitReturnAdmin(MoneyWindow):
    """The list of return files, and the page of one with what its lines did."""

    empty_text = gettext_lazy(
        "No return file came yet. Banks put theirs into their directory or send them over the API; "
        "staff upload the others under received files."
    )
    list_display = (
        "received_at",
        bank_title,
        "state_badge",
        count("line_count", description=pgettext_lazy("file", "lines")),
        count("settled_count", description=pgettext_lazy("count", "settled")),
        amount("settled_fen", description=gettext_lazy("settled amount")),
        count("failed_count", description=gettext_lazy("failed")),
        count("odd_count", description=gettext_lazy("left to people")),
        "return_no",
    )
    list_display_links = ("received_at", "return_no")
    of_all_provinces = ("line_count", "settled_count", "settled_fen", "failed_count", "odd_count")
    list_filter = ("state", ("bank", BankFilter))
    list_select_related = ("bank", "batch__run")
    search_by = (("return_no", our_number),)
    search_help_text = gettext_lazy("Whole return number")
    state_badge = state_badge(RETURN_COLOURS)

    def sheet(self, request: HttpRequest, row: Any) -> Sheet:
        """Return the file with its counts and the lines people must look at."""
        person = request.user
        run = row.batch.run if row.batch else None
        return Sheet(
            name=row.bank.title,
            badge=row.get_state_display(),
            colour=RETURN_COLOURS[row.state],
            aside=row.return_no,
            notes=list(_notes(row)),
            facts=[
                (_("return file"), link(row.file, person)),
                (_("debit run"), link(run, person, str(run) if run else "")),
                (_("batch"), Cell(row.batch.batch_no if row.batch else NOTHING)),
                *(_counts(row, person) if visible_provinces(person) is None else ()),
                (_("failure file"), link(row.failure_file, person)),
                (pgettext("time", "received"), Cell(moment(row.received_at))),
                (pgettext("time", "settled"), Cell(moment(row.settled_at))),
            ],
            tables=(_odd_lines(row, person),),
        )


def _counts(row: DebitReturn, person: Any) -> Iterator[tuple[Any, Cell]]:
    """What the lines of all provinces did."""
    yield pgettext("file", "lines"), Cell(f"{row.line_count:,}", address=lines_of(row, person))
    yield (
        pgettext("count", "settled"),
        Cell(f"{row.settled_count:,}", address=lines_of(row, person, "SETTLED")),
    )
    yield _("settled amount"), money(row.settled_fen)
    yield _("failed"), Cell(f"{row.failed_count:,}", address=lines_of(row, person, "FAILED"))
    yield _("repeated"), Cell(f"{row.repeated_count:,}", address=lines_of(row, person, "REPEATED"))
    yield _("left to people"), Cell(f"{row.odd_count:,}")


def lines_of(row: DebitReturn, person: Any, effect: str = "") -> str:
    """Return the address of the list of the return's lines, for who may see it."""
    if not person.has_perm("billing.view_returnline"):
        return ""
    asked = {"effect": effect} if effect else {}
    return list_address(LINES, returned=row.return_no, **asked)


def _notes(row: DebitReturn) -> Iterator[Note]:
    if row.last_error:
        yield Note(_("It failed and is tried again: %(why)s") % {"why": row.last_error}, "error", "bad")
    if row.state == ReturnState.UNMATCHED:
        yield Note(
            _(
                "It answers no batch of ours that awaits an answer: nothing of it was settled, a case is open."
            ),
            "front_hand",
            "look",
        )
    if row.odd_count:
        yield Note(_("Some lines are left to people: look at them below."), "front_hand", "look")


def _odd_lines(row: DebitReturn, person: Any) -> Table:
    odd = (LineEffect.CASE, LineEffect.UNKNOWN_ITEM, LineEffect.UNKNOWN_CODE)
    found = own_lines(row.lines.filter(effect__in=odd), person).order_by("effect", "id")[:MOST_LINES]
    return Table(
        _("lines left to people"),
        (
            pgettext("file", "line"),
            _("item number"),
            _("bank's result code"),
            _("effect"),
            _("remark"),
            _("debited"),
        ),
        [
            [
                Cell(f"{each.line_no:,}"),
                Cell(each.item_no),
                Cell(each.result_code),
                Cell(each.get_effect_display(), colour=EFFECT_COLOURS[each.effect]),
                Cell(each.remark or NOTHING),
                money(each.debited_fen),
            ]
            for each in found
        ],
        _why_none(row),
        right=frozenset({0, 5}),
        more=lines_of(row, person),
        more_text=_("All lines"),
    )


def _why_none(row: DebitReturn) -> str:
    """Why no line is left to people."""
    if row.state == ReturnState.UNMATCHED:
        return _("No line had any effect, as the file answers no batch of ours: decide in its case.")
    if not row.line_count:
        return _("The file has no lines.")
    if row.state == ReturnState.OPEN:
        return _("None so far; the file is still being settled.")
    return _("Every line had its effect by itself.")


def own_lines(lines: QuerySet[ReturnLine], person: Any) -> QuerySet[ReturnLine]:
    """Return the lines about debits of the person's provinces; what is about none of ours is left to who sees all."""
    visible = visible_provinces(person)
    if visible is None:
        return lines
    home = DebitItem.objects.filter(item_no=OuterRef("item_no")).values("province_id")[:1]
    return lines.annotate(home=Subquery(home)).filter(home__in=sorted(visible))


@admin.register(ReturnLine)
class ReturnLineAdmin(WindowAdmin):
    """The list of lines, within a file by their effect."""

    empty_text = gettext_lazy("No line of a return file was read yet.")
    list_display = (
        "item_no",
        "result_code",
        amount("debited_fen", description=gettext_lazy("debited")),
        "effect_badge",
        "remark",
        count("line_no", description=pgettext_lazy("file", "line")),
        "returned",
    )
    list_display_links = None
    list_filter = (
        OfRow.by_number(DebitReturn, "return_no", name="returned", title=gettext_lazy("return")),
        WordFilter.of(LineEffect, gettext_lazy("effect"), name="effect"),
    )
    list_select_related = ("returned",)
    search_by = (("item_no", item_number),)
    search_help_text = gettext_lazy("Whole item number")
    effect_badge = state_badge(EFFECT_COLOURS, field="effect", description=gettext_lazy("effect"))

    class Media:
        """The looks of money."""

        css = {"all": ("backoffice/sheet.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReturnLine]:
        """Leave out lines about other provinces than the person's."""
        return own_lines(super().get_queryset(request), request.user)

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """Within a file as its index has them; else the newest first."""
        if "returned" not in request.GET:
            return ("-id",)
        return ("id",) if "effect" in request.GET else ("effect", "id")
