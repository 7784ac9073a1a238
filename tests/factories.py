"""Plain functions that make what many tests begin with."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from unipay import signatures
from unipay.partners.keys import add_partner_key
from unipay.partners.models import NumberSegment, Partner, PartnerPermission
from unipay.partners.operations import DEFAULT_OPERATIONS

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@lru_cache
def key_pair(name: str, algorithm: str = "RSA-SHA256") -> signatures.KeyPair:
    """The key pair of that name, made once a session; RSA of 2048 bits, which is quicker to make than our own."""
    if algorithm != "RSA-SHA256":
        return signatures.generate(algorithm)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return signatures.KeyPair(private.decode(), public.decode())


def make_partner(
    code: str = "ICBC",
    kind: str = "BANK",
    *,
    key_id: str = "k1",
    algorithm: str = "RSA-SHA256",
    operations: tuple[str, ...] | None = None,
    **fields: Any,
) -> Partner:
    """A partner with a live key and the rights of its kind (or just `operations`); `key_id=""` makes it keyless."""
    partner = Partner.objects.create(code=code, kind=kind, name=fields.pop("name", code), **fields)
    granted = DEFAULT_OPERATIONS[kind] if operations is None else operations
    PartnerPermission.objects.bulk_create(
        PartnerPermission(partner=partner, operation=operation) for operation in granted
    )
    if key_id:
        public_pem = key_pair(f"{code}/{key_id}", algorithm).public_pem
        add_partner_key(partner, key_id, algorithm, public_pem, LONG_AGO)
    return partner


def private_key_of(partner: Partner, key_id: str = "k1", algorithm: str = "RSA-SHA256") -> str:
    """The private key (PEM) of the key make_partner gave to the partner."""
    return key_pair(f"{partner.code}/{key_id}", algorithm).private_pem


def make_province(code: str = "ZJ", *, prefix: str = "1380571", **fields: Any) -> Partner:
    """A province with the segment of its numbers."""
    province = make_partner(code, "PROVINCE", **fields)
    NumberSegment.objects.create(prefix=prefix, province=province)
    return province
