"""Signatures on the wire, both ways: RSA-SHA256 (PKCS#1 v1.5) and SM2-SM3, the signed texts, and the
Authorization header a partner sends. The algorithm belongs to the key, never to the caller."""

import base64
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

import gmssl_pyx
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from unipay import sm2_keys

RSA_BITS = range(2048, 8193)

_NEW_RSA_BITS = 2048  # every answer is signed: 3072 bits cost three times the processor time
_HEADER_LIMIT = 4096
_CREDENTIALS = {
    "partner": re.compile(r"[A-Za-z0-9_-]{1,32}"),
    "key": re.compile(r"[A-Za-z0-9_-]{1,64}"),
    "timestamp": re.compile(r"[0-9]{1,12}"),
    "nonce": re.compile(r"[A-Za-z0-9_-]{16,64}"),
    "signature": re.compile(r"[A-Za-z0-9+/]+={0,2}"),
}
_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)
_PARAMETER = re.compile(r'([a-z]+)="([^"]*)"')


class Algorithm(StrEnum):
    """The signature algorithms; in the Authorization header they follow "UNIPAY-"."""

    RSA_SHA256 = "RSA-SHA256"
    SM2_SM3 = "SM2-SM3"


_SCHEMES = {f"UNIPAY-{algorithm}": algorithm for algorithm in Algorithm}


class PublicKey(Protocol):
    def verify(self, text: bytes, signature: bytes) -> bool:
        """Tell whether the signature is this key's over the text; garbage is simply not."""


class PrivateKey(Protocol):
    def sign(self, text: bytes) -> bytes:
        """Return the signature over the text."""


@dataclass(frozen=True)
class KeyPair:
    """A private key as unencrypted PKCS#8 PEM and its public key as SubjectPublicKeyInfo PEM."""

    private_pem: str
    public_pem: str

    def __repr__(self) -> str:
        return f"<KeyPair {fingerprint(self.public_pem)[:16]}>"


@dataclass(frozen=True)
class Credentials:
    """What an Authorization header claims (Unix seconds, base64 signature); nothing is proven yet."""

    algorithm: Algorithm
    partner: str
    key: str
    timestamp: int
    nonce: str
    signature: str


@dataclass(frozen=True)
class _RsaPublicKey:
    key: rsa.RSAPublicKey

    def verify(self, text: bytes, signature: bytes) -> bool:
        try:
            self.key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class _RsaPrivateKey:
    key: rsa.RSAPrivateKey

    def sign(self, text: bytes) -> bytes:
        return self.key.sign(text, padding.PKCS1v15(), hashes.SHA256())


@dataclass(frozen=True)
class _Sm2PublicKey:
    point: bytes

    def verify(self, text: bytes, signature: bytes) -> bool:
        try:
            return bool(gmssl_pyx.sm2_verify(self.point, text, signature))
        except gmssl_pyx.GmsslInnerError:
            return False


@dataclass(frozen=True, repr=False)
class _Sm2PrivateKey:
    scalar: bytes
    point: bytes

    def sign(self, text: bytes) -> bytes:
        signature: bytes = gmssl_pyx.sm2_sign(self.scalar, self.point, text)
        return signature


def generate(algorithm: str) -> KeyPair:
    """Make a key pair for the algorithm (RSA of 2048 bits, or SM2)."""
    if Algorithm(algorithm) is Algorithm.SM2_SM3:
        point, scalar = gmssl_pyx.sm2_key_generate()
        return KeyPair(sm2_keys.private_pem(scalar, point=point), sm2_keys.public_pem(point))
    key = rsa.generate_private_key(public_exponent=65537, key_size=_NEW_RSA_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return KeyPair(private.decode(), public.decode())


@lru_cache(maxsize=1024)
def load_public(pem: str, algorithm: str) -> PublicKey:
    """Read a SubjectPublicKeyInfo PEM ("-----BEGIN PUBLIC KEY-----") for the algorithm; parsed once.

    Raises ValueError, in one sentence for the person who gave the file, when it is something else, a key of
    another type, or an RSA key outside 2048 to 8192 bits.
    """
    if Algorithm(algorithm) is Algorithm.SM2_SM3:
        return _Sm2PublicKey(sm2_keys.public_point(pem))
    der = sm2_keys.read_pem(pem, label="PUBLIC KEY")
    try:
        key = serialization.load_der_public_key(der)
    except _UNREADABLE as error:
        raise ValueError("the public key is damaged or of an unknown type") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("the public key is not an RSA key")
    _require_size(key.key_size)
    return _RsaPublicKey(key)


@lru_cache(maxsize=64)
def load_private(pem: str, algorithm: str) -> PrivateKey:
    """Read an unencrypted PKCS#8 PEM for the algorithm; parsed once. Raises as load_public does."""
    if Algorithm(algorithm) is Algorithm.SM2_SM3:
        return _Sm2PrivateKey(*sm2_keys.private_scalar_and_point(pem))
    der = sm2_keys.read_pem(pem, label="PRIVATE KEY")
    try:
        key = serialization.load_der_private_key(der, password=None)
    except _UNREADABLE as error:
        raise ValueError("the private key is damaged or of an unknown type") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("the private key is not an RSA key")
    _require_size(key.key_size)
    return _RsaPrivateKey(key)


def sign(private_pem: str, algorithm: str, text: bytes) -> str:
    """Return the base64 signature over the text; raises ValueError for an unreadable key."""
    return base64.b64encode(load_private(private_pem, algorithm).sign(text)).decode()


def verify(public_pem: str, algorithm: str, text: bytes, signature: str) -> bool:
    """Tell whether the base64 signature is the key's over the text.

    A malformed signature is False, never an exception; an unreadable *key* is our own fault: ValueError.
    """
    key = load_public(public_pem, algorithm)
    try:
        raw = base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    return key.verify(text, raw)


def fingerprint(public_pem: str) -> str:
    """Return the SHA-256 of the DER in 64 hex digits, as `openssl pkey -pubin -outform DER | sha256sum`."""
    return hashlib.sha256(sm2_keys.read_pem(public_pem, label="PUBLIC KEY")).hexdigest()


def request_text(method: str, path_and_query: str, timestamp: int | str, nonce: str, body: bytes) -> bytes:
    """Return what a request's signature covers: METHOD, PATH?QUERY as sent, TIMESTAMP, NONCE, BODY."""
    return f"{method.upper()}\n{path_and_query}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def answer_text(timestamp: int | str, nonce: str, body: bytes) -> bytes:
    """Return what the signature of an answer or of our own call covers: TIMESTAMP, NONCE, BODY."""
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


def parse_authorization(header: str) -> Credentials:
    """Read `UNIPAY-RSA-SHA256 partner="ICBC",key="k1",timestamp="…",nonce="…",signature="…"`.

    Parameters in any order, each exactly once. Raises ValueError naming the faulty part.
    """
    if len(header) > _HEADER_LIMIT:
        raise ValueError(f"Authorization is longer than {_HEADER_LIMIT} characters")
    scheme, _, rest = header.strip().partition(" ")
    algorithm = _algorithm_of(scheme)
    found = _parameters(rest)
    return Credentials(
        algorithm=algorithm,
        partner=found["partner"],
        key=found["key"],
        timestamp=int(found["timestamp"]),
        nonce=found["nonce"],
        signature=found["signature"],
    )


def format_authorization(credentials: Credentials) -> str:
    """Write the header parse_authorization reads."""
    parameters = ",".join(f'{name}="{getattr(credentials, name)}"' for name in _CREDENTIALS)
    return f"UNIPAY-{credentials.algorithm} {parameters}"


def _algorithm_of(scheme: str) -> Algorithm:
    """HTTP ignores the case of a scheme (RFC 9110, 11.1)."""
    if scheme.upper() not in _SCHEMES:
        raise ValueError(f"Authorization must begin with {' or '.join(_SCHEMES)}")
    return _SCHEMES[scheme.upper()]


def _parameters(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.split(","):
        match = _PARAMETER.fullmatch(part.strip(" "))
        if match is None:
            raise ValueError('Authorization parameters are written name="value", separated by commas')
        name, value = match.groups()
        if name not in _CREDENTIALS:
            raise ValueError(f"unknown Authorization parameter {name[:32]!r}")
        if name in found:
            raise ValueError(f"Authorization parameter {name!r} is given twice")
        if not _CREDENTIALS[name].fullmatch(value):
            raise ValueError(f"Authorization parameter {name!r} must match {_CREDENTIALS[name].pattern}")
        found[name] = value
    missing = [name for name in _CREDENTIALS if name not in found]
    if missing:
        raise ValueError(f"Authorization parameter missing: {', '.join(missing)}")
    return found


def _require_size(bits: int) -> None:
    if bits not in RSA_BITS:
        raise ValueError(
            f"an RSA key must have {RSA_BITS.start} to {RSA_BITS.stop - 1} bits; this one has {bits}"
        )
