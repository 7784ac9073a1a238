"""What was agreed with banks about debiting, and the dates on which it is done, moved or skipped by hand."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget as TextInput

from billing.admin.columns import bank_title, right
from billing.admin.forms import MoveForm, RemarkForm, YuanField
from billing.admin.run.opening import what_if_of
from billing.admin.sheet import NOTHING, Button, Sheet, day, link
from billing.admin.window import MoneyWindow
from billing.debit_errors import DEBIT_DATE_OVER
from billing.flows import debit_calendar
from billing.models import Arrangement, DebitDate
from billing.models.arrangement import MEANT_BY_FILES
from billing.states import RUN_OVER
from unipay import clock
from unipay.backoffice.admin import HistoryMixin, yuan
from unipay.backoffice.admin.confirmation import Preview, Question, confirmed_action
from unipay.backoffice.admin.outcomes import report_outcomes
from unipay.backoffice.subscriber import Cell
from unipay.errors import Text
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner


class ArrangementForm(forms.ModelForm):  # type: ignore[type-arg]
    """An arrangement in words and yuan."""

    minimum_fen = YuanField(
        label=gettext_lazy("least amount (yuan)"),
        initial=1,
        help_text=gettext_lazy("Less than this is left out until more is due."),
    )
    cap_fen = YuanField(
        label=gettext_lazy("most per subscriber and month (yuan)"),
        required=False,
        help_text=gettext_lazy("Empty: no limit."),
    )
    approve_above_fen = YuanField(
        label=gettext_lazy("needs approval above (yuan)"),
        initial=0,
        help_text=gettext_lazy("0: every run needs a second person."),
    )

    class Meta:
        model = Arrangement
        widgets: ClassVar[dict[str, Any]] = {"days": TextInput}
        fields = (
            "bank",
            "way",
            "is_active",
            "runs_by_itself",
            "days",
            "settles_at_export",
            "allows_partial",
            "answers_failures_only",
            "minimum_fen",
            "cap_fen",
            "approve_above_fen",
            "max_attempts",
            "split_rows",
            "days_to_answer",
        )

    def clean(self) -> dict[str, Any]:
        """What the files of an open run meant stays until the run is over; settled at export is all or nothing."""
        said = super().clean() or {}
        if said.get("settles_at_export") and said.get("allows_partial"):
            self.add_error(
                "allows_partial",
                _("A bill that is settled at export is paid in full or not at all: switch this off."),
            )
        is_open = self.instance.pk and self.instance.runs.exclude(state__in=RUN_OVER).exists()
        if is_open and MEANT_BY_FILES & set(self.changed_data):
            raise forms.ValidationError(
                _("A run of it is not over; how it is settled can change after that.")
            )
        return said


@admin.register(Arrangement)
class ArrangementAdmin(HistoryMixin, ModelAdmin):  # type: ignore[misc]
    """The arrangements; the calendar follows them."""

    form = ArrangementForm
    empty_text = gettext_lazy(
        "No bank debits anything yet. Enter what was agreed with one; the calendar plans its dates by itself."
    )
    list_display = (
        bank_title,
        "way",
        "on_days",
        "is_active",
        "runs_by_itself",
        "settles_at_export",
        "approval",
    )
    list_select_related = ("bank",)
    list_filter = ("way", "is_active")
    ordering = ("bank__code", "way")
    sortable_by = ()

    class Media:
        """The looks of money."""

        css = {"all": ("billing/billing.css",)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Runs speak of it; it is made inactive."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Runs of the past were of this bank and way."""
        return ("bank", "way") if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep it, and plan its dates at once: whoever enters it looks at the calendar next."""
        super().save_model(request, obj, form, change)
        debit_calendar.plan(now=clock.now())

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer banks only."""
        if db_field.name == "bank":
            banks: QuerySet[Partner] = Partner.objects.filter(kind=PartnerKind.BANK).order_by("code")
            kwargs["queryset"] = banks
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("days of the month"))
    def on_days(self, arrangement: Arrangement) -> str:
        """Return the days."""
        return ", ".join(map(str, sorted(arrangement.days)))

    @admin.display(description=gettext_lazy("needs approval above"))
    def approval(self, arrangement: Arrangement) -> SafeString:
        """Return the amount."""
        return right(yuan(arrangement.approve_above_fen))


@admin.register(DebitDate)
class DebitDateAdmin(MoneyWindow):
    """The list of dates, and the page of one with what may be done about it."""

    empty_text = gettext_lazy(
        "No date is planned: the calendar plans two months ahead for every active arrangement."
    )
    list_display = ("date", "bank", "way", "planned_date", "is_skipped", "is_moved_by_hand", "remark")
    list_display_links = ("date",)
    list_filter = (("arrangement", admin.RelatedOnlyFieldListFilter), "is_skipped", "is_moved_by_hand")
    list_select_related = ("arrangement__bank", "run")
    ordering = ("-date", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DebitDate]:
        """Fetch what is named along."""
        rows: QuerySet[DebitDate] = super().get_queryset(request)
        return rows.select_related("arrangement__bank", "run")

    def get_urls(self) -> list[URLPattern]:
        """Put what may be done before the admin's own addresses."""
        site: Any = self.admin_site
        doors = (("move", self.move_view), ("skip", self.skip_view), ("restore", self.restore_view))
        own = [
            path(f"<int:object_id>/{verb}/", site.admin_view(view), name=f"billing_debitdate_{verb}")
            for verb, view in doors
        ]
        return own + super().get_urls()

    def move_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Move the date to another day."""

        def verb(row: DebitDate, said: dict[str, Any]) -> object:
            return debit_calendar.move(row.pk, to=said["to"], remark=said["remark"], now=clock.now())

        return self._ask(request, object_id, _MOVE, verb, _("moved"))

    def skip_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Leave the date out."""

        def verb(row: DebitDate, said: dict[str, Any]) -> object:
            return debit_calendar.skip(row.pk, remark=said["remark"])

        return self._ask(request, object_id, _SKIP, verb, _("skipped"))

    def restore_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Let a skipped date count again."""

        def verb(row: DebitDate, said: dict[str, Any]) -> object:
            return debit_calendar.restore(row.pk, remark=said["remark"])

        return self._ask(request, object_id, _RESTORE, verb, _("restored"))

    def _ask(
        self,
        request: HttpRequest,
        object_id: int,
        question: Question,
        verb: Callable[[DebitDate, dict[str, Any]], object],
        done: Text,
    ) -> HttpResponse | None:
        if not request.user.has_perms(("billing.view_debitdate", "billing.change_debitdate")):
            raise PermissionDenied
        rows = self.get_queryset(request).filter(pk=object_id)
        if not rows.exists():
            raise Http404

        def then(chosen: list[Any], said: dict[str, Any]) -> HttpResponse:
            return report_outcomes(self, request, chosen, verb=lambda each: verb(each, said), done=done)

        return confirmed_action(self, request, rows, question=question, then=then)

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
    move = Button(_("Move it …"), _at(row, "move"), why_not=why_not)
    if row.is_skipped:
        return [move, Button(_("Let it count again …"), _at(row, "restore"), why_not=why_not)]
    return [move, Button(_("Skip it …"), _at(row, "skip"), is_dangerous=True, why_not=why_not)]


def _at(row: DebitDate, verb: str) -> str:
    return reverse(f"admin:billing_debitdate_{verb}", args=[row.pk])


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
