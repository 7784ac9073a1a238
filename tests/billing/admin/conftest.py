"""A day of November, and those who look at its money."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from tests.billing.factories import NOW
from tests.unipay.backoffice.world import member


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def finance() -> Client:
    """Somebody of finance."""
    return member("fin", "finance")


@pytest.fixture
def clerk() -> Client:
    """Somebody of customer service."""
    return member("clerk", "customer_service")
