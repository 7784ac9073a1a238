"""The mandates of simulated banks, and the roads of their files."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from unipay.exchange.models import FileLayout
from unipay.partners.models import Partner
from unipay.sandbox import bank_mandates, file_lines, file_roads
from unipay.sandbox.models import SandboxMandate

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 5, 1, tzinfo=UTC)
DAY = date(2026, 11, 5)


@pytest.fixture
def bank() -> Partner:
    assert FileLayout.objects.filter(kind="bank_mandates", partner=None).exists()
    return Partner.objects.create(code="TZRCB", kind="BANK", name="TZRCB")


def told() -> list[tuple[str, str, str]]:
    content = bank_mandates.written("TZRCB", now=NOW)
    lines = file_lines.read("TZRCB", "bank_mandates", content or b"", business_date=DAY) if content else []
    return [(line["change"], line["mandate_no"], line["agreement_no"] or line["msisdn"]) for line in lines]


def test_a_mandate_is_told_once_and_its_end_once(bank: Partner) -> None:
    row = bank_mandates.sign("TZRCB", agreement_no="571000010", now=NOW)
    bank_mandates.sign("TZRCB", msisdn="13805710010", now=NOW)

    assert told() == [
        ("ADD", "TZRCBM571000010", "571000010"),
        ("ADD", "TZRCBM13805710010", "13805710010"),
    ]
    assert told() == []

    bank_mandates.end(SandboxMandate.objects.get(pk=row.pk))

    assert told() == [("END", "TZRCBM571000010", "571000010")]


def test_a_company_and_a_person_hold_their_own_accounts(bank: Partner) -> None:
    company = bank_mandates.sign("TZRCB", agreement_no="571000010", now=NOW)
    person = bank_mandates.sign("TZRCB", msisdn="13805710010", now=NOW)

    assert company.holder_name.endswith("公司")
    assert not person.holder_name.endswith("公司")
    assert company.account_number != person.account_number


def test_a_file_lies_whole_in_the_directory_with_its_digest_beside_it(settings: Any, tmp_path: Path) -> None:
    settings.UNIPAY_LOCAL_DIRECTORIES = [str(tmp_path)]

    file_roads.hand_over("NBCARD", "one_card_return", b"content", business_date=DAY, now=NOW)

    place = file_roads.folder("NBCARD", file_roads.INCOMING)
    name = "one_card_return_NBCARD_20261105_010000000000.txt"
    assert sorted(path.name for path in place.iterdir()) == [name, f"{name}.sha256"]
    digest = hashlib.sha256(b"content").hexdigest()
    assert (place / f"{name}.sha256").read_text() == f"{digest}  {name}\n"


def test_a_file_is_taken_out_of_the_directory_once_it_is_whole(settings: Any, tmp_path: Path) -> None:
    settings.UNIPAY_LOCAL_DIRECTORIES = [str(tmp_path)]
    place = file_roads.folder("NBCARD", file_roads.OUTGOING)
    place.mkdir(parents=True)
    (place / "one_card_request_1.txt").write_bytes(b"first")
    (place / "one_card_request_1.txt.sha256").write_text("…")
    (place / "one_card_request_2.txt").write_bytes(b"still being written")

    taken = file_roads.waiting("NBCARD", "one_card_request")
    again = file_roads.waiting("NBCARD", "one_card_request")

    assert [(each.name, each.content) for each in taken] == [("one_card_request_1.txt", b"first")]
    assert again == []
    assert file_roads.acknowledge("NBCARD", taken[0]) is None
