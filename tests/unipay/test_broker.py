"""A wake-up travels from one process through the broker to a worker and into the database: through files where no
broker is given, and through the real one of CELERY_BROKER_URL where it is."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection

from unipay.models import Heartbeat

SENDER = "import django; django.setup(); from unipay.tasks import heartbeat; heartbeat.delay()"
WORKER = ["celery", "-A", "unipay", "worker", "--pool", "threads", "--concurrency", "2", "--without-mingle"]

Environment = dict[str, str]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def files(tmp_path: Path) -> Environment:
    return {**_environment(tmp_path), "CELERY_BROKER_URL": ""}


@pytest.fixture
def real_broker(tmp_path: Path) -> Iterator[Environment]:
    url = os.environ.get("CELERY_BROKER_URL", "")
    if not url:
        pytest.skip("CELERY_BROKER_URL names no broker")
    queue = f"unipay-test-{os.getpid()}"
    yield {**_environment(tmp_path), "CELERY_BROKER_URL": url, "UNIPAY_QUEUE": queue}
    with Celery(broker=url).connection_for_write() as broker:
        broker.default_channel.queue_delete(queue)
        broker.default_channel.exchange_delete(queue)


def _environment(data: Path) -> Environment:
    """Let another process use this test's database, and nothing else of ours."""
    database: dict[str, Any] = connection.settings_dict
    host = quote(database["HOST"] or database["OPTIONS"].get("host", ""), safe="")
    account = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{account}@:{database['PORT']}/{database['NAME']}?host={host}",
        "UNIPAY_DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "unipay.settings",
    }


def _a_heartbeat_arrives(environment: Environment) -> bool:
    worker = subprocess.Popen(
        [sys.executable, "-m", *WORKER],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        subprocess.run([sys.executable, "-c", SENDER], cwd=settings.BASE_DIR, env=environment, check=True)
        deadline = time.monotonic() + 30
        while not Heartbeat.objects.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        return Heartbeat.objects.exists()
    finally:
        worker.kill()
        worker.wait()


def test_a_wake_up_travels_through_files(files: Environment) -> None:
    assert _a_heartbeat_arrives(files)


@pytest.mark.broker
def test_a_wake_up_travels_through_the_real_broker(real_broker: Environment) -> None:
    assert _a_heartbeat_arrives(real_broker)
