"""Plain functions that make files, layouts and expectations, each with the least a test has to say."""

from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from tests.factories import make_partner
from unipay.exchange.models import (
    Directory,
    ExpectedFile,
    FileExpectation,
    FileLayout,
    LayoutColumn,
    ReceivedFile,
    SentFile,
)
from unipay.partners.models import Partner

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
"""Ten in the morning of Sunday, 22 November 2026, in Shanghai."""

YESTERDAY = date(2026, 11, 21)
FULL, INCREMENT = "bank_contract_full", "bank_contract_increment"

_numbers = count(1)


def the_bank(code: str = "ICBC") -> Partner:
    return Partner.objects.filter(code=code).first() or make_partner(code)


def make_layout(
    kind: str = FULL, *, state: str = "PUBLISHED", columns: bool = True, **fields: Any
) -> FileLayout:
    """A layout without header and trailer: bank's contract number and mobile number, told apart by a bar."""
    given = {
        "code": f"test-{next(_numbers)}",
        "title": "test",
        "effective_from": date(2026, 1, 1),
        "has_header": False,
        "has_trailer": False,
    }
    layout = FileLayout.objects.create(kind=kind, state=state, **{**given, **fields})
    if columns:
        for position, field in enumerate(("bank_contract_no", "msisdn"), 1):
            LayoutColumn.objects.create(layout=layout, section="DETAIL", position=position, field=field)
    return layout


def add_column(layout: FileLayout, section: str, position: int, field: str, **fields: Any) -> LayoutColumn:
    return LayoutColumn.objects.create(
        layout=layout, section=section, position=position, field=field, **fields
    )


def make_received(state: str = "RECEIVED", **fields: Any) -> ReceivedFile:
    """A received file's row; nothing lies in the vault."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "file_no": f"F-{number}",
        "kind": FULL,
        "business_date": YESTERDAY,
        "name": f"file-{number}.txt",
        "size": 10,
        "digest": f"{number:064x}",
        "origin": "API",
        "received_at": NOW,
    }
    if state == "ACCEPTED":
        given |= {"line_count": 1, "accepted_count": 1, "faulty_count": 0}
    if state in ("REFUSED", "QUARANTINED"):
        given |= {"refusal_code": "refused_by_staff", "refusal": "because"}
    given |= fields
    if "partner" not in given:
        given["partner"] = the_bank()
    return ReceivedFile.objects.create(state=state, **given)


def make_sent(state: str = "READY", **fields: Any) -> SentFile:
    """A sent file's row; nothing lies in the vault."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "file_no": f"F-{number}",
        "kind": "bank_discrepancies",
        "subject": "run:R-1",
        "business_date": YESTERDAY,
        "name": f"sent-{number}.txt",
        "size": 10,
        "digest": f"{number:064x}",
        "row_count": 1,
        "route": "API",
        "written_at": NOW,
    }
    given |= fields
    if "partner" not in given:
        given["partner"] = the_bank()
    if "layout" not in given:
        known = FileLayout.objects.filter(kind="bank_discrepancies").first()
        given["layout"] = known or make_layout("bank_discrepancies", columns=False)
    return SentFile.objects.create(state=state, **given)


def make_expectation(**fields: Any) -> FileExpectation:
    given: dict[str, Any] = {"kind": FULL, "due_time": time(9), "starts_on": YESTERDAY}
    given |= fields
    if "partner" not in given:
        given["partner"] = the_bank()
    return FileExpectation.objects.create(**given)


def make_expected(state: str = "EXPECTED", **fields: Any) -> ExpectedFile:
    given: dict[str, Any] = {"kind": FULL, "business_date": YESTERDAY, "due_at": NOW}
    given |= fields
    if "partner" not in given:
        given["partner"] = the_bank()
    return ExpectedFile.objects.create(state=state, **given)


def make_directory(use: str = "PICK_UP", **fields: Any) -> Directory:
    given: dict[str, Any] = {"address": "memory://bank/out", "settle_seconds": 60}
    given |= fields
    if "partner" not in given:
        given["partner"] = the_bank()
    return Directory.objects.create(use=use, **given)
