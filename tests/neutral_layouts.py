"""Our own layouts, for tests that commit: what migrations ship is gone once such a test has cleaned up."""

from importlib import import_module
from pkgutil import iter_modules

import pytest
from django.apps import apps

from unipay.exchange import migrations
from unipay.exchange.models import FileLayout

_SHIPPING = [
    import_module(f"unipay.exchange.migrations.{module.name}")
    for module in iter_modules(migrations.__path__)
    if "_ship_" in module.name
]


@pytest.fixture
def neutral_layouts(transactional_db: None) -> None:
    """The layouts a new database has."""
    if not FileLayout.objects.filter(code__startswith="neutral_").exists():
        for migration in _SHIPPING:
            migration.ship(apps, None)
