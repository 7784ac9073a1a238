"""What the tests of the exchange's flows share: a vault of their own, and kinds of files that note what they get."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from unipay.exchange import kinds
from unipay.exchange.kinds import Direction, FieldType, FileField, FileKind
from unipay.exchange.models import ReceivedFile, SentFile
from unipay.exchange.reading import Reading

Lines = list[tuple[Any, ...]]


@dataclass
class Book:
    """Stands for the app that waits for files of the kind "trial_book", and for answers to "trial_answer"."""

    passed_on: list[tuple[str, Lines]] = field(default_factory=list)
    settled: list[tuple[str, str]] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)
    meanwhile: Callable[[], object] | None = None

    def accepted(self, file: ReceivedFile, reading: Reading, now: datetime) -> None:
        if self.meanwhile is not None:
            self.meanwhile()
        if self.trouble:
            raise self.trouble.pop(0)
        query = "SELECT line_no, bank_contract_no, msisdn FROM lines WHERE NOT is_faulty ORDER BY line_no"
        self.passed_on.append((file.file_no, reading.connection.execute(query).fetchall()))

    def answered(self, file: SentFile, now: datetime) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.settled.append((file.file_no, file.state))


_FIELDS = (
    FileField("bank_contract_no", "bank's contract number", FieldType.TEXT, required=True),
    FileField("msisdn", "mobile number", FieldType.MSISDN, required=True),
)


@pytest.fixture(autouse=True)
def _vault(settings: Any, tmp_path: Path) -> None:
    settings.UNIPAY_FILES_DIR = tmp_path / "files"


@pytest.fixture(autouse=True)
def book(monkeypatch: pytest.MonkeyPatch) -> Book:
    """Register the two kinds for one test."""
    book = Book()
    received = FileKind(
        "trial_book",
        "trial",
        Direction.IN,
        _FIELDS,
        key=("bank_contract_no",),
        on_accepted=book.accepted,
    )
    sent = FileKind("trial_answer", "trial", Direction.OUT, _FIELDS, on_settled=book.answered)
    for kind in (received, sent):
        monkeypatch.setitem(kinds._KINDS, kind.name, kind)
    return book
