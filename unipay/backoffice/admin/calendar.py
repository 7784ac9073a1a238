"""The calendar of recurring jobs, which operations edit here (design.md 1)."""

from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_celery_beat import admin as beat
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from unipay import clock
from unipay.backoffice import timetable
from unipay.backoffice.admin.outcomes import refusal_of, report_outcomes
from unipay.backoffice.run_now import run_out_of_turn, switch
from unipay.models import TaskRun

_RUN_FIELDS = ("started_at", "duration_ms", "outcome")

admin.site.unregister([PeriodicTask, IntervalSchedule, CrontabSchedule, SolarSchedule, ClockedSchedule])


class TaskSelect(UnfoldAdminSelectWidget, beat.TaskSelectWidget):  # type: ignore[misc]
    """The registered tasks to choose from, in the back office's looks."""


class PeriodicTaskForm(beat.PeriodicTaskForm):  # type: ignore[misc]
    """A recurring job."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].widget = UnfoldAdminTextInputWidget()
        self.fields["regtask"].widget = TaskSelect()


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(beat.PeriodicTaskAdmin, ModelAdmin):  # type: ignore[misc]
    """What runs when, and why, how it went last, and when it is due next."""

    form = PeriodicTaskForm
    list_display = (
        "entry",
        "timing",
        "condition",
        "last_run",
        "outcome",
        "due",
    )
    list_filter = ("enabled",)
    ordering = ("name",)
    sortable_by = ()
    actions = ("run_chosen", "switch_on", "switch_off")
    actions_row = actions_detail = ("run_now",)
    empty_text = _("The calendar is empty: manage.py sync_schedule writes what is shipped into it.")
    readonly_fields = ("last_run_at",)
    fieldsets = (
        (None, {"fields": ("name", "regtask", "task", "enabled", "description")}),
        (
            _("When it runs"),
            {"fields": ("interval", "crontab", "solar", "clocked", "start_time", "last_run_at", "one_off")},
        ),
        *beat.PeriodicTaskAdmin.fieldsets[2:],
    )
    date_hierarchy = None
    change_form_template = None  # beat's own runs an inline script, which the policy forbids

    def get_queryset(self, request: HttpRequest) -> QuerySet[PeriodicTask]:
        """Know of each entry how its last run went."""
        runs = TaskRun.objects.filter(name=OuterRef("name"))
        last = {f"run_{field}": Subquery(runs.values(field)) for field in _RUN_FIELDS}
        entries: QuerySet[PeriodicTask] = super().get_queryset(request)
        return entries.annotate(**last)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Beat's own actions ask for no right: only who may change an entry switches it on or off."""
        actions: dict[str, Any] = super().get_actions(request)
        may_switch = self.has_change_permission(request)
        return {name: each for name, each in actions.items() if may_switch or not name.endswith("_tasks")}

    @admin.display(description=_("purpose"))
    def entry(self, task: PeriodicTask) -> SafeString:
        """Return what it is for, and its name."""
        name = format_html('<span class="font-mono font-normal text-subtle text-xs">{}</span>', task.name)
        purpose = self.purpose(task)
        return format_html("{}<br>{}", purpose, name) if purpose else name

    def purpose(self, task: PeriodicTask) -> str:
        """Return the line of the description in the reader's language: `sync_schedule` writes one for each."""
        lines = task.description.splitlines() or [""]
        order = [code for code, _name in settings.LANGUAGES].index(get_language() or settings.LANGUAGE_CODE)
        return str(lines[order] if len(lines) > len(settings.LANGUAGES) else lines[0])

    @admin.display(description=_("timing"))
    def timing(self, task: PeriodicTask) -> str:
        """Return the interval or the times."""
        return str(task.scheduler)

    @display(description=_("condition"), label={"on": "success", "late": "danger", "off": "primary"})
    def condition(self, task: Any) -> tuple[str, str]:
        """Return whether it runs as it should."""
        if not task.enabled:
            return "off", gettext("switched off")
        is_late = timetable.is_late(task.schedule, last=_last(task))
        return ("late", gettext("late")) if is_late else ("on", gettext("on time"))

    @admin.display(description=_("last run"))
    def last_run(self, task: Any) -> str:
        """Return when it began, and how long it took."""
        if not task.run_started_at:
            return "—"
        return f"{_moment(task.run_started_at)} ({task.run_duration_ms / 1000:,.2f} s)"

    @display(description=_("outcome"), label={"DONE": "success", "FAILED": "danger", "": "primary"})
    def outcome(self, task: Any) -> tuple[str, str]:
        """Return how the last run ended."""
        label = TaskRun.Outcome(task.run_outcome).label if task.run_outcome else gettext("never ran")
        return task.run_outcome or "", str(label)

    @admin.display(description=_("next run"))
    def due(self, task: Any) -> str:
        """Return when it is due."""
        if not task.enabled:
            return "—"
        return _moment(timetable.next_run(task.schedule, last=_last(task), now=clock.now()))

    @action(description=_("Run now"), icon="play_arrow", url_path="run-now", permissions=["change"])
    def run_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask a worker to run the entry out of turn, and follow it until it ran."""
        task = get_object_or_404(PeriodicTask, pk=object_id)
        if request.method == "POST":
            refusal = refusal_of(run_out_of_turn, task)
            if refusal:
                messages.error(request, refusal)
            else:
                self.log_change(request, task, gettext("asked to run"))
            return HttpResponseRedirect(request.path)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Run now")}
        context |= {"task": task, "purpose": self.purpose(task), "subtitle": task.name}
        run = TaskRun.objects.filter(name=task.name).first()
        context |= {"run": run, "was_dropped": run is not None and run.was_dropped(clock.now())}
        return TemplateResponse(request, "backoffice/run_now.html", context)

    @admin.action(description=_("Run now"), permissions=["change"])
    def run_chosen(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> HttpResponse:
        """Ask a worker to run the chosen entries out of turn."""
        return report_outcomes(self, request, queryset, verb=run_out_of_turn, done=_("asked to run"))

    @admin.action(description=_("Switch on"), permissions=["change"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> HttpResponse:
        """Let the chosen entries run at their times."""
        return report_outcomes(self, request, queryset, verb=partial(switch, on=True), done=_("switched on"))

    @admin.action(description=_("Switch off"), permissions=["change"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> HttpResponse:
        """Let the chosen entries rest."""
        return report_outcomes(
            self, request, queryset, verb=partial(switch, on=False), done=_("switched off")
        )


def _last(task: Any) -> datetime:
    """An entry that never ran is due since it was put into the calendar."""
    last: datetime = task.run_started_at or task.date_changed
    return last


def _moment(moment: datetime) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M:%S}"


class TasksInline(TabularInline):  # type: ignore[misc]
    """What runs at these times."""

    model = PeriodicTask
    verbose_name_plural = _("Periodic Tasks Using This Schedule")
    fields = readonly_fields = ("name", "enabled", "last_run_at")
    can_delete = False
    extra = 0
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tasks are added on their own page."""
        return False


@admin.register(CrontabSchedule)
class CrontabScheduleAdmin(ModelAdmin):  # type: ignore[misc]
    """Times of the day and week."""

    inlines = (TasksInline,)
    fields = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week", "timezone")


@admin.register(IntervalSchedule)
class IntervalScheduleAdmin(ModelAdmin):  # type: ignore[misc]
    """Every so many seconds."""

    inlines = (TasksInline,)
