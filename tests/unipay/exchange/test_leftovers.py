"""What crashes left in the vault goes; what a row speaks of stays."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.unipay.exchange.factories import make_received, make_sent, the_bank
from unipay.exchange import leftovers, vault
from unipay.exchange.models import Upload

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
_NUMBER = "7K3M-9QXD-2T5W-8RNA"


@pytest.fixture(autouse=True)
def _vault(settings: Any, tmp_path: Path) -> None:
    settings.UNIPAY_FILES_DIR = tmp_path


def lay(number: str, *, age: timedelta = timedelta(hours=49)) -> None:
    """Put a content into the vault that has lain there for so long."""
    vault.store(number, [b"content"])
    [path] = Path(vault.settings.UNIPAY_FILES_DIR).glob(f"vault/*/{number}")
    os.utime(path, ((NOW - age).timestamp(),) * 2)


def test_only_what_is_old_and_unknown_goes() -> None:
    make_received(file_no=f"F-{_NUMBER}-1")
    make_sent(file_no=f"F-{_NUMBER}-2")
    for state, name in (("OPEN", f"U-{_NUMBER}-5"), ("GIVEN_UP", f"U-{_NUMBER}-6")):
        Upload.objects.create(
            upload_no=name,
            partner=the_bank(),
            kind="bank_contract_full",
            name="book.txt",
            size=3,
            piece_size=1,
            state=state,
            opened_at=NOW,
            expires_at=NOW,
        )
    known = [f"F-{_NUMBER}-1", f"F-{_NUMBER}-1-FAULTS", f"F-{_NUMBER}-2", f"U-{_NUMBER}-5-0-0123456789abcdef"]
    unknown = [f"F-{_NUMBER}-3", f"F-{_NUMBER}-3-FAULTS", f"U-{_NUMBER}-6-0-0123456789abcdef"]
    for number in [*known, *unknown]:
        lay(number)
    lay(f"F-{_NUMBER}-4", age=timedelta(hours=47))
    lay("X-1")

    removed = leftovers.remove(now=NOW)

    assert removed == 3
    assert all(vault.exists(number) for number in [*known, f"F-{_NUMBER}-4", "X-1"])
    assert not any(vault.exists(number) for number in unknown)
