"""What operations and finance must hear of about money: a log event and a counter, as all alarms of the centre."""

from typing import Any

import structlog
from prometheus_client import Counter

RAISED = Counter(
    "unipay_billing_alarms",
    "Books that are uneven, returns nobody sent, money that stands where it should not.",
    ["alarm", "partner"],
)

log = structlog.get_logger(__name__)


def sound(alarm: str, *, partner: str = "", **told: Any) -> None:
    """Count the alarm ("ledger_uneven", …) for the partner (its code, "" for all), and log what is told."""
    RAISED.labels(alarm, partner).inc()
    log.warning(alarm, partner=partner, **told)
