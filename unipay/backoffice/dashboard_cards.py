"""What the overview shows of the clockwork itself."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from unipay.backoffice.dashboard import Card, Section, Source, Tone, Viewer, list_address, register
from unipay.models import Heartbeat

MAX_AGE = timedelta(seconds=60)
_TASKS = "django_celery_beat.periodictask"


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


register(Source("heartbeat", _("Heartbeat of scheduled work"), Section.NOW, _TASKS, heartbeat))
