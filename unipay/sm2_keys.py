"""SM2 keys (GB/T 32918) in the PEM files every tool writes. The kept library signs with bare points and
`cryptography` does not know the curve, so this module takes the envelope off and puts it on."""

import base64
import re
from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier
from gmssl_pyx import InvalidValueError, normalize_sm2_public_key

_EC_PUBLIC_KEY = ObjectIdentifier("1.2.840.10045.2.1")
_SM2_CURVE = ObjectIdentifier("1.2.156.10197.1.301")
_POINT_BYTES = 64
_SCALAR_BYTES = 32
_PEM = re.compile(r"\s*-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]+)-----END \1-----\s*")


@asn1.sequence
class _CurveIdentifier:
    algorithm: ObjectIdentifier
    curve: ObjectIdentifier


@asn1.sequence
class _SubjectPublicKeyInfo:
    algorithm: _CurveIdentifier
    point: asn1.BitString


@asn1.sequence
class _PrivateKeyInfo:
    version: int
    algorithm: _CurveIdentifier
    private_key: bytes


@asn1.sequence
class _EcPrivateKey:
    version: int
    scalar: bytes
    curve: Annotated[ObjectIdentifier | None, asn1.Explicit(0)]
    point: Annotated[asn1.BitString | None, asn1.Explicit(1)]


def read_pem(pem: str, *, label: str) -> bytes:
    """Return the DER inside one PEM block of the label ("PUBLIC KEY", "PRIVATE KEY").

    Raises ValueError saying what was found instead.
    """
    match = _PEM.fullmatch(pem)
    if match is None:
        raise ValueError(f"the text is not one PEM block beginning with -----BEGIN {label}-----")
    if match[1] != label:
        raise ValueError(f"the PEM block holds a {match[1]}, not a {label}")
    try:
        return base64.b64decode("".join(match[2].split()), validate=True)
    except ValueError:
        raise ValueError(f"the {label} PEM block is not base64") from None


def write_pem(der: bytes, *, label: str) -> str:
    """Return DER as a PEM block with lines of 64 characters."""
    encoded = base64.b64encode(der).decode()
    lines = [encoded[start : start + 64] for start in range(0, len(encoded), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def public_point(pem: str) -> bytes:
    """Return the 64-byte point of a SubjectPublicKeyInfo PEM; ValueError for anything but an SM2 key."""
    der = read_pem(pem, label="PUBLIC KEY")
    try:
        envelope = asn1.decode_der(_SubjectPublicKeyInfo, der)
    except ValueError:
        raise ValueError("the public key is not an SM2 key") from None
    _require_sm2(envelope.algorithm)
    return _point(envelope.point)


def private_scalar_and_point(pem: str) -> tuple[bytes, bytes]:
    """Return the 32-byte scalar and the 64-byte public point of an unencrypted PKCS#8 PEM.

    Raises ValueError for anything but an SM2 key that carries its public point.
    """
    der = read_pem(pem, label="PRIVATE KEY")
    try:
        envelope = asn1.decode_der(_PrivateKeyInfo, der)
        inner = asn1.decode_der(_EcPrivateKey, envelope.private_key)
    except ValueError:
        raise ValueError("the private key is not an SM2 key in PKCS#8") from None
    _require_sm2(envelope.algorithm)
    if len(inner.scalar) != _SCALAR_BYTES or inner.point is None:
        raise ValueError("the SM2 private key is incomplete: it must carry its public point")
    return inner.scalar, _point(inner.point)


def public_pem(point: bytes) -> str:
    """Write a 64-byte point as a SubjectPublicKeyInfo PEM."""
    return write_pem(
        asn1.encode_der(_SubjectPublicKeyInfo(algorithm=_sm2(), point=_bits(point))), label="PUBLIC KEY"
    )


def private_pem(scalar: bytes, *, point: bytes) -> str:
    """Write a scalar with its public point as an unencrypted PKCS#8 PEM, as OpenSSL does."""
    inner = asn1.encode_der(_EcPrivateKey(version=1, scalar=scalar, curve=None, point=_bits(point)))
    envelope = _PrivateKeyInfo(version=0, algorithm=_sm2(), private_key=inner)
    return write_pem(asn1.encode_der(envelope), label="PRIVATE KEY")


def _sm2() -> _CurveIdentifier:
    return _CurveIdentifier(algorithm=_EC_PUBLIC_KEY, curve=_SM2_CURVE)


def _require_sm2(found: _CurveIdentifier) -> None:
    if (found.algorithm, found.curve) != (_EC_PUBLIC_KEY, _SM2_CURVE):
        raise ValueError("the key is on another curve than SM2")


def _bits(point: bytes) -> asn1.BitString:
    return asn1.BitString(b"\x04" + point, 0)


def _point(bits: asn1.BitString) -> bytes:
    try:
        point: bytes = normalize_sm2_public_key(bits.as_bytes())
    except InvalidValueError:
        raise ValueError("the key's point is not on the SM2 curve") from None
    return point
