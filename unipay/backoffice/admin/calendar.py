"""The calendar of recurring jobs, which operations edit here (design.md 1)."""

from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import get_language
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
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

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
    """What runs when, and why. What beat says of a calendar time in English only is left out."""

    form = PeriodicTaskForm
    list_display = ("name", "purpose", "enabled", "timing", "last_run_at")
    list_filter = ("enabled",)
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

    @admin.display(description=_("purpose"))
    def purpose(self, task: PeriodicTask) -> str:
        """Return the line of the description in the reader's language: `sync_schedule` writes one for each."""
        lines = task.description.splitlines() or [""]
        order = [code for code, _name in settings.LANGUAGES].index(get_language() or settings.LANGUAGE_CODE)
        return str(lines[order] if len(lines) > len(settings.LANGUAGES) else lines[0])

    @admin.display(description=_("timing"))
    def timing(self, task: PeriodicTask) -> str:
        """Return the interval or the times."""
        return str(task.scheduler)


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
