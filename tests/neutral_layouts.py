"""Our own layouts, for tests that commit: what migrations ship is gone once such a test has cleaned up."""

from importlib import import_module

import pytest
from django.apps import apps

from unipay.exchange.models import FileLayout

_SHIPPING = import_module("unipay.exchange.migrations.0003_ship_neutral_layouts")


@pytest.fixture
def neutral_layouts(transactional_db: None) -> None:
    """The layouts a new database has."""
    if not FileLayout.objects.filter(code__startswith="neutral_").exists():
        _SHIPPING.ship(apps, None)
