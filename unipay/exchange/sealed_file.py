"""Files at rest: sealed in frames, so that one place of a large file can be read without the rest of it, and any
change, swap or cut is noticed.

A sealed file is a header (magic, length of the token, the file's own key sealed by the keyring for this file alone)
and frames of 1 MiB, each AES-256-GCM under the file's key. A frame is bound to the file's name, its place, and to being
the last one.
"""

import base64
import io
import os
import secrets
import struct
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from unipay import encryption

FRAME_BYTES = 1024 * 1024
_TAG_BYTES = 16
_SEALED_FRAME = FRAME_BYTES + _TAG_BYTES
_MAGIC = b"UPVAULT1"
_LENGTH = struct.Struct(">H")
_PLACE = struct.Struct(">QB")
_CONTEXT = "vault.file_key"
_FRAMES_REMEMBERED = 2

OnFrame = Callable[[int, bytes], None]


class Altered(Exception):
    """The file is not what was stored: changed, cut short, or put under another name."""


class Sink(Protocol):
    """What sealed bytes are written to."""

    def write(self, data: bytes, /) -> int: ...


class FileKey:
    """The key of one file, bound to its name."""

    def __init__(self, name: str, material: bytes) -> None:
        self._cipher = AESGCM(material)
        self._name = name.encode()

    def seal(self, frame: bytes, *, index: int, is_last: bool) -> bytes:
        """Return the frame sealed at its place."""
        return self._cipher.encrypt(_nonce(index), frame, self._bound(index, is_last))

    def open_(self, sealed: bytes, *, index: int, is_last: bool) -> bytes:
        """Return what was sealed at this place; raises Altered."""
        try:
            return self._cipher.decrypt(_nonce(index), sealed, self._bound(index, is_last))
        except (InvalidTag, ValueError) as error:
            raise Altered(f"frame {index} of {self._name.decode()} is not what was stored") from error

    def _bound(self, index: int, is_last: bool) -> bytes:
        return _PLACE.pack(index, is_last) + self._name


def _nonce(index: int) -> bytes:
    return index.to_bytes(12, "big")


def new_key(name: str) -> tuple[FileKey, bytes]:
    """Return a fresh key for a file of this name, and the header that lets the keyring find it again."""
    material = secrets.token_bytes(32)
    token = encryption.default().seal(base64.b64encode(material).decode(), context=f"{_CONTEXT}.{name}")
    return FileKey(name, material), _MAGIC + _LENGTH.pack(len(token)) + token.encode()


def ephemeral_key(name: str) -> FileKey:
    """Return a key that is kept nowhere: what it seals dies with this process."""
    return FileKey(name, secrets.token_bytes(32))


def read_key(name: str, descriptor: int) -> tuple[FileKey, int]:
    """Return the file's key and where its frames begin; raises Altered, or UnknownKey for a key we were not given."""
    start = os.pread(descriptor, len(_MAGIC) + _LENGTH.size, 0)
    if len(start) < len(_MAGIC) + _LENGTH.size or not start.startswith(_MAGIC):
        raise Altered(f"{name} has no header of ours")
    (length,) = _LENGTH.unpack(start[len(_MAGIC) :])
    token = os.pread(descriptor, length, len(start))
    try:
        material = encryption.default().open_(token.decode("ascii"), context=f"{_CONTEXT}.{name}")
    except encryption.UnknownKey:
        raise
    except (encryption.Unsealable, UnicodeDecodeError) as error:
        raise Altered(f"the header of {name} is not what was stored") from error
    return FileKey(name, base64.b64decode(material)), len(start) + length


class SealingWriter(io.RawIOBase):
    """Takes plain bytes and writes sealed frames; close() writes the last one."""

    def __init__(self, sink: Sink, key: FileKey) -> None:
        super().__init__()
        self._sink, self._key = sink, key
        self._waiting = bytearray()
        self._index = 0
        self.size = 0

    def writable(self) -> bool:
        """Tell that it is written to."""
        return True

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        """Take plain bytes."""
        self._waiting += data
        self.size += len(data)
        while len(self._waiting) > FRAME_BYTES:
            frame = bytes(self._waiting[:FRAME_BYTES])
            del self._waiting[:FRAME_BYTES]
            self._put(frame, is_last=False)
        return len(data)

    def tell(self) -> int:
        """Return how many bytes were taken."""
        return self.size

    def close(self) -> None:
        """Write what is left as the last frame, once."""
        if not self.closed:
            self._put(bytes(self._waiting), is_last=True)
            self._waiting.clear()
        super().close()

    def _put(self, frame: bytes, *, is_last: bool) -> None:
        self._sink.write(self._key.seal(frame, index=self._index, is_last=is_last))
        self._index += 1


class SealedReader(io.RawIOBase):
    """Gives plain bytes of any place of a sealed file; owns the descriptor.

    Raises Altered when opened, for a file cut short, and when read, for a frame that is not what was stored.
    `on_frame(index, plain)` sees each frame as it is opened, possibly more than once; `on_trouble` is told of what goes
    wrong in reading, for callers that lose it on the way.
    """

    def __init__(self, descriptor: int, key: FileKey, start: int, *, on_frame: OnFrame | None = None) -> None:
        super().__init__()
        self._descriptor, self._key, self._start = descriptor, key, start
        self._on_frame = on_frame
        self.on_trouble: Callable[[Exception], None] | None = None
        self._position = 0
        self._opened: OrderedDict[int, bytes] = OrderedDict()
        self._lock = Lock()
        body = os.fstat(descriptor).st_size - start
        self._frames = -(-body // _SEALED_FRAME)
        if body < _TAG_BYTES or body - (self._frames - 1) * _SEALED_FRAME < _TAG_BYTES:
            raise Altered("the file was cut short")
        self.size = body - self._frames * _TAG_BYTES
        self._frame(self._frames - 1)

    def readable(self) -> bool:
        """Tell that it is read."""
        return True

    def seekable(self) -> bool:
        """Tell that any place can be read."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place of the plain bytes."""
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        self._position = max(0, origin + offset)
        return self._position

    def tell(self) -> int:
        """Return the place."""
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        """Return so many bytes, fewer only at the end; all the rest for -1."""
        try:
            return self._read(self.size - self._position if size is None or size < 0 else size)
        except Exception as error:
            if self.on_trouble:
                self.on_trouble(error)
            raise

    def _read(self, wanted: int) -> bytes:
        pieces: list[bytes] = []
        while wanted > 0 and self._position < self.size:
            index, offset = divmod(self._position, FRAME_BYTES)
            frame = self._frame(index)
            piece = frame if not offset and wanted >= len(frame) else frame[offset : offset + wanted]
            pieces.append(piece)
            wanted -= len(piece)
            self._position += len(piece)
        return b"".join(pieces)

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]
        """Fill the buffer as far as the file goes."""
        target = memoryview(buffer).cast("B")
        found = self.read(len(target))
        target[: len(found)] = found
        return len(found)

    def close(self) -> None:
        """Give the descriptor back."""
        if not self.closed:
            os.close(self._descriptor)
        super().close()

    def _frame(self, index: int) -> bytes:
        with self._lock:
            if index in self._opened:
                return self._opened[index]
        sealed = os.pread(self._descriptor, _SEALED_FRAME, self._start + index * _SEALED_FRAME)
        plain = self._key.open_(sealed, index=index, is_last=index == self._frames - 1)
        if self._on_frame:
            self._on_frame(index, plain)
        with self._lock:
            self._opened[index] = plain
            while len(self._opened) > _FRAMES_REMEMBERED:
                self._opened.popitem(last=False)
        return plain
