"""The client a partner downloads sends and fetches files, over real HTTP."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.factories import make_partner, private_key_of
from tests.unipay.exchange.factories import make_sent
from unipay.api.examples import unipay_client
from unipay.api.examples.unipay_client import UnipayClient
from unipay.exchange import vault
from unipay.exchange.models import ReceivedFile, SentFile, Upload
from unipay.exchange.queries import content
from unipay.partners.keys import own_key
from unipay.partners.models import Partner

pytestmark = pytest.mark.django_db(transaction=True)

BOOK = bytes(range(256)) * 4 * 1024 + b"the rest"


@pytest.fixture
def bank() -> Partner:
    return make_partner("ICBC")


@pytest.fixture
def keys(bank: Partner, tmp_path: Path) -> Path:
    (tmp_path / "bank.pem").write_text(private_key_of(bank))
    (tmp_path / "unipay.pub.pem").write_text(own_key("RSA-SHA256", bank.keys.get().valid_from).public_key)
    return tmp_path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "book.txt").write_bytes(BOOK)
    return tmp_path / "book.txt"


@pytest.fixture
def address(live_server: Any) -> str:
    return str(live_server.url)


def run(keys: Path, *command: str) -> int:
    who = ["--partner", "ICBC", "--key", "k1", "--private-key", str(keys / "bank.pem")]
    return unipay_client.main([*who, "--unipay-public-key", str(keys / "unipay.pub.pem"), *command])


def test_a_file_is_uploaded_by_one_command(
    keys: Path, book: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ("--kind", "bank_contract_full", "--business-date", "2026-11-21")

    code = run(keys, "upload", address, str(book), *said)

    file = ReceivedFile.objects.get()
    assert (code, json.loads(capsys.readouterr().out)["file_no"]) == (0, file.file_no)
    assert b"".join(content(file.file_no)) == BOOK
    assert not (keys / "book.txt.upload").exists()


def test_an_upload_goes_on_where_it_was_cut(
    keys: Path, book: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ("--kind", "bank_contract_full", "--business-date", "2026-11-21")
    put, sent = UnipayClient._put_piece, []

    def cut(self: UnipayClient, url: str, path: Path, number: int, size: int) -> Any:
        sent.append(number)
        if len(sent) == 2:
            raise OSError("the line was cut")
        return put(self, url, path, number, size)

    monkeypatch.setattr(UnipayClient, "_put_piece", cut)

    codes = [run(keys, "upload", address, str(book), *said) for _turn in range(2)]

    assert (codes, sent) == ([2, 0], [0, 1, 1])
    assert (Upload.objects.count(), ReceivedFile.objects.count()) == (1, 1)


def test_a_file_of_ours_is_fetched_in_ranges(
    keys: Path, bank: Partner, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unipay_client, "RANGE_BYTES", 300_000)
    file = make_sent(partner=bank, size=len(BOOK), digest=hashlib.sha256(BOOK).hexdigest())
    vault.store(file.file_no, [BOOK])
    (keys / "ours.txt.part").write_bytes(BOOK[:1000])

    code = run(keys, "download", address, file.file_no, str(keys / "ours.txt"))

    assert (code, (keys / "ours.txt").read_bytes()) == (0, BOOK)
    assert SentFile.objects.get().state == "DELIVERED"


def test_a_download_that_is_not_what_was_told_is_not_believed(
    keys: Path, bank: Partner, address: str
) -> None:
    file = make_sent(partner=bank, size=len(BOOK), digest="0" * 64)
    vault.store(file.file_no, [BOOK])

    code = run(keys, "download", address, file.file_no, str(keys / "ours.txt"))

    assert code == 2
    assert not (keys / "ours.txt").exists()
