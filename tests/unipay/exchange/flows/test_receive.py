"""A file comes: kept as it came, once; what was said about it and what its name says must agree."""

import hashlib
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from tests.unipay.exchange.factories import NOW, YESTERDAY, make_layout, the_bank
from unipay.errors import Refusal
from unipay.exchange.flows import receive
from unipay.exchange.models import ReceivedFile
from unipay.exchange.queries import content

pytestmark = pytest.mark.django_db

PATTERN = "{partner}_BOOK_{business_date:%Y%m%d}.txt"


def keep(text: bytes = b"B-1|13805710001\n", **said: Any) -> ReceivedFile:
    given: dict[str, Any] = {"kind": "trial_book", "name": "book.txt", "origin": "API"}
    given |= said
    if "partner" not in given:
        given["partner"] = the_bank()
    return receive.keep(chunks=[text[:5], text[5:]], now=NOW, **given)


def in_vault(settings: Any) -> list[str]:
    return sorted(path.name for path in Path(settings.UNIPAY_FILES_DIR).glob("vault/*/*"))


def test_a_file_is_kept_as_it_came(settings: Any) -> None:
    clerk = User.objects.create_user("clerk")

    file = keep(uploaded_by=clerk, business_date=YESTERDAY, request_no="R-1", origin="UPLOAD")

    assert b"".join(content(file.file_no)) == b"B-1|13805710001\n"
    assert file.digest == hashlib.sha256(b"B-1|13805710001\n").hexdigest()
    assert (file.state, file.size, file.kind, file.business_date) == ("RECEIVED", 16, "trial_book", YESTERDAY)
    assert (file.uploaded_by, file.request_no, file.received_at) == (clerk, "R-1", NOW)
    assert in_vault(settings) == [file.file_no]


def test_the_same_content_is_refused_naming_the_earlier_file(settings: Any) -> None:
    earlier = keep()

    with pytest.raises(Refusal) as refused:
        keep(name="another.txt")

    assert refused.value.reason.code == "duplicate_file"
    assert refused.value.conflict == {"file_no": earlier.file_no}
    assert in_vault(settings) == [earlier.file_no]
    assert ReceivedFile.objects.count() == 1


def test_another_partner_is_not_told_whose_file_it_was() -> None:
    keep()

    with pytest.raises(Refusal) as refused:
        keep(partner=the_bank("CCB"))

    assert (refused.value.reason.code, refused.value.detail, refused.value.conflict) == (
        "duplicate_file",
        "",
        None,
    )


def test_a_refused_file_may_come_again() -> None:
    earlier = keep()
    earlier.refuse(code="refused_by_staff", why="wrong bank", now=NOW)
    earlier.save()

    later = keep()

    assert later.digest == earlier.digest


def test_every_day_may_be_empty_once() -> None:
    keep(b"", business_date=YESTERDAY, is_declared_empty=True)
    keep(b"", business_date=date(2026, 11, 20), is_declared_empty=True)

    with pytest.raises(Refusal) as refused:
        keep(b"", business_date=YESTERDAY, is_declared_empty=True)

    assert refused.value.reason.code == "duplicate_file"


def test_a_file_beyond_the_limit_is_refused_and_leaves_nothing(settings: Any) -> None:
    settings.UNIPAY_MAX_FILE_MB = 1

    with pytest.raises(Refusal) as refused:
        keep(bytes(1024 * 1024 + 1))

    assert refused.value.reason.code == "file_too_large"
    assert in_vault(settings) == []
    assert ReceivedFile.objects.count() == 0


@pytest.mark.parametrize("name", ["../book.txt", "a/b.txt", "a\\b.txt", ".hidden", "a\nb", "", "x" * 300])
def test_a_name_that_is_no_plain_name_is_refused(name: str) -> None:
    with pytest.raises(Refusal) as refused:
        keep(name=name)

    assert refused.value.reason.code == "file_name_unfit"


def test_kind_and_date_are_told_by_the_name() -> None:
    make_layout("trial_book", file_name_pattern=PATTERN)

    file = keep(kind="", name="ICBC_BOOK_20261121.txt")

    assert (file.kind, file.business_date) == ("trial_book", YESTERDAY)


@pytest.mark.parametrize(
    ("said", "code", "detail"),
    [
        ({"kind": "nonsense"}, "file_kind_unknown", "nonsense"),
        ({"kind": "trial_answer"}, "file_kind_unknown", "trial_answer"),
        ({"kind": ""}, "file_kind_not_told", ""),
        (
            {"kind": "bank_contract_full", "name": "ICBC_BOOK_20261121.txt"},
            "file_contradicts",
            "The name is that of another kind of file: trial_book.",
        ),
        (
            {"name": "CCB_BOOK_20261121.txt"},
            "file_contradicts",
            "The name is that of another partner: CCB.",
        ),
        (
            {"name": "ICBC_BOOK_20261121.txt", "business_date": date(2026, 11, 20)},
            "file_contradicts",
            "The name is that of another business date: 2026-11-21.",
        ),
    ],
)
@pytest.mark.usefixtures("english")
def test_a_contradiction_is_refused_in_words(said: dict[str, Any], code: str, detail: str) -> None:
    make_layout("trial_book", file_name_pattern=PATTERN)

    with pytest.raises(Refusal) as refused:
        keep(**said)

    assert (refused.value.reason.code, refused.value.detail) == (code, detail)
    assert ReceivedFile.objects.count() == 0


def test_a_name_people_made_up_says_nothing() -> None:
    make_layout("trial_book", file_name_pattern=PATTERN)

    file = keep(name="from the bank (1).txt", business_date=YESTERDAY)

    assert (file.kind, file.business_date) == ("trial_book", YESTERDAY)


@pytest.mark.django_db(transaction=True)
def test_the_same_content_at_the_same_time_is_kept_once(settings: Any) -> None:
    bank, both_wrote = the_bank(), threading.Barrier(2, timeout=20)
    outcomes: list[str] = []

    def chunks() -> Iterator[bytes]:
        yield b"B-1|13805710001\n"
        both_wrote.wait()

    def work(name: str) -> None:
        given = {"partner": bank, "kind": "trial_book", "name": name, "origin": "DIRECTORY"}
        try:
            outcomes.append(receive.keep(chunks=chunks(), now=NOW, **given).file_no)
        except Refusal as refusal:
            outcomes.append(refusal.reason.code)
        connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one.txt", "two.txt")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == sorted([ReceivedFile.objects.get().file_no, "duplicate_file"])
    assert in_vault(settings) == [ReceivedFile.objects.get().file_no]
