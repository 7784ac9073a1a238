"""POST /file-uploads, its pieces and its completion, over the signed wire."""

import hashlib
from typing import Any

import pytest

from tests.factories import make_partner
from tests.partner_client import PartnerClient, is_signed_by_us
from unipay.exchange.flows import upload as upload_flow
from unipay.exchange.models import ReceivedFile, Upload, UploadPiece
from unipay.exchange.queries import content

PIECES = [bytes([0xFF, 0, 10]) * (upload_flow.PIECE_BYTES // 3) + b"\n", b"\x00the rest\xff"]
WHOLE = b"".join(PIECES)
ORDER = {
    "request_no": "U-1",
    "kind": "bank_contract_full",
    "business_date": "2026-11-21",
    "name": "book.txt",
    "size": len(WHOLE),
    "sha256": hashlib.sha256(WHOLE).hexdigest(),
}


def open_upload(bank: PartnerClient, **changed: Any) -> str:
    answer = bank.post("/api/v1/file-uploads", ORDER | changed)
    assert answer.status_code == 201, answer.json()
    return str(answer.json()["upload_no"])


def put(bank: PartnerClient, upload_no: str, number: int, piece: bytes, **options: Any) -> Any:
    path = f"/api/v1/file-uploads/{upload_no}/pieces/{number}"
    return bank.send("PUT", path, piece, **{"content_type": "application/octet-stream", **options})


def complete(bank: PartnerClient, upload_no: str, request_no: str = "U-2") -> Any:
    return bank.post(f"/api/v1/file-uploads/{upload_no}/completion", {"request_no": request_no})


def test_a_file_comes_in_pieces_of_any_bytes(bank: PartnerClient) -> None:
    opened = bank.post("/api/v1/file-uploads", ORDER)
    upload_no = opened.json()["upload_no"]
    pieces = [put(bank, upload_no, number, PIECES[number]) for number in (1, 0)]
    completed = complete(bank, upload_no)

    assert (opened.status_code, opened.json()["pieces"], opened.json()["missing"]) == (201, 2, [0, 1])
    assert [piece.status_code for piece in pieces] == [200, 200]
    assert pieces[1].json() == {
        "upload_no": upload_no,
        "number": 0,
        "size": upload_flow.PIECE_BYTES,
        "sha256": hashlib.sha256(PIECES[0]).hexdigest(),
    }
    assert completed.status_code == 201
    assert is_signed_by_us(completed)
    file = ReceivedFile.objects.get()
    assert b"".join(content(file.file_no)) == WHOLE
    assert completed.json()["file_no"] == file.file_no
    assert (file.partner, file.kind, str(file.business_date), file.origin, file.request_no) == (
        bank.partner,
        "bank_contract_full",
        "2026-11-21",
        "API",
        "U-2",
    )


def test_the_same_requests_again_change_nothing(bank: PartnerClient) -> None:
    upload_no = open_upload(bank)
    again = bank.post("/api/v1/file-uploads", ORDER)
    for number in (0, 1, 0):
        put(bank, upload_no, number, PIECES[number])
    first, second = complete(bank, upload_no), complete(bank, upload_no)
    under_another_number = complete(bank, upload_no, "U-3")

    assert again["Idempotent-Replay"] == second["Idempotent-Replay"] == "true"
    assert again.json()["upload_no"] == upload_no
    assert first.json() == second.json()
    assert under_another_number.json()["file_no"] == first.json()["file_no"]
    assert ReceivedFile.objects.count() == Upload.objects.count() == 1


def test_a_cut_line_is_taken_up_where_it_was_cut(bank: PartnerClient) -> None:
    upload_no = open_upload(bank)
    put(bank, upload_no, 1, PIECES[1])

    refused = complete(bank, upload_no)
    state = bank.get(f"/api/v1/file-uploads/{upload_no}")
    put(bank, upload_no, 0, PIECES[0])
    completed = complete(bank, upload_no, "U-3")

    assert (refused.status_code, refused.json()["code"], refused.json()["conflict"]) == (
        409,
        "pieces_missing",
        {"missing": [0]},
    )
    assert state.json()["missing"] == [0]
    assert completed.status_code == 201


def test_a_piece_whose_signature_is_of_another_body_is_refused(bank: PartnerClient) -> None:
    upload_no = open_upload(bank)
    path = f"/api/v1/file-uploads/{upload_no}/pieces/1"

    answer = put(bank, upload_no, 1, PIECES[1], authorization=bank.authorization("PUT", path, PIECES[1][:-1]))

    assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")
    assert UploadPiece.objects.count() == 0


@pytest.mark.parametrize(
    ("number", "piece", "content_type", "status", "code"),
    [
        (2, b"x", "application/octet-stream", 422, "piece_unfit"),
        (1, b"x", "application/octet-stream", 422, "piece_unfit"),
        (1, PIECES[1], "application/json", 415, "media_type_unsupported"),
        (0, PIECES[0] + b"x", "application/octet-stream", 413, "body_too_large"),
    ],
)
def test_a_piece_that_was_not_agreed_is_refused(
    bank: PartnerClient, number: int, piece: bytes, content_type: str, status: int, code: str
) -> None:
    upload_no = open_upload(bank)

    answer = put(bank, upload_no, number, piece, content_type=content_type)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert UploadPiece.objects.count() == 0


def test_nobody_else_sees_or_feeds_an_upload(bank: PartnerClient, stranger: PartnerClient) -> None:
    upload_no = open_upload(bank)

    answers = [
        stranger.get(f"/api/v1/file-uploads/{upload_no}"),
        put(stranger, upload_no, 1, PIECES[1]),
        complete(stranger, upload_no),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert {answer.json()["code"] for answer in answers} == {"upload_not_found"}
    assert UploadPiece.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"kind": "nonsense"}, 422, "file_kind_unknown"),
        ({"name": "../book.txt"}, 422, "file_name_unfit"),
        ({"size": 0}, 422, "file_empty"),
        ({"size": 6 * 1024**3}, 422, "file_too_large"),
        ({"sha256": "ABC"}, 400, "request_faulty"),
        ({"size": -1}, 400, "request_faulty"),
    ],
)
def test_a_file_we_would_not_take_is_refused_before_any_of_it_comes(
    bank: PartnerClient, changed: dict[str, Any], status: int, code: str
) -> None:
    answer = bank.post("/api/v1/file-uploads", ORDER | changed)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Upload.objects.count() == 0


def test_the_same_content_is_refused_naming_the_earlier_file(bank: PartnerClient) -> None:
    upload_no = open_upload(bank)
    for number in (0, 1):
        put(bank, upload_no, number, PIECES[number])
    earlier = complete(bank, upload_no).json()["file_no"]
    second = open_upload(bank, request_no="U-4")
    for number in (0, 1):
        put(bank, second, number, PIECES[number])

    answer = complete(bank, second, "U-5")

    assert (answer.status_code, answer.json()["code"], answer.json()["conflict"]) == (
        409,
        "duplicate_file",
        {"file_no": earlier},
    )


def test_an_empty_file_is_declared_and_needs_no_piece(bank: PartnerClient) -> None:
    empty = hashlib.sha256(b"").hexdigest()
    upload_no = open_upload(bank, size=0, sha256=empty, is_declared_empty=True)

    completed = complete(bank, upload_no)

    assert completed.status_code == 201
    assert ReceivedFile.objects.get().is_declared_empty is True


def test_a_partner_without_the_right_is_refused(db: None) -> None:
    client = PartnerClient(make_partner("HALL", "HALL"))

    answer = client.post("/api/v1/file-uploads", ORDER)

    assert (answer.status_code, answer.json()["code"]) == (403, "operation_not_permitted")
