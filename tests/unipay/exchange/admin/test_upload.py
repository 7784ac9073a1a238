"""Files come in pieces, in any order and again after a lost connection; or as a whole, without a script."""

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.conftest import Login
from tests.unipay.exchange.factories import the_bank
from unipay.exchange import queries
from unipay.exchange.flows import upload
from unipay.exchange.models import ReceivedFile, Upload

UPLOAD = "/admin/exchange/receivedfile/upload/"
RIGHTS = ("exchange.view_receivedfile", "exchange.upload_receivedfile")
CONTENT = bytes(range(256)) * 4096 * 2 + b"the end"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]


@pytest.fixture
def browser(clerk: Login) -> Client:
    return clerk(*RIGHTS)


def said(content: bytes = CONTENT, **given: Any) -> dict[str, Any]:
    usual = {
        "partner": the_bank().pk,
        "kind": "bank_contract_full",
        "business_date": "2026-11-21",
        "name": "icbc.txt",
        "size": len(content),
        "digest": hashlib.sha256(content).hexdigest(),
    }
    return {**usual, **given}


def send(browser: Client, upload_no: str, number: int, content: bytes = CONTENT) -> Any:
    piece = content[number * upload.PIECE_BYTES : (number + 1) * upload.PIECE_BYTES]
    address = f"{UPLOAD}{upload_no}/pieces/{number}/"
    return browser.post(address, piece, content_type="application/octet-stream")


def test_pieces_in_any_order_become_the_file(browser: Client) -> None:
    begun = browser.post(f"{UPLOAD}begin/", said()).json()

    for number in (2, 0, 1):
        assert send(browser, begun["upload_no"], number).status_code == 200
    answer = browser.post(f"{UPLOAD}{begun['upload_no']}/complete/").json()

    file = ReceivedFile.objects.get()
    assert (begun["pieces"], begun["missing"]) == (3, [0, 1, 2])
    assert answer == {"location": f"/admin/exchange/receivedfile/{file.pk}/change/"}
    assert b"".join(queries.content(file.file_no)) == CONTENT
    assert (file.origin, file.uploaded_by.username) == ("UPLOAD", "clerk")  # type: ignore[union-attr]


def test_who_comes_back_sends_what_is_missing(browser: Client) -> None:
    begun = browser.post(f"{UPLOAD}begin/", said()).json()
    send(browser, begun["upload_no"], 1)

    standing = browser.get(f"{UPLOAD}{begun['upload_no']}/").json()
    early = browser.post(f"{UPLOAD}{begun['upload_no']}/complete/")

    assert (standing["is_open"], standing["missing"]) == (True, [0, 2])
    assert (early.status_code, early.json()["error"]) == (422, "Pieces are missing.")


def test_a_piece_that_is_too_long_is_refused(browser: Client) -> None:
    begun = browser.post(f"{UPLOAD}begin/", said()).json()
    address = f"{UPLOAD}{begun['upload_no']}/pieces/0/"

    answer = browser.post(address, CONTENT, content_type="application/octet-stream")

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"name": "../etc/passwd"}, {"size": 10**13}, {"partner": 0}, {"kind": "x"}]
)
def test_what_we_would_not_take_is_refused_before_it_is_sent(browser: Client, wrong: dict[str, Any]) -> None:
    answer = browser.post(f"{UPLOAD}begin/", said(**wrong))

    assert answer.status_code == 422
    assert answer.json()["error"]
    assert not Upload.objects.exists()


def test_nobody_goes_on_with_anothers_upload(browser: Client, clerk: Login) -> None:
    begun = browser.post(f"{UPLOAD}begin/", said()).json()
    other = clerk(*RIGHTS, username="other")

    assert other.get(f"{UPLOAD}{begun['upload_no']}/").status_code == 404
    assert send(other, begun["upload_no"], 0).status_code == 404


def test_who_may_not_upload_does_not(clerk: Login) -> None:
    looker = clerk("exchange.view_receivedfile")

    assert looker.get(UPLOAD).status_code == 403
    assert looker.post(f"{UPLOAD}begin/", said()).status_code == 403


def plain(content: bytes) -> dict[str, Any]:
    return {**said(), "file": SimpleUploadedFile("icbc.txt", content)}


def test_without_a_script_the_file_comes_as_a_whole(browser: Client) -> None:
    answer = browser.post(UPLOAD, plain(CONTENT))

    file = ReceivedFile.objects.get()
    assert answer.headers["Location"] == f"/admin/exchange/receivedfile/{file.pk}/change/"
    assert (file.size, file.digest) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


def test_the_same_file_again_names_the_first(browser: Client) -> None:
    browser.post(UPLOAD, plain(CONTENT))

    answer = browser.post(UPLOAD, plain(CONTENT))

    first = ReceivedFile.objects.get()
    assert "A file with exactly this content was received before." in answer.content.decode()
    assert first.file_no in answer.content.decode()
