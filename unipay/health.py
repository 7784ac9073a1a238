"""What probes and monitors ask: /healthz (the process lives), /readyz (everything it needs works), /metrics.

Answered before any other middleware, so that a probe needs no host name, no TLS and no session, and a dead database
cannot take the answer down. Details and figures are for holders of METRICS_TOKEN; in development, for everyone.
"""

import hmac
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from unipay import clock
from unipay.exchange import queries as files
from unipay.messaging import queries as messages
from unipay.models import Heartbeat
from unipay.tasks import BEAT

MAX_BEAT_AGE = timedelta(seconds=60)
MAX_OUTBOX_LAG = timedelta(minutes=2)
BROKER_TIMEOUT_SECONDS = 2


class NotReady(Exception):
    """A component does not do its work; the message says what is wrong with it."""


@dataclass(frozen=True)
class Finding:
    """What the look at one component gave."""

    component: str
    problem: str
    milliseconds: int


class ProbeMiddleware:
    """Answers the probes' three addresses and passes everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = PROBES.get(request.path, self.get_response)
        return answer(request)


def healthz(request: HttpRequest) -> HttpResponse:
    """Tell that this process answers."""
    return JsonResponse({"status": "alive"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Tell whether this process can do its work: 200, or 503 when a component fails."""
    findings = [_look("database", _check_database)]
    dependents = COMPONENTS if not findings[0].problem else {}
    findings += [_look(component, check) for component, check in dependents.items()]
    ready = not any(finding.problem for finding in findings)
    body: dict[str, object] = {"status": "ready" if ready else "not ready"}
    if _may_see_details(request):
        body["components"] = {
            finding.component: {"status": finding.problem or "ok", "ms": finding.milliseconds}
            for finding in findings
        }
    return JsonResponse(body, status=200 if ready else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Give Prometheus the figures of all processes of this machine that share PROMETHEUS_MULTIPROC_DIR."""
    if not _may_see_details(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    own = CollectorRegistry()
    own.register(ClockworkCollector())
    return HttpResponse(generate_latest(registry) + generate_latest(own), content_type=CONTENT_TYPE_LATEST)


PROBES = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}


class ClockworkCollector(Collector):
    """The gauges an operator watches first, read from the database when asked; absent when it does not answer."""

    def collect(self) -> Iterator[Metric]:
        """Yield what is pending, late and dead in the outbox, missing or unread of files, and the heartbeat's age."""
        try:
            figures = {
                "unipay_outbox_pending": ("Messages waiting for delivery", messages.pending_count()),
                "unipay_outbox_lag_seconds": (
                    "How late the latest due message is",
                    messages.outbox_lag_seconds(),
                ),
                "unipay_outbox_dead": ("Messages given up", messages.dead_count()),
                "unipay_files_missing": ("Expected files whose time is over", files.missing_count()),
                "unipay_files_unread_seconds": (
                    "How long the oldest file waits to be read or passed on",
                    files.unread_seconds(clock.now()),
                ),
                "unipay_beat_age_seconds": ("Time since the last heartbeat", _beat_age().total_seconds()),
            }
        except (DatabaseError, NotReady):  # /readyz tells; an absent figure is an alarm of its own
            return
        for name, (meaning, value) in figures.items():
            yield GaugeMetricFamily(name, meaning, value=value)


def _may_see_details(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").encode()
    token = settings.METRICS_TOKEN
    return settings.DEBUG or bool(token) and hmac.compare_digest(given, f"Bearer {token}".encode())


def _look(component: str, check: Callable[[], None]) -> Finding:
    began = time.monotonic()
    problem = ""
    try:
        check()
    except NotReady as error:
        problem = str(error)
    except Exception as error:
        # Whatever a component fails with is the finding; an answer of 500 would tell nothing.
        problem = type(error).__name__
    return Finding(component, problem, round((time.monotonic() - began) * 1000))


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@cache
def _all_migrations_applied() -> bool:
    """Remembered once true: what is applied stays applied while this process lives."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReady("unapplied migrations")
    return True


def _check_migrations() -> None:
    _all_migrations_applied()


def _check_broker() -> None:
    with current_app.connection_for_write(connect_timeout=BROKER_TIMEOUT_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_SECONDS, interval_start=0)


def _beat_age() -> timedelta:
    heart = Heartbeat.objects.filter(name=BEAT).first()
    if heart is None:
        raise NotReady("no heartbeat yet")
    return heart.age(clock.now())


def _check_beat() -> None:
    age = _beat_age()
    if age > MAX_BEAT_AGE:
        raise NotReady(f"last heartbeat {age.total_seconds():.0f} s ago")


def _check_outbox() -> None:
    lag = messages.outbox_lag_seconds()
    if lag > MAX_OUTBOX_LAG.total_seconds():
        raise NotReady(f"{lag:.0f} s behind")


# What is looked at once the database answers: without it nothing else is worth the wait.
COMPONENTS: dict[str, Callable[[], None]] = {
    "migrations": _check_migrations,
    "broker": _check_broker,
    "beat": _check_beat,
    "outbox": _check_outbox,
}
