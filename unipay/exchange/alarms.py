"""What operations must hear of about files: a log event and a counter, as all alarms of the centre."""

from typing import Any

import structlog
from prometheus_client import Counter

RAISED = Counter(
    "unipay_exchange_alarms",
    "Files that are missing, empty without a word, unreadable or undeliverable, and directories out of reach.",
    ["alarm", "partner"],
)

log = structlog.get_logger(__name__)


def sound(alarm: str, *, partner: str, **told: Any) -> None:
    """Count the alarm ("file_missing", …) for the partner (its code), and log what is told."""
    RAISED.labels(alarm, partner).inc()
    log.warning(alarm, partner=partner, **told)
