"""Packed files: gzip and zip, told by how they begin, with an eye on bombs."""

import os
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from django.utils.translation import gettext_lazy as _

from unipay.exchange.faults import ReadingRefused

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_WBITS = 31  # zlib's way to say: with the header of gzip
_BLOCK = 1024 * 1024
_MOST_AT_ONCE = 4 * _BLOCK
_HARMLESS = 16 * 1024 * 1024
_IN_STEPS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The methods that are unpacked step by step; of the others one block may become terabytes at once."""
_MOST_TIMES = 250
"""How many times larger than packed a file may become once it is no longer small; our own lines become 5 to 20."""


def is_packed(stream: BinaryIO) -> bool:
    """Tell whether the stream is packed; it stands at its beginning afterwards."""
    start = stream.read(4)
    stream.seek(0)
    return start.startswith(_GZIP) or start == _ZIP


def unpacked(stream: BinaryIO, *, limit: int) -> Iterator[bytes]:
    """Give what is in the packed file, in blocks; raises ReadingRefused bad_archive or too_large."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    is_zip = stream.read(4) == _ZIP
    stream.seek(0)
    unpacked_size = 0
    try:
        for block in _unzipped(stream) if is_zip else _gunzipped(stream):
            unpacked_size += len(block)
            if unpacked_size > limit or unpacked_size > max(_HARMLESS, size * _MOST_TIMES):
                raise ReadingRefused("too_large")
            yield block
    except (zlib.error, zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise ReadingRefused("bad_archive") from error


class _Sips:
    """A stream of which nobody takes more than a few blocks at once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable
        self.close = stream.close

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes; a whole that is too much is no file of ours."""
        content = self._stream.read(_MOST_AT_ONCE + 1 if size < 0 else min(size, _MOST_AT_ONCE + 1))
        if len(content) > _MOST_AT_ONCE:
            raise zipfile.BadZipFile
        return content


def _gunzipped(stream: BinaryIO) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(_WBITS)
    while not unpacker.eof:
        waiting = unpacker.unconsumed_tail or stream.read(_BLOCK)
        if not waiting:
            raise EOFError
        if block := unpacker.decompress(waiting, _BLOCK):
            yield block
    if unpacker.unused_data.strip(b"\0") or stream.read(1):
        raise ReadingRefused("bad_archive", _("The packed file holds more than one file."))


def _unzipped(stream: BinaryIO) -> Iterator[bytes]:
    # A zip has a table of its members, read at once; that of one member is short.
    with zipfile.ZipFile(cast(BinaryIO, _Sips(stream))) as archive:
        members = archive.infolist()
        if len(members) != 1 or members[0].is_dir():
            raise ReadingRefused("bad_archive", _("The packed file must hold exactly one file."))
        if members[0].flag_bits & 1:
            raise ReadingRefused("bad_archive", _("The packed file is protected by a password."))
        if members[0].compress_type not in _IN_STEPS:
            raise ReadingRefused("bad_archive")
        with archive.open(members[0]) as member:
            while block := member.read(_BLOCK):
                yield block
