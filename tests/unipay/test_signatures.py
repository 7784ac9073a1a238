"""Signatures on the wire: texts, header, keys; garbage is never an exception on the hot path."""

import base64
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from unipay import signatures
from unipay.signatures import Algorithm, Credentials, KeyPair

RSA, SM2 = Algorithm.RSA_SHA256, Algorithm.SM2_SM3
PAIRS = {algorithm: signatures.generate(algorithm) for algorithm in Algorithm}
OTHERS = {algorithm: signatures.generate(algorithm) for algorithm in Algorithm}
HEADER = (
    'UNIPAY-RSA-SHA256 partner="ICBC",key="k1",timestamp="1700000000",'
    'nonce="0123456789abcdef",signature="c2ln"'
)
CREDENTIALS = Credentials(RSA, "ICBC", "k1", 1700000000, "0123456789abcdef", "c2ln")
needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl command on this machine")


def public_pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, spki).decode()


def private_pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, pkcs8, plain).decode()


SHORT_RSA = rsa.generate_private_key(public_exponent=65537, key_size=1024)
P256 = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize("text", [b"", b"\n", "POST\n中文\n".encode(), b"x" * 100_000])
def test_a_signature_is_right_for_its_text_and_key_only(algorithm: Algorithm, text: bytes) -> None:
    pair, other = PAIRS[algorithm], OTHERS[algorithm]

    signature = signatures.sign(pair.private_pem, algorithm, text)

    assert signatures.verify(pair.public_pem, algorithm, text, signature) is True
    assert signatures.verify(pair.public_pem, algorithm, text + b" ", signature) is False
    assert signatures.verify(other.public_pem, algorithm, text, signature) is False


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize(
    "signature", ["", "=", "AAAA", "not base64!", "中文", "A" * 344, "A" * 100_000, "MEUCIQ=="]
)
def test_a_malformed_signature_is_simply_wrong(algorithm: Algorithm, signature: str) -> None:
    assert signatures.verify(PAIRS[algorithm].public_pem, algorithm, b"text", signature) is False


@pytest.mark.parametrize("algorithm", Algorithm)
@given(garbage=st.binary(max_size=600))
def test_any_garbage_as_signature_is_simply_wrong(algorithm: Algorithm, garbage: bytes) -> None:
    encoded = base64.b64encode(garbage).decode()

    assert signatures.verify(PAIRS[algorithm].public_pem, algorithm, b"text", encoded) is False


@given(st.integers(min_value=0))
def test_one_changed_bit_of_an_sm2_signature_is_wrong(position: int) -> None:
    raw = bytearray(base64.b64decode(signatures.sign(PAIRS[SM2].private_pem, SM2, b"text")))
    raw[position // 8 % len(raw)] ^= 1 << position % 8

    changed = base64.b64encode(raw).decode()

    assert signatures.verify(PAIRS[SM2].public_pem, SM2, b"text", changed) is False


def test_a_key_pair_does_not_show_its_private_key() -> None:
    assert "PRIVATE" not in repr(PAIRS[RSA])


def test_a_key_is_parsed_once() -> None:
    assert signatures.load_public(PAIRS[RSA].public_pem, RSA) is signatures.load_public(
        PAIRS[RSA].public_pem, RSA
    )


@pytest.mark.parametrize(
    ("pem", "algorithm", "fault"),
    [
        ("", RSA, "not one PEM block"),
        ("ssh-rsa AAAA", RSA, "not one PEM block"),
        (PAIRS[RSA].public_pem * 2, RSA, "not one PEM block"),
        (PAIRS[RSA].private_pem, RSA, "holds a PRIVATE KEY, not a PUBLIC KEY"),
        (PAIRS[RSA].public_pem.replace("PUBLIC KEY", "CERTIFICATE"), RSA, "holds a CERTIFICATE"),
        (public_pem_of(SHORT_RSA), RSA, "2048 to 8192 bits; this one has 1024"),
        (public_pem_of(P256), RSA, "not an RSA key"),
        (PAIRS[SM2].public_pem, RSA, "damaged or of an unknown type"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", RSA, "damaged"),
        ("-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----\n", RSA, "not base64"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", SM2, "not an SM2 key"),
        (PAIRS[RSA].public_pem, SM2, "not an SM2 key"),
        (public_pem_of(P256), SM2, "another curve"),
        (PAIRS[SM2].public_pem, "MD5", "MD5"),
    ],
)
def test_a_wrong_public_key_is_refused_in_one_sentence(pem: str, algorithm: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        signatures.load_public(pem, algorithm)


def test_a_point_off_the_sm2_curve_is_refused() -> None:
    der = base64.b64decode("".join(PAIRS[SM2].public_pem.splitlines()[1:-1]))
    moved = base64.b64encode(der[:-1] + bytes([der[-1] ^ 1])).decode()

    with pytest.raises(ValueError, match="not on the SM2 curve"):
        signatures.load_public(f"-----BEGIN PUBLIC KEY-----\n{moved}\n-----END PUBLIC KEY-----", SM2)


@pytest.mark.parametrize(
    ("pem", "algorithm", "fault"),
    [
        (PAIRS[RSA].public_pem, RSA, "holds a PUBLIC KEY, not a PRIVATE KEY"),
        (private_pem_of(SHORT_RSA), RSA, "this one has 1024"),
        (private_pem_of(P256), RSA, "not an RSA key"),
        (PAIRS[SM2].private_pem, RSA, "damaged or of an unknown type"),
        (PAIRS[RSA].private_pem, SM2, "not an SM2 key"),
        (private_pem_of(P256), SM2, "another curve"),
    ],
)
def test_a_wrong_private_key_is_refused_in_one_sentence(pem: str, algorithm: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        signatures.load_private(pem, algorithm)


@needs_openssl
def test_openssl_accepts_our_sm2_keys_and_signatures(tmp_path: Path) -> None:
    text, pair = b"POST\n/api/v1/signings\n", PAIRS[SM2]
    (tmp_path / "public.pem").write_text(pair.public_pem)
    (tmp_path / "text").write_bytes(text)
    (tmp_path / "signature").write_bytes(base64.b64decode(signatures.sign(pair.private_pem, SM2, text)))

    answer = openssl(
        *["pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-in", "text", "-sigfile", "signature"],
        *["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"],
        at=tmp_path,
    )

    assert "Verified Successfully" in answer


@needs_openssl
def test_we_accept_sm2_keys_and_signatures_of_openssl(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"text")
    openssl("genpkey", "-algorithm", "SM2", "-out", "private.pem", at=tmp_path)
    openssl("pkey", "-in", "private.pem", "-pubout", "-out", "public.pem", at=tmp_path)
    openssl(
        *["pkeyutl", "-sign", "-inkey", "private.pem", "-in", "text", "-out", "signature"],
        *["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"],
        at=tmp_path,
    )
    theirs = KeyPair((tmp_path / "private.pem").read_text(), (tmp_path / "public.pem").read_text())
    signature = base64.b64encode((tmp_path / "signature").read_bytes()).decode()

    assert signatures.verify(theirs.public_pem, SM2, b"text", signature) is True
    assert signatures.verify(
        theirs.public_pem, SM2, b"ours", signatures.sign(theirs.private_pem, SM2, b"ours")
    )


def openssl(*arguments: str, at: Path) -> str:
    return subprocess.run(["openssl", *arguments], cwd=at, check=True, capture_output=True, text=True).stdout


def test_a_fingerprint_is_of_the_key_not_of_its_line_breaks() -> None:
    pem = PAIRS[RSA].public_pem

    assert len(signatures.fingerprint(pem)) == 64
    assert signatures.fingerprint(pem) == signatures.fingerprint("\r\n".join(pem.splitlines()))
    assert signatures.fingerprint(pem) != signatures.fingerprint(OTHERS[RSA].public_pem)


def test_the_signed_texts_end_every_line() -> None:
    request = signatures.request_text(
        "post", "/api/v1/signings?a=1", 1700000000, "n" * 16, '{"名":1}'.encode()
    )
    bare = signatures.request_text("GET", "/", "1700000000", "n" * 16, b"")

    assert request == 'POST\n/api/v1/signings?a=1\n1700000000\nnnnnnnnnnnnnnnnn\n{"名":1}\n'.encode()
    assert bare == b"GET\n/\n1700000000\nnnnnnnnnnnnnnnnn\n\n"
    assert signatures.answer_text(1700000000, "n" * 16, b"{}") == b"1700000000\nnnnnnnnnnnnnnnnn\n{}\n"


def test_the_header_is_read_and_written() -> None:
    assert signatures.parse_authorization(HEADER) == CREDENTIALS
    assert (
        signatures.parse_authorization(HEADER.replace("UNIPAY-RSA-SHA256", "Unipay-RSA-sha256"))
        == CREDENTIALS
    )
    assert signatures.format_authorization(CREDENTIALS) == HEADER


def test_parameters_may_come_in_any_order_and_with_blanks_between() -> None:
    header = (
        'UNIPAY-SM2-SM3  signature="c2ln", nonce="0123456789abcdef",'
        'key="k1" ,timestamp="1700000000",partner="ICBC"'
    )

    assert signatures.parse_authorization(header) == replace(CREDENTIALS, algorithm=SM2)


@pytest.mark.parametrize(
    ("found", "instead", "fault"),
    [
        ("UNIPAY-RSA-SHA256", "Bearer", "must begin with UNIPAY-RSA-SHA256 or UNIPAY-SM2-SM3"),
        ("UNIPAY-RSA-SHA256", "UNIPAY-NONE", "must begin with"),
        ("UNIPAY-RSA-SHA256", "RSA-SHA256", "must begin with"),
        (',nonce="0123456789abcdef"', "", "missing: nonce"),
        ('partner="ICBC",', "", "missing: partner"),
        ('key="k1"', 'key="k1",key="k2"', "'key' is given twice"),
        ('key="k1"', 'key="k1",alg="none"', "unknown Authorization parameter 'alg'"),
        ('key="k1"', "key=k1", "written name="),
        ('key="k1"', 'key="k1",', "written name="),
        ('key="k1"', 'key=""', "'key' must match"),
        ("1700000000", "17e8", "'timestamp' must match"),
        ("1700000000", "-1", "'timestamp' must match"),
        ("1700000000", "１７", "'timestamp' must match"),
        ("1700000000", "1" * 13, "'timestamp' must match"),
        ("0123456789abcdef", "0123456789abcde", "'nonce' must match"),
        ("0123456789abcdef", "n" * 65, "'nonce' must match"),
        ("0123456789abcdef", "0123456789abcde.", "'nonce' must match"),
        ("ICBC", "IC BC", "'partner' must match"),
        ("ICBC", 'IC\\"BC', "written name="),
        ("c2ln", "c2ln====", "'signature' must match"),
        ("c2ln", "c" * 5000, "longer than 4096"),
    ],
)
def test_a_faulty_header_is_refused_naming_the_part(found: str, instead: str, fault: str) -> None:
    assert found in HEADER

    with pytest.raises(ValueError, match=fault):
        signatures.parse_authorization(HEADER.replace(found, instead))


@given(st.text(max_size=300))
def test_any_text_as_header_is_read_or_refused(text: str) -> None:
    for header in (text, f"UNIPAY-RSA-SHA256 {text}", HEADER + text):
        try:
            signatures.parse_authorization(header)
        except ValueError:
            continue


@given(
    st.sampled_from(Algorithm),
    st.from_regex(r"[A-Za-z0-9_-]{1,32}", fullmatch=True),
    st.integers(0, 999_999_999_999),
    st.from_regex(r"[A-Za-z0-9_-]{16,64}", fullmatch=True),
    st.binary(min_size=1, max_size=600),
)
def test_every_header_written_is_read_back(
    algorithm: Algorithm, name: str, timestamp: int, nonce: str, signature: bytes
) -> None:
    credentials = Credentials(algorithm, name, name, timestamp, nonce, base64.b64encode(signature).decode())

    assert signatures.parse_authorization(signatures.format_authorization(credentials)) == credentials
