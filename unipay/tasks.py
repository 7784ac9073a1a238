"""The centre's own task: the heartbeat that proves beat, broker, worker and database work together."""

from celery import shared_task

from unipay import clock
from unipay.models import Heartbeat

BEAT = "beat"


@shared_task(name="unipay.heartbeat")
def heartbeat() -> None:
    """Note that a task scheduled by the beat reached a worker."""
    Heartbeat.objects.update_or_create(name=BEAT, defaults={"beat_at": clock.now()})
