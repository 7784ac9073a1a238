"""The chart of accounts and the rules for failed debits, which tests that commit flush away."""

from importlib import import_module

import pytest
from django.apps import apps

from billing.models import ChartLine

_DRAWN = import_module("billing.migrations.0002_draw_up_the_chart_of_accounts")


@pytest.fixture
def chart(db: None) -> None:
    """Draw up again what the migration did, where a flush took it."""
    if not ChartLine.objects.exists():
        _DRAWN.draw_up(apps, None)
