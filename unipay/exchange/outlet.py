"""The way of written lines into the vault: encoded, packed and sealed for the partner, block by block."""

import codecs
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol

from fsspec.spec import AbstractFileSystem

from unipay.exchange.envelope import Sealing
from unipay.exchange.models import Compression, Encoding, EnvelopeKey, FileLayout

ADDRESS = "outlet://lines"
_GZIP = 31  # zlib's way to say: with the header of gzip
_FAST = 1
_MEMBER = "lines.txt"


class Target(Protocol):
    """What takes bytes."""

    def write(self, data: bytes, /) -> Any: ...


class Outlet(AbstractFileSystem):  # type: ignore[misc]
    """A file system with one file to write, for DuckDB; what is written there goes to the target."""

    protocol = "outlet"
    cachable = False

    def __init__(self, target: Target) -> None:
        super().__init__()
        self._target = target

    def _open(self, _path: str, mode: str = "rb", *_args: Any, **_options: Any) -> Any:
        if "w" not in mode:
            raise FileNotFoundError(_path)
        return _Writing(self._target)

    def info(self, path: str, **_options: Any) -> dict[str, Any]:
        """Tell that the file is not there yet."""
        raise FileNotFoundError(path)


@contextmanager
def outlet(layout: FileLayout, target: Target, *, key: EnvelopeKey | None) -> Iterator[Target]:
    """Give what takes UTF-8 and passes it on as the layout wants it; whatever waits is passed on at the end."""
    with ExitStack() as stack:
        if key is not None:
            target = sealing = Sealing(target, key)
            stack.callback(sealing.close)
        if layout.compression == Compression.GZIP:
            target = packing = _Gzip(target)
            stack.callback(packing.close)
        elif layout.compression == Compression.ZIP:
            archive = stack.enter_context(zipfile.ZipFile(_Writing(target), "w", zipfile.ZIP_DEFLATED))
            target = stack.enter_context(archive.open(_MEMBER, "w", force_zip64=True))
        if layout.encoding == Encoding.GBK:
            target = _Recoding(target)
        yield target


class _Gzip:
    def __init__(self, target: Target) -> None:
        self._target, self._packer = target, zlib.compressobj(_FAST, wbits=_GZIP)

    def write(self, data: bytes, /) -> None:
        self._target.write(self._packer.compress(data))

    def close(self) -> None:
        self._target.write(self._packer.flush())


class _Recoding:
    def __init__(self, target: Target) -> None:
        self._target, self._decoder = target, codecs.getincrementaldecoder("utf-8")()

    def write(self, data: bytes, /) -> None:
        self._target.write(self._decoder.decode(data).encode("gb18030"))


class _Writing(io.RawIOBase):
    def __init__(self, target: Target) -> None:
        super().__init__()
        self._target, self._size = target, 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._target.write(bytes(data))
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        return self._size
