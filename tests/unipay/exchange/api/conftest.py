"""What the tests of the files' endpoints share: a vault of their own, and a bank at its end of the wire."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from tests.factories import make_partner
from tests.partner_client import PartnerClient


@pytest.fixture(autouse=True)
def _vault(settings: Any, tmp_path: Path) -> None:
    settings.UNIPAY_FILES_DIR = tmp_path / "files"
    cache.clear()


@pytest.fixture
def bank(db: None) -> PartnerClient:
    return PartnerClient(make_partner("ICBC"))


@pytest.fixture
def stranger(db: None) -> PartnerClient:
    return PartnerClient(make_partner("CCB"))
