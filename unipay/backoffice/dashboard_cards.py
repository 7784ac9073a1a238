"""What the overview shows of the clockwork itself, and of emergencies."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from unipay.backoffice.dashboard import Card, Section, Source, Tone, Viewer, list_address, register
from unipay.backoffice.models import BreakGlass
from unipay.backoffice.standing import live_break_glass
from unipay.models import Heartbeat

MAX_AGE = timedelta(seconds=60)
_TASKS = "django_celery_beat.periodictask"
_EMERGENCIES = "backoffice.breakglass"
_SINCE = timedelta(hours=24)


def heartbeat(viewer: Viewer) -> Iterator[Card]:
    """Whether beat, broker, worker and database work together."""
    heart = Heartbeat.objects.order_by("-beat_at").first()
    age = heart.age(viewer.now) if heart else None
    beats = age is not None and age <= MAX_AGE
    yield Card(
        title=_("Heartbeat of scheduled work"),
        figure="—" if age is None else _("%(seconds)d s ago") % {"seconds": age.total_seconds()},
        link=list_address(_TASKS),
        tone=Tone.OK if beats else Tone.DANGER,
        order=900,
        note="" if beats else _("Nothing scheduled runs: messages, expiry and figures stand still."),
        icon="ecg_heart",
    )


def emergencies(viewer: Viewer) -> Iterator[Card]:
    """Who holds the administrator's rights by break-glass, and how often that was in a day."""
    # One whose end is not within reach any more was over long ago: the index by end answers both.
    recent = BreakGlass.objects.filter(ends_at__gt=viewer.now - _SINCE)
    live = recent.filter(live_break_glass(viewer.now)).count()
    count = recent.count()
    tone = Tone.DANGER if live else Tone.WARNING if count else Tone.OK
    yield Card(
        title=_("Break-glass in 24 hours"),
        figure=count,
        link=list_address(_EMERGENCIES),
        tone=tone,
        order=20 if live else 910,
        note=_("Somebody holds the administrator's rights now.") if live else "",
        icon="e911_emergency",
    )


register(Source("break-glass", _("Break-glass in 24 hours"), Section.NOW, _EMERGENCIES, emergencies))
register(Source("heartbeat", _("Heartbeat of scheduled work"), Section.NOW, _TASKS, heartbeat))
