"""A run being worked on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from reconciliation.models import Run
from unipay.exchange.reading import Reading

Clock = Callable[[], datetime]


@dataclass
class Work:
    """A run being worked on: the clock, and the lines of its file where somebody has them open already."""

    run: Run
    now: Clock
    reading: Reading | None = None


Stage = Callable[[Work], bool]  # whether the run got further
