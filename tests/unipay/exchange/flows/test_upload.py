"""A file arrives in pieces: in any order, side by side, any piece twice; what nobody completes goes."""

import hashlib
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.unipay.exchange.factories import NOW, YESTERDAY, the_bank
from unipay.errors import Refusal
from unipay.exchange.flows import upload as upload_flow
from unipay.exchange.flows.receive import Arrival
from unipay.exchange.models import ReceivedFile, Upload, UploadPiece
from unipay.exchange.queries import content

pytestmark = pytest.mark.django_db

PIECES = [bytes([number]) * upload_flow.PIECE_BYTES for number in (1, 2)] + [b"the rest"]
WHOLE = b"".join(PIECES)
DIGEST = hashlib.sha256(WHOLE).hexdigest()


def announce(**said: Any) -> Upload:
    given: dict[str, Any] = {
        "name": "book.txt",
        "origin": "API",
        "kind": "trial_book",
        "business_date": YESTERDAY,
        "size": len(WHOLE),
        "digest": DIGEST,
    }
    given |= said
    if "partner" not in given:
        given["partner"] = the_bank()
    return upload_flow.open_upload(Arrival(**given), now=NOW)


def take(upload: Upload, *numbers: int) -> None:
    for number in numbers:
        upload_flow.take_piece(upload, number, PIECES[number], now=NOW)


def side_by_side(*work: Callable[[], object]) -> None:
    def run(one: Callable[[], object]) -> None:
        one()
        connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_vault(settings: Any) -> list[str]:
    return sorted(path.name for path in Path(settings.UNIPAY_FILES_DIR).glob("vault/*/*"))


def test_pieces_in_any_order_become_the_file(settings: Any) -> None:
    upload = announce()
    take(upload, 2, 0, 1, 0)

    file = upload_flow.complete(upload, request_no="R-2", now=NOW)

    assert b"".join(content(file.file_no)) == WHOLE
    assert (file.digest, file.origin, file.request_no, file.business_date) == (
        DIGEST,
        "API",
        "R-2",
        YESTERDAY,
    )
    assert in_vault(settings) == [file.file_no]
    assert UploadPiece.objects.count() == 0


def test_completed_again_it_is_the_same_file() -> None:
    upload = announce()
    take(upload, 0, 1, 2)

    files = [upload_flow.complete(upload, now=NOW).pk for _turn in range(2)]

    assert files == [ReceivedFile.objects.get().pk] * 2


def test_missing_pieces_are_told_by_number() -> None:
    upload = announce()
    take(upload, 1)

    with pytest.raises(Refusal) as refused:
        upload_flow.complete(upload, now=NOW)

    assert (refused.value.reason.code, refused.value.conflict) == ("pieces_missing", {"missing": [0, 2]})
    assert Upload.objects.get().state == "OPEN"


def test_a_piece_with_another_content_is_refused() -> None:
    upload = announce()
    take(upload, 0)

    with pytest.raises(Refusal) as refused:
        upload_flow.take_piece(upload, 0, PIECES[1], now=NOW)

    assert refused.value.reason.code == "piece_differs"
    assert UploadPiece.objects.get().digest == hashlib.sha256(PIECES[0]).hexdigest()


@pytest.mark.parametrize(
    ("number", "piece"), [(3, b"x"), (-1, b"x"), (2, b"the rests"), (2, b""), (0, PIECES[0][1:])]
)
def test_a_piece_of_another_number_or_size_is_refused(number: int, piece: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        upload_flow.take_piece(announce(), number, piece, now=NOW)

    assert refused.value.reason.code == "piece_unfit"
    assert UploadPiece.objects.count() == 0


def test_a_whole_that_is_not_what_was_announced_ends_the_upload(settings: Any) -> None:
    upload = announce(digest="0" * 64)
    take(upload, 0, 1, 2)

    with pytest.raises(Refusal) as refused:
        upload_flow.complete(upload, now=NOW)

    assert refused.value.reason.code == "whole_differs"
    assert Upload.objects.get().state == "GIVEN_UP"
    assert (in_vault(settings), ReceivedFile.objects.count()) == ([], 0)


def test_a_file_that_came_before_is_refused_naming_it() -> None:
    first = announce()
    take(first, 0, 1, 2)
    file = upload_flow.complete(first, now=NOW)
    second = announce(name="again.txt")
    take(second, 0, 1, 2)

    with pytest.raises(Refusal) as refused:
        upload_flow.complete(second, now=NOW)

    assert (refused.value.reason.code, refused.value.conflict) == (
        "duplicate_file",
        {"file_no": file.file_no},
    )


def test_an_empty_file_needs_no_piece() -> None:
    upload = announce(size=0, digest="", is_declared_empty=True)

    file = upload_flow.complete(upload, now=NOW)

    assert (file.size, file.is_declared_empty) == (0, True)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"size": 0}, "file_empty"),
        ({"size": 5 * 1024**3 + 1}, "file_too_large"),
        ({"name": "../book.txt"}, "file_name_unfit"),
        ({"kind": "nonsense"}, "file_kind_unknown"),
        ({"kind": ""}, "file_kind_not_told"),
    ],
)
def test_what_we_would_not_take_is_refused_before_any_of_it_is_sent(said: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        announce(**said)

    assert refused.value.reason.code == code
    assert Upload.objects.count() == 0


def test_a_partner_has_so_many_uploads_open_and_no_more() -> None:
    uploads = [announce() for _turn in range(upload_flow.MOST_OPEN)]

    with pytest.raises(Refusal) as refused:
        announce()
    upload_flow.give_up(uploads[0])

    assert refused.value.reason.code == "uploads_too_many"
    assert announce().state == "OPEN"


def test_what_nobody_completes_is_given_up(settings: Any) -> None:
    upload = announce()
    take(upload, 0)

    early = upload_flow.expire(now=NOW + timedelta(hours=23))
    late = upload_flow.expire(now=NOW + timedelta(hours=24))

    assert (early, late, Upload.objects.get().state) == (0, 1, "GIVEN_UP")
    assert (in_vault(settings), UploadPiece.objects.count()) == ([], 0)
    with pytest.raises(Refusal) as refused:
        upload_flow.complete(upload, now=NOW)
    assert refused.value.reason.code == "upload_over"


def test_a_piece_that_comes_after_the_end_is_not_kept(settings: Any) -> None:
    upload = announce()
    upload_flow.give_up(Upload.objects.get())

    with pytest.raises(Refusal) as refused:
        take(upload, 0)

    assert refused.value.reason.code == "upload_over"
    assert (in_vault(settings), UploadPiece.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_pieces_and_completions_come_side_by_side(settings: Any) -> None:
    upload = announce()
    files: list[int] = []

    side_by_side(*[partial(take, upload, number) for number in (0, 1, 2, 0, 1, 2)])
    side_by_side(*[lambda: files.append(upload_flow.complete(upload, now=NOW).pk)] * 3)

    assert files == [ReceivedFile.objects.get().pk] * 3
    assert in_vault(settings) == [ReceivedFile.objects.get().file_no]
