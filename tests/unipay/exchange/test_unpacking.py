"""Packed files: one file, not larger than it should be, whatever its name."""

import gzip
import io
import zipfile

import pytest

from unipay.exchange.faults import ReadingRefused, title
from unipay.exchange.unpacking import is_packed, unpacked

LINES = b"B1|13805710001\n" * 100_000
LIMIT = 100 * 1024 * 1024


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def encrypted() -> bytes:
    content = bytearray(zipped(a=LINES))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def unpack(content: bytes, limit: int = LIMIT) -> bytes:
    return b"".join(unpacked(io.BytesIO(content), limit=limit))


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(LINES),
        zipped(a=LINES),
        zipped(**{"../../etc/passwd": LINES}),
        gzip.compress(LINES) + b"\0" * 9,
    ],
    ids=["gzip", "zip", "path", "padded"],
)
def test_one_packed_file_is_unpacked(content: bytes) -> None:
    assert is_packed(io.BytesIO(content))
    assert unpack(content) == LINES


def test_an_empty_file_may_be_packed() -> None:
    assert unpack(gzip.compress(b"")) == b""
    assert unpack(zipped(a=b"")) == b""


@pytest.mark.parametrize("content", [b"", b"B1|1\n", b"\x1f", b"PK"])
def test_a_plain_file_is_not_packed(content: bytes) -> None:
    assert not is_packed(io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zipped(a=b"1", b=b"2"), "bad_archive"),
        (zipped(**{"folder/": b""}), "bad_archive"),
        (zipped(a=LINES)[:-40], "bad_archive"),
        (encrypted(), "bad_archive"),
        (gzip.compress(LINES)[:-1], "bad_archive"),
        (gzip.compress(LINES)[:100] + b"xxxx" + gzip.compress(LINES)[104:], "bad_archive"),
        (gzip.compress(b"1") + gzip.compress(b"2"), "bad_archive"),
        (gzip.compress(b"0" * 40_000_000), "too_large"),
        (zipped(a=b"0" * 40_000_000), "too_large"),
    ],
    ids=["two", "folder", "cut", "password", "gzip-cut", "gzip-broken", "members", "gzip-bomb", "zip-bomb"],
)
def test_what_is_no_single_sound_file_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(ReadingRefused) as refused:
        unpack(content)

    assert refused.value.code == code


def test_the_size_is_limited_whatever_the_ratio() -> None:
    with pytest.raises(ReadingRefused) as refused:
        unpack(gzip.compress(LINES), limit=len(LINES) - 1)

    assert refused.value.code == "too_large"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_what_is_not_unpacked_step_by_step_is_not_unpacked_at_all(method: int) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("a", LINES)

    with pytest.raises(ReadingRefused) as refused:
        unpack(target.getvalue())

    assert refused.value.code == "bad_archive"


def test_a_table_of_members_that_is_too_long_is_not_read() -> None:
    content = zipped(a=LINES)
    place = content.index(b"PK\x01\x02")
    many = content[place:-22] * 100_000
    end = bytearray(content[-22:])
    end[8:12] = (100_000 % 65536).to_bytes(2, "little") * 2
    end[12:16] = len(many).to_bytes(4, "little")

    with pytest.raises(ReadingRefused) as refused:
        unpack(content[:place] + many + bytes(end))

    assert refused.value.text == title("bad_archive")
