"""The envelope around a file: AES-256-GCM or SM4-GCM in frames, so that files of any size are sealed and opened in a
stream, and a file cut short is noticed.

The format, for partners who write or read it:

    header   "UNIPAYE1"                      8 bytes, ASCII
             cipher                          1 byte: 1 is AES-256-GCM, 2 is SM4-GCM
             length of the key id            1 byte
             key id                          ASCII, as agreed with the key
             nonce prefix                    7 random bytes, new for every file
    frames   ciphertext and 16 bytes of tag  1,048,576 bytes of the file each, the last one 0 to 1,048,576

The nonce of a frame has 12 bytes: the prefix, the frame's number from 0 in four bytes (big-endian), and one byte that
is 1 for the last frame, else 0. The additional data of every frame is the whole header. An empty file has one empty
frame. A packed file is packed first and sealed then. Keys are 32 bytes for AES and 16 for SM4.
"""

import base64
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from django.utils.translation import gettext_lazy as _

from unipay.exchange.faults import Undecryptable
from unipay.exchange.models import Cipher, EnvelopeKey
from unipay.partners.models import Partner

MAGIC = b"UNIPAYE1"
FRAME_BYTES = 1024 * 1024
KEY_BYTES = {Cipher.AES_256_GCM: 32, Cipher.SM4_GCM: 16}
_TAG_BYTES = 16
_PREFIX_BYTES = 7
_NUMBERS = {Cipher.AES_256_GCM: 1, Cipher.SM4_GCM: 2}
_ALGORITHMS: dict[int, Callable[[bytes], Any]] = {1: AES, 2: SM4}
_LAST_FRAME = 2**32 - 1

FindKey = Callable[[str, int], bytes]


@dataclass(frozen=True)
class _Frames:
    header: bytes
    prefix: bytes
    algorithm: Any

    def cipher(self, number: int, *, is_last: bool, tag: bytes | None = None) -> Any:
        nonce = self.prefix + number.to_bytes(4, "big") + bytes([is_last])
        built = BlockCipher(self.algorithm, GCM(nonce, tag))
        step = built.encryptor() if tag is None else built.decryptor()
        step.authenticate_additional_data(self.header)
        return step


class Sealing:
    """Writes an envelope to a target: write() plain bytes, then close()."""

    def __init__(self, target: Any, key: EnvelopeKey) -> None:
        cipher = Cipher(key.cipher)
        prefix = secrets.token_bytes(_PREFIX_BYTES)
        key_id = key.key_id.encode("ascii")
        header = MAGIC + bytes([_NUMBERS[cipher], len(key_id)]) + key_id + prefix
        self._frames = _Frames(header, prefix, _ALGORITHMS[_NUMBERS[cipher]](base64.b64decode(key.material)))
        self._target = target
        self._waiting = bytearray()
        self._number = 0
        target.write(header)

    def write(self, data: bytes, /) -> None:
        """Take plain bytes."""
        self._waiting += data
        while len(self._waiting) > FRAME_BYTES:
            self._put(bytes(self._waiting[:FRAME_BYTES]), is_last=False)
            del self._waiting[:FRAME_BYTES]

    def close(self) -> None:
        """Write the last frame."""
        self._put(bytes(self._waiting), is_last=True)

    def _put(self, frame: bytes, *, is_last: bool) -> None:
        step = self._frames.cipher(self._number, is_last=is_last)
        self._target.write(step.update(frame) + step.finalize() + step.tag)
        self._number += 1


def is_sealed(stream: BinaryIO) -> bool:
    """Tell whether an envelope stands at the beginning of the stream, which is there again afterwards."""
    start = stream.read(len(MAGIC))
    stream.seek(0)
    return start == MAGIC


def opened(stream: BinaryIO, find_key: FindKey) -> Iterator[bytes]:
    """Give the plain bytes, frame by frame; raises Undecryptable, at the latest at the end of a file cut short."""
    frames = _read_header(stream, find_key)
    sealed = stream.read(FRAME_BYTES + _TAG_BYTES)
    number = 0
    while True:
        following = stream.read(FRAME_BYTES + _TAG_BYTES)
        yield _opened_frame(frames, number, sealed, is_last=not following)
        if not following:
            return
        sealed, number = following, number + 1


def keys_of(partner: Partner, *, at: datetime) -> FindKey:
    """Return how to find the partner's keys that are valid at this time."""

    def find(key_id: str, number: int) -> bytes:
        key = EnvelopeKey.objects.filter(partner=partner, key_id=key_id).first()
        if key is None or not key.is_valid(at):
            text = _("It is sealed with the key “%(key)s”, which is not valid for this partner.")
            raise Undecryptable(text % {"key": key_id})
        if _NUMBERS[Cipher(key.cipher)] != number:
            raise Undecryptable(_("It is sealed with another cipher than its key is for."))
        return base64.b64decode(key.material)

    return find


def sealing_key(partner: Partner, cipher: str, *, at: datetime) -> EnvelopeKey | None:
    """Return the newest key that seals files for the partner now; None when there is none."""
    keys = EnvelopeKey.objects.filter(partner=partner, cipher=cipher, valid_from__lte=at).order_by(
        "-valid_from"
    )
    return next((key for key in keys if key.is_valid(at)), None)


def _read_header(stream: BinaryIO, find_key: FindKey) -> _Frames:
    start = stream.read(len(MAGIC) + 2)
    if len(start) < len(MAGIC) + 2 or not start.startswith(MAGIC):
        raise Undecryptable(_("It is not sealed in an envelope, as its layout says."))
    number, length = start[-2], start[-1]
    rest = stream.read(length + _PREFIX_BYTES)
    try:
        key_id = rest[:length].decode("ascii")
    except UnicodeDecodeError:
        raise Undecryptable from None
    if number not in _ALGORITHMS or len(rest) < length + _PREFIX_BYTES:
        raise Undecryptable
    return _Frames(start + rest, rest[length:], _ALGORITHMS[number](find_key(key_id, number)))


def _opened_frame(frames: _Frames, number: int, sealed: bytes, *, is_last: bool) -> bytes:
    if len(sealed) < _TAG_BYTES or number > _LAST_FRAME:
        raise Undecryptable(_("It was cut short, or altered on its way."))
    step = frames.cipher(number, is_last=is_last, tag=sealed[-_TAG_BYTES:])
    try:
        plain: bytes = step.update(sealed[:-_TAG_BYTES]) + step.finalize()
    except InvalidTag as error:
        raise Undecryptable(_("It was cut short, or altered on its way.")) from error
    return plain
