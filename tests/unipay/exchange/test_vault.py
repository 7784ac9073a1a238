"""The vault: what is stored comes back, nothing plain lies on the disk, whatever is altered is noticed."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unipay.exchange import vault
from unipay.exchange.sealed_file import FRAME_BYTES

CONTENT = bytes(range(256)) * 4096 * 2 + b"the end"  # two frames and a little more
SEALED_FRAME = FRAME_BYTES + 16


@pytest.fixture(autouse=True)
def _own_directory(settings: Any, tmp_path: Path) -> None:
    settings.UNIPAY_FILES_DIR = tmp_path


def on_disk(directory: Path) -> Path:
    (path,) = (each for each in directory.rglob("*") if each.is_file())
    return path


@pytest.mark.parametrize(
    "content", [b"", b"x", CONTENT, CONTENT[:FRAME_BYTES], CONTENT[: 2 * FRAME_BYTES]], ids=len
)
def test_what_is_stored_comes_back(content: bytes) -> None:
    stored = vault.store("F-1", [content[:10], content[10:]])

    with vault.open_("F-1") as file:
        assert file.read() == content
    assert stored == vault.Stored(len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("place", [0, 1, FRAME_BYTES - 1, FRAME_BYTES, len(CONTENT) - 3, len(CONTENT), 10**9])
def test_any_place_can_be_read(place: int) -> None:
    vault.store("F-1", [CONTENT])

    with vault.open_("F-1") as file:
        file.seek(place)
        assert file.read(100) == CONTENT[place : place + 100]
        assert file.seek(-7, io.SEEK_END) == len(CONTENT) - 7
        assert file.read() == b"the end"


def test_nothing_plain_lies_on_the_disk(tmp_path: Path) -> None:
    vault.store("F-1", [b"6222021234567890128" * 1000])

    assert b"6222021234567890128" not in on_disk(tmp_path).read_bytes()


def _flip(sealed: bytearray) -> None:
    sealed[-1] ^= 1


def _cut_a_frame(sealed: bytearray) -> None:
    del sealed[-(7 + 16) :]


def _cut_within(sealed: bytearray) -> None:
    del sealed[-3:]


def _swap_frames(sealed: bytearray) -> None:
    start = len(sealed) - 2 * SEALED_FRAME - (7 + 16)
    first, second = (
        sealed[start : start + SEALED_FRAME],
        sealed[start + SEALED_FRAME : start + 2 * SEALED_FRAME],
    )
    sealed[start : start + 2 * SEALED_FRAME] = second + first


def _change_header(sealed: bytearray) -> None:
    sealed[40] ^= 1


def _empty(sealed: bytearray) -> None:
    sealed.clear()


@pytest.mark.parametrize("alter", [_flip, _cut_a_frame, _cut_within, _swap_frames, _change_header, _empty])
def test_whatever_is_altered_is_noticed(alter: Callable[[bytearray], None], tmp_path: Path) -> None:
    vault.store("F-1", [CONTENT])
    path = on_disk(tmp_path)
    sealed = bytearray(path.read_bytes())

    alter(sealed)
    path.write_bytes(sealed)

    with pytest.raises(vault.Altered), vault.open_("F-1") as file:
        file.read()


def test_a_file_under_another_number_is_noticed(tmp_path: Path) -> None:
    vault.store("F-1", [CONTENT])
    sealed = on_disk(tmp_path).read_bytes()
    vault.remove("F-1")
    vault.store("F-2", [b""])

    on_disk(tmp_path).write_bytes(sealed)

    with pytest.raises(vault.Altered):
        vault.open_("F-2")


def test_too_much_is_refused_and_nothing_kept(tmp_path: Path) -> None:
    with pytest.raises(vault.TooLarge):
        vault.store("F-1", [b"12345", b"67890"], limit=9)

    assert not vault.exists("F-1")
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_a_number_is_used_once() -> None:
    vault.store("F-1", [b"first"])

    with pytest.raises(FileExistsError):
        vault.store("F-1", [b"second"])

    with vault.open_("F-1") as file:
        assert file.read() == b"first"


@pytest.mark.parametrize("file_no", ["F-9", "../F-1", "", "a/b", "x" * 81])
def test_what_is_no_number_of_ours_is_missing(file_no: str) -> None:
    with pytest.raises(vault.Missing):
        vault.open_(file_no)


def test_what_is_removed_is_gone() -> None:
    vault.store("F-1", [b"first"])

    vault.remove("F-1")
    vault.remove("F-1")

    assert not vault.exists("F-1")


def test_a_temporary_is_read_as_often_as_wished_and_has_no_name(tmp_path: Path) -> None:
    temporary = vault.Temporary()
    temporary.write(CONTENT)
    temporary.seal_up()

    assert temporary.open_().read() == CONTENT
    assert temporary.open_().read() == CONTENT
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_a_sweep_takes_what_nobody_holds_any_more(tmp_path: Path) -> None:
    with vault.working_directory() as held:
        (held.parent / "part-left").write_bytes(b"")
        (held.parent / "work-left").mkdir()

        assert vault.sweep(older_than=0) == 2
        assert held.is_dir()

    assert list((tmp_path / "scratch").iterdir()) == []
