"""`manage.py sync_schedule`: writes the shipped schedule into the calendar that operators edit in the admin."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import translation
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from unipay.errors import Text
from unipay.schedule import SCHEDULE, Entry, Every

SHIPPED = "Unipay: "


class Command(BaseCommand):
    """Adds what is new, follows what changed here, and leaves alone what operators changed or switched off."""

    help = "Write unipay/schedule.py into the calendar of the admin, keeping what operators changed."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Bring every entry up to date and drop shipped entries that are no longer shipped."""
        for entry in SCHEDULE:
            _sync(entry)
        gone = PeriodicTask.objects.filter(description__contains=f"\n{SHIPPED}")
        gone.exclude(name__in=[entry.task for entry in SCHEDULE]).delete()


def _sync(entry: Entry) -> None:
    row = PeriodicTask.objects.filter(name=entry.task).first() or PeriodicTask(name=entry.task)
    interval, crontab = _when(entry)
    # The last line of the description tells what was shipped last: a timing that still agrees was not edited.
    if row.pk is None or row.description.endswith(f"\n{SHIPPED}{_timing(row.interval, row.crontab)}"):
        row.interval, row.crontab = interval, crontab
    row.task = entry.task
    row.description = "\n".join([*_in_every_language(entry.why), f"{SHIPPED}{_timing(interval, crontab)}"])
    row.expire_seconds = int(entry.when.expires.total_seconds()) if isinstance(entry.when, Every) else None
    row.save()


def _in_every_language(text: Text) -> Iterator[str]:
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            yield str(text)


def _when(entry: Entry) -> tuple[IntervalSchedule | None, CrontabSchedule | None]:
    if isinstance(entry.when, Every):
        seconds = int(entry.when.pause.total_seconds())
        return IntervalSchedule.objects.get_or_create(every=seconds, period=IntervalSchedule.SECONDS)[0], None
    crontab, _ = CrontabSchedule.objects.get_or_create(
        hour=str(entry.when.hour),
        minute=str(entry.when.minute),
        day_of_week="*",
        day_of_month="*",
        month_of_year="*",
        timezone=settings.TIME_ZONE,
    )
    return None, crontab


def _timing(interval: IntervalSchedule | None, crontab: CrontabSchedule | None) -> str:
    if interval:
        return f"every {interval.every} {interval.period}"
    if crontab is None:
        return "never"
    days = f"{crontab.day_of_month} {crontab.month_of_year} {crontab.day_of_week}"
    return f"cron {crontab.minute} {crontab.hour} {days}"
