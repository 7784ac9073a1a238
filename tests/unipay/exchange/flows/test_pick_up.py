"""We look into partners' directories: what is whole and new comes in, once; nothing is ever taken away."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.sftp_server import PASSWORD, USER, serving_sftp
from tests.unipay.exchange.factories import NOW, make_directory, make_layout
from unipay.exchange.flows import pick_up
from unipay.exchange.models import Directory, ReceivedFile, SeenInDirectory
from unipay.exchange.queries import content

pytestmark = pytest.mark.django_db

BOOK = b"B-1|13805710001\n"
CONTROL = f"{hashlib.sha256(BOOK).hexdigest()}  book.txt\n"


@pytest.fixture
def inbox(tmp_path: Path, settings: Any) -> Path:
    """A directory of the disk, of a bank."""
    place = tmp_path / "bank" / "out"
    place.mkdir(parents=True)
    settings.UNIPAY_LOCAL_DIRECTORIES = [str(tmp_path / "bank")]
    return place


@pytest.fixture
def directory(inbox: Path) -> Directory:
    return make_directory(address=f"file://{inbox}", kind="trial_book")


def look(directory: Directory, *, after: int = 0) -> int:
    moment = NOW + timedelta(seconds=after)
    return pick_up.look(directory.pk, now=lambda: moment)


def seen(name: str = "book.txt") -> SeenInDirectory:
    return SeenInDirectory.objects.get(name=name)


def test_a_file_with_its_control_file_comes_in_at_once(directory: Directory, inbox: Path) -> None:
    (inbox / "book.txt").write_bytes(BOOK)
    (inbox / "book.txt.sha256").write_text(CONTROL)

    taken = look(directory)

    file = ReceivedFile.objects.get()
    assert (taken, file.name, file.origin, file.kind, file.partner) == (
        1,
        "book.txt",
        "DIRECTORY",
        "trial_book",
        directory.partner,
    )
    assert b"".join(content(file.file_no)) == BOOK
    assert (inbox / "book.txt").exists()


def test_a_file_is_taken_once(directory: Directory, inbox: Path) -> None:
    (inbox / "book.txt").write_bytes(BOOK)
    (inbox / "book.txt.sha256").write_text(CONTROL)

    assert [look(directory, after=60 * turn) for turn in range(3)] == [1, 0, 0]

    assert ReceivedFile.objects.count() == 1


def test_a_file_without_one_comes_in_once_it_stands_still(directory: Directory, inbox: Path) -> None:
    book = inbox / "book.txt"
    book.write_bytes(BOOK[:8])
    first = look(directory)
    book.write_bytes(BOOK)

    grown = look(directory, after=60)
    too_early = look(directory, after=119)
    still = look(directory, after=150)

    assert (first, grown, too_early, still) == (0, 0, 0, 1)
    assert b"".join(content(ReceivedFile.objects.get().file_no)) == BOOK


def test_two_looks_keep_a_pause(directory: Directory, inbox: Path) -> None:
    look(directory)
    (inbox / "book.txt").write_bytes(BOOK)
    (inbox / "book.txt.sha256").write_text(CONTROL)

    assert look(directory, after=29) == 0
    assert look(directory, after=31) == 1


@pytest.mark.parametrize(
    ("control", "why"),
    [(f"{'0' * 64}  book.txt", "another size or SHA-256"), ("nonsense", "holds no SHA-256")],
)
@pytest.mark.usefixtures("english")
def test_a_file_that_is_not_what_its_control_file_says_is_not_taken(
    directory: Directory, inbox: Path, control: str, why: str
) -> None:
    (inbox / "book.txt").write_bytes(BOOK)
    (inbox / "book.txt.sha256").write_text(control)

    taken = look(directory)

    assert (taken, ReceivedFile.objects.count()) == (0, 0)
    assert why in seen().refused


def test_the_same_content_under_another_name_is_not_taken_again(directory: Directory, inbox: Path) -> None:
    directory.settle_seconds = 0
    directory.save()
    (inbox / "book.txt").write_bytes(BOOK)
    look(directory)
    (inbox / "copy.txt").write_bytes(BOOK)

    taken = look(directory, after=60)

    assert (taken, ReceivedFile.objects.count()) == (0, 1)
    assert ReceivedFile.objects.get().file_no in seen("copy.txt").refused


@pytest.mark.usefixtures("english")
def test_a_name_that_was_taken_is_not_taken_with_another_content(directory: Directory, inbox: Path) -> None:
    directory.settle_seconds = 0
    directory.save()
    (inbox / "book.txt").write_bytes(BOOK)
    look(directory)
    (inbox / "book.txt").write_bytes(BOOK * 2)

    taken = look(directory, after=60)

    assert (taken, ReceivedFile.objects.count()) == (0, 1)
    assert seen().refused == "A file of this name was taken from here before, with another size."


def test_what_is_hidden_unfinished_or_of_another_name_stays(directory: Directory, inbox: Path) -> None:
    directory.settle_seconds, directory.pattern = 0, "*.txt"
    directory.save()
    for name in (".book.txt", "book.txt.part", "book.txt.writing", "book.csv", "lost.txt.sha256"):
        (inbox / name).write_bytes(BOOK)
    (inbox / "folder.txt").mkdir()

    assert look(directory) == 0
    assert SeenInDirectory.objects.count() == 0


def test_the_kind_is_told_by_the_name_where_the_directory_does_not_say(inbox: Path) -> None:
    make_layout("trial_book", file_name_pattern="{partner}_{business_date:%Y%m%d}.txt")
    directory = make_directory(address=f"file://{inbox}", settle_seconds=0)
    (inbox / "ICBC_20261121.txt").write_bytes(BOOK)
    (inbox / "letter.txt").write_bytes(b"Dear Sirs")

    taken = look(directory)

    file = ReceivedFile.objects.get()
    assert (taken, file.kind, str(file.business_date)) == (1, "trial_book", "2026-11-21")
    assert seen("letter.txt").refused


def test_a_directory_out_of_reach_says_so_on_its_row(directory: Directory, inbox: Path) -> None:
    inbox.rmdir()

    taken = look(directory)

    directory.refresh_from_db()
    assert (taken, directory.last_looked_at) == (0, NOW)
    assert directory.last_error.startswith("FileNotFoundError")


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc",
        "file://{inbox}/../../../etc",
        "http://127.0.0.1/",
        "simplecache::file://{inbox}",
        "sftp://169.254.169.254/",
        "sftp:///nowhere",
        "sftp://user:secret@bank.example/out",
    ],
)
def test_an_address_that_is_not_allowed_is_never_opened(inbox: Path, address: str) -> None:
    directory = make_directory(address=address.format(inbox=inbox))

    look(directory)

    directory.refresh_from_db()
    assert directory.last_error.startswith("Refusal")


def test_a_link_out_of_the_listed_root_is_not_followed(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (inbox / "link").symlink_to(tmp_path / "elsewhere")
    directory = make_directory(address=f"file://{inbox}/link")

    look(directory)

    directory.refresh_from_db()
    assert directory.last_error.startswith("Refusal")


@pytest.fixture
def over_sftp(inbox: Path, tmp_path: Path) -> Iterator[Directory]:
    with serving_sftp(tmp_path / "bank") as server:
        secrets = {"username": USER, "password": PASSWORD, "host_key": server.host_key}
        yield make_directory(
            address=server.address("/out"), kind="trial_book", credentials=json.dumps(secrets)
        )


@pytest.mark.parametrize("before", ["", "[127.0.0.1]:22 "])
def test_a_file_comes_in_over_sftp(over_sftp: Directory, inbox: Path, before: str) -> None:
    secrets = json.loads(over_sftp.credentials)
    over_sftp.credentials = json.dumps(secrets | {"host_key": before + secrets["host_key"]})
    over_sftp.save()
    (inbox / "book.txt").write_bytes(BOOK)
    (inbox / "book.txt.sha256").write_text(CONTROL)

    taken = look(over_sftp)

    over_sftp.refresh_from_db()
    assert (taken, over_sftp.last_error) == (1, "")
    assert b"".join(content(ReceivedFile.objects.get().file_no)) == BOOK


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"host_key": ""}, "Refusal"),
        ({"host_key": "ssh-ed25519 nonsense"}, "Refusal"),
        (
            {"host_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"},
            "BadHostKeyException",
        ),
        ({"password": "wrong"}, "AuthenticationException"),
        ({"key_filename": "/etc/passwd"}, "Refusal"),
    ],
)
def test_a_server_we_do_not_know_gets_nothing(
    over_sftp: Directory, inbox: Path, changed: dict[str, str], error: str
) -> None:
    over_sftp.credentials = json.dumps(json.loads(over_sftp.credentials) | changed)
    over_sftp.save()

    taken = look(over_sftp)

    over_sftp.refresh_from_db()
    assert taken == 0
    assert over_sftp.last_error.startswith(error)
    assert PASSWORD not in over_sftp.last_error


def test_directories_are_due_after_a_pause(inbox: Path) -> None:
    new = make_directory(address=f"file://{inbox}/a")
    make_directory(address=f"file://{inbox}/b", is_active=False)
    make_directory(address=f"file://{inbox}/c", last_looked_at=NOW - timedelta(seconds=10))
    rested = make_directory(address=f"file://{inbox}/d", last_looked_at=NOW - timedelta(seconds=31))
    make_directory("DELIVER", address=f"file://{inbox}/e")

    assert sorted(pick_up.due(now=NOW)) == [new.pk, rested.pk]
