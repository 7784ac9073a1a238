"""Identity and account numbers at rest: sealed by AES-256-GCM under a named key so that keys can be rotated,
and found again by a blind index (HMAC-SHA256) that tells equality and nothing else."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEYS_VARIABLE = "UNIPAY_ENCRYPTION_KEYS"
INDEX_KEY_VARIABLE = "UNIPAY_BLIND_INDEX_KEY"

_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_BLOCK_BYTES = 64  # of SHA-256, RFC 2104
_HMAC_PADS = (0x36, 0x5C)
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class Unsealable(Exception):
    """A value that cannot be opened: altered, moved to another column, or never sealed."""


class UnknownKey(Unsealable):
    """The value was sealed under a key this process was not given."""


class Keyring:
    """The keys in use: one seals, all open, a separate one makes blind indexes.

    keys: key id -> 32 bytes; primary: the id of the key that seals; index_key: at least 32 bytes.
    Raises ValueError for a key of another length or a primary that is not among the keys.
    """

    def __init__(self, keys: Mapping[str, bytes], primary: str, index_key: bytes) -> None:
        if primary not in keys:
            raise ValueError(f"the primary key {primary!r} is not among the keys")
        for key_id, key in keys.items():
            _require_key(key_id, key)
        if len(index_key) < _KEY_BYTES:
            raise ValueError(f"the blind index key must be at least {_KEY_BYTES} bytes")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._primary = primary
        self._index_key = index_key

    def __repr__(self) -> str:
        return f"<Keyring {', '.join(self._ciphers)}>"

    def seal(self, plaintext: str, *, context: str) -> str:
        """Return "key_id:base64(nonce + ciphertext)", bound to the context, e.g. "contract.account".

        Two seals of one text differ.
        """
        nonce = secrets.token_bytes(_NONCE_BYTES)
        ciphertext = self._ciphers[self._primary].encrypt(nonce, plaintext.encode(), context.encode())
        return f"{self._primary}:{base64.b64encode(nonce + ciphertext).decode()}"

    def open_(self, token: str, *, context: str) -> str:
        """Return the plaintext of a sealed token.

        Raises UnknownKey when its key is not in the ring, Unsealable when it was altered or sealed for
        another context.
        """
        key_id, _, encoded = token.partition(":")
        if not encoded or not _KEY_ID.fullmatch(key_id):
            raise Unsealable("not a sealed value")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UnknownKey(f"sealed under key {key_id!r}, which is not in {KEYS_VARIABLE}")
        try:
            sealed = base64.b64decode(encoded, validate=True)
            if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
                raise Unsealable("a sealed value is cut short")
            return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unsealable(f"a value sealed under {key_id!r} was altered or is not {context!r}") from error

    def opener(self, *, context: str) -> Callable[[str], str]:
        """Return `open_` for one context, in half the time: for values by the million."""
        ciphers, bound = self._ciphers, context.encode()

        def opened(token: str) -> str:
            key_id, _, encoded = token.partition(":")
            try:
                sealed = binascii.a2b_base64(encoded)
                return ciphers[key_id].decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound).decode()
            except (KeyError, InvalidTag, ValueError):
                return self.open_(token, context=context)  # which says what is wrong

        return opened

    def needs_reseal(self, token: str) -> bool:
        """Tell whether a token was sealed under another key than the primary one: rotation redoes it."""
        return token.partition(":")[0] != self._primary

    def blind_index(self, value: str, *, context: str) -> str:
        """Return 64 hex digits, equal for equal values of one context, meaningless without the key."""
        text = f"{context}\0{value}".encode()
        return hmac.new(self._index_key, text, hashlib.sha256).hexdigest()

    def blind_index_pads(self, *, context: str) -> tuple[bytes, bytes]:
        """Return (inner, outer), with which a database computes blind indexes of one context by columns.

        blind_index(value) = sha256(outer + sha256(inner + value)). Both are as secret as the key.
        """
        key = (
            self._index_key
            if len(self._index_key) <= _BLOCK_BYTES
            else hashlib.sha256(self._index_key).digest()
        )
        block = key.ljust(_BLOCK_BYTES, b"\0")
        inner, outer = (bytes(byte ^ pad for byte in block) for pad in _HMAC_PADS)
        return inner + f"{context}\0".encode(), outer


@lru_cache(maxsize=8)
def keyring_from_settings(spec: str, index_key: str) -> Keyring:
    """Read the environment's text: spec "k2:base64,k1:base64" (the first one seals), index_key base64.

    Raises ValueError naming the variable at fault, never showing a key.
    """
    keys: dict[str, bytes] = {}
    for entry in filter(None, (part.strip() for part in spec.split(","))):
        key_id, _, encoded = entry.partition(":")
        if not encoded:
            raise ValueError(f"{KEYS_VARIABLE}: each key is written id:base64")
        if key_id in keys:
            raise ValueError(f"{KEYS_VARIABLE}: key {key_id!r} is given twice")
        keys[key_id] = _decoded(encoded, f"{KEYS_VARIABLE}: key {key_id!r}")
        _require_key(key_id, keys[key_id], source=f"{KEYS_VARIABLE}: ")
    if not keys:
        raise ValueError(f"{KEYS_VARIABLE}: at least one key is needed, written id:base64")
    index = _decoded(index_key.strip(), INDEX_KEY_VARIABLE)
    if len(index) < _KEY_BYTES:
        raise ValueError(f"{INDEX_KEY_VARIABLE}: at least {_KEY_BYTES} bytes are needed, got {len(index)}")
    return Keyring(keys, next(iter(keys)), index)


def default() -> Keyring:
    """Return the keyring of the settings; built once per value, so a changed setting takes effect at once."""
    return keyring_from_settings(settings.UNIPAY_ENCRYPTION_KEYS, settings.UNIPAY_BLIND_INDEX_KEY)


def _decoded(encoded: str, what: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        raise ValueError(f"{what} is not base64") from None


def _require_key(key_id: str, key: bytes, *, source: str = "") -> None:
    if not _KEY_ID.fullmatch(key_id):
        raise ValueError(f"{source}key id {key_id[:40]!r} must be 1 to 32 of A-Z a-z 0-9 _ -")
    if len(key) != _KEY_BYTES:
        raise ValueError(f"{source}key {key_id!r} must be {_KEY_BYTES} bytes, got {len(key)}")
