"""The dates on which it is debited: planned by the calendar, moved or skipped by hand."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display

from billing.admin.forms import MoveForm
from billing.admin.run.opening import what_if_of
from billing.admin.sheet import NOTHING, Button, Sheet, day, link
from billing.admin.window import MoneyWindow
from billing.debit_errors import DEBIT_DATE_OVER
from billing.flows import debit_calendar
from billing.models import DebitDate
from unipay import clock
from unipay.backoffice.admin.confirmation import Preview, Question
from unipay.backoffice.admin.deeds import Deed, DeedsMixin, RemarkForm, address_of
from unipay.backoffice.subscriber import Cell
from unipay.errors import Text


def _if_free(effect: Text) -> Callable[[Any], Preview]:
    def preview(row: DebitDate) -> Preview:
        return Preview(refusal=DEBIT_DATE_OVER.title) if row.run_id else Preview(effects=(effect,))

    return preview


_MOVE = Question(
    title=gettext_lazy("Move this debit date?"),
    warning="",
    button=gettext_lazy("Move it"),
    preview=_if_free(gettext_lazy("Its run begins on the other day; a holiday is not avoided then.")),
    form_class=MoveForm,
    is_dangerous=False,
)
_SKIP = Question(
    title=gettext_lazy("Skip this debit date?"),
    warning="",
    button=gettext_lazy("Skip it"),
    preview=_if_free(gettext_lazy("No run begins on it; what is due waits for the next date.")),
    form_class=RemarkForm,
)
_RESTORE = Question(
    title=gettext_lazy("Let this date count again?"),
    warning="",
    button=gettext_lazy("Let it count"),
    preview=_if_free(gettext_lazy("Its run begins on its day.")),
    form_class=RemarkForm,
    is_dangerous=False,
)


def _move(row: DebitDate, said: dict[str, Any], _by_id: Any) -> object:
    return debit_calendar.move(row.pk, to=said["to"], remark=said["remark"], now=clock.now())


def _skip(row: DebitDate, said: dict[str, Any], _by_id: Any) -> object:
    return debit_calendar.skip(row.pk, remark=said["remark"])


def _restore(row: DebitDate, said: dict[str, Any], _by_id: Any) -> object:
    return debit_calendar.restore(row.pk, remark=said["remark"])


@admin.register(DebitDate)
class DebitDateAdmin(DeedsMixin, MoneyWindow):
    """The list of dates, and the page of one with what may be done about it."""

    empty_text = gettext_lazy(
        "No date is planned: the calendar plans two months ahead for every active arrangement."
    )
    list_display = ("date", "bank", "way", "planned_date", "standing", "remark")
    list_display_links = ("date",)
    list_filter = (("arrangement", admin.RelatedOnlyFieldListFilter), "is_skipped", "is_moved_by_hand")
    list_select_related = ("arrangement__bank", "run")
    ordering = ("-date", "-id")
    deeds: ClassVar[dict[str, Deed]] = {
        "move": Deed(_MOVE, "billing.change_debitdate", _move, gettext_lazy("moved")),
        "skip": Deed(_SKIP, "billing.change_debitdate", _skip, gettext_lazy("skipped")),
        "restore": Deed(_RESTORE, "billing.change_debitdate", _restore, gettext_lazy("restored")),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[DebitDate]:
        """Fetch what is named along."""
        rows: QuerySet[DebitDate] = super().get_queryset(request)
        return rows.select_related("arrangement__bank", "run")

    def sheet(self, request: HttpRequest, row: Any) -> Sheet:
        """Return the date with what may be done about it."""
        may_change = request.user.has_perm("billing.change_debitdate")
        may_look_ahead = request.user.has_perm("billing.open_debitrun")
        return Sheet(
            name=f"{row.arrangement.bank.title} · {row.arrangement.get_way_display()} · {day(row.date)}",
            badge=_("skipped") if row.is_skipped else "",
            facts=[
                (_("planned"), Cell(day(row.planned_date))),
                (_("date"), Cell(day(row.date), _why_moved(row))),
                (_("remark"), Cell(row.remark or NOTHING)),
                (_("debit run"), link(row.run, request.user)),
            ],
            buttons=[
                *(_look_ahead(row) if may_look_ahead else ()),
                *(_changes(row) if may_change else ()),
            ],
        )

    @display(
        description=gettext_lazy("state"),
        label={"skipped": "warning", "moved": "info", "opened": "success", "planned": ""},
    )
    def standing(self, row: DebitDate) -> tuple[str, Text]:
        """Return what became of the date, or that it stands as the calendar planned it."""
        if row.is_skipped:
            return "skipped", _("skipped")
        if row.run:
            return "opened", row.run.get_state_display()
        return ("moved", _why_moved(row)) if row.date != row.planned_date else ("planned", _("planned"))

    @admin.display(description=gettext_lazy("bank"))
    def bank(self, row: DebitDate) -> str:
        """Return who is asked."""
        return row.arrangement.bank.title

    @admin.display(description=pgettext_lazy("debit", "way"))
    def way(self, row: DebitDate) -> str:
        """Return how it is debited."""
        return row.arrangement.get_way_display()


def _why_moved(row: DebitDate) -> Text:
    if row.is_moved_by_hand:
        return _("moved by hand")
    return _("moved off a holiday") if row.date != row.planned_date else ""


def _look_ahead(row: DebitDate) -> list[Button]:
    if row.run_id:
        return []
    return [Button(_("What would its run do?"), what_if_of(row.arrangement, row.date))]


def _changes(row: DebitDate) -> list[Button]:
    why_not = DEBIT_DATE_OVER.title if row.run_id else ""
    move = Button(_("Move it …"), address_of(row, "move"), why_not=why_not)
    if row.is_skipped:
        return [move, Button(_("Let it count again …"), address_of(row, "restore"), why_not=why_not)]
    return [move, Button(_("Skip it …"), address_of(row, "skip"), is_dangerous=True, why_not=why_not)]
