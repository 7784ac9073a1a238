"""Envelopes: what a partner seals we open, and whatever was cut, altered or sealed with another key we do not."""

import base64
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import LONG_AGO, make_partner
from tests.unipay.exchange.files import make_layout, reading_of, rows
from unipay.exchange import vault
from unipay.exchange.envelope import FRAME_BYTES, Sealing, keys_of, opened, sealing_key
from unipay.exchange.faults import Undecryptable
from unipay.exchange.models import EnvelopeKey
from unipay.exchange.writing import write
from unipay.partners.models import Partner

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LENGTHS = {"AES-256-GCM": 32, "SM4-GCM": 16}


def make_key(cipher: str, key_id: str = "k1", **fields: Any) -> EnvelopeKey:
    secret = base64.b64encode((key_id.encode() * 32)[: LENGTHS[cipher]]).decode()
    return EnvelopeKey(key_id=key_id, cipher=cipher, material=secret, **{"valid_from": LONG_AGO, **fields})


def sealed(plain: bytes, key: EnvelopeKey) -> bytes:
    target = io.BytesIO()
    sealing = Sealing(target, key)
    sealing.write(plain)
    sealing.close()
    return target.getvalue()


def unsealed(content: bytes, key: EnvelopeKey) -> bytes:
    return b"".join(opened(io.BytesIO(content), lambda _key_id, _number: base64.b64decode(key.material)))


@pytest.mark.parametrize("cipher", LENGTHS)
@pytest.mark.parametrize("size", [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES])
def test_what_is_sealed_is_opened(cipher: str, size: int) -> None:
    key, plain = make_key(cipher), bytes(range(256)) * (size // 256) + b"x" * (size % 256)

    content = sealed(plain, key)

    assert content.startswith(b"UNIPAYE1")
    assert plain[:100] not in content or size < 16
    assert unsealed(content, key) == plain


def test_a_partner_can_write_it_from_the_description_alone() -> None:
    secret = b"s" * 32
    header = b"UNIPAYE1" + bytes([1, 2]) + b"k1" + b"7 bytes"
    frame = AESGCM(secret).encrypt(b"7 bytes" + b"\0\0\0\0" + b"\1", b"B1|13805710001\n", header)
    key = EnvelopeKey(key_id="k1", cipher="AES-256-GCM", material=base64.b64encode(secret).decode())

    assert unsealed(header + frame, key) == b"B1|13805710001\n"


@settings(max_examples=25, deadline=None)
@given(place=st.integers(0, 10**9), bit=st.integers(0, 7))
def test_one_changed_bit_is_noticed(place: int, bit: int) -> None:
    key = make_key("SM4-GCM")
    content = bytearray(sealed(b"B1|13805710001\n" * 5, key))
    place %= len(content)
    if place == 9:
        return  # the length of the key id: another key, or none

    content[place] ^= 1 << bit

    with pytest.raises(Undecryptable):
        unsealed(bytes(content), key)


def _without_last_frame(content: bytes) -> bytes:
    return content[: -(FRAME_BYTES + 16)]


def _with_frames_swapped(content: bytes) -> bytes:
    start, frame = len(content) - 2 * (FRAME_BYTES + 16), FRAME_BYTES + 16
    return content[:start] + content[start + frame :] + content[start : start + frame]


@pytest.mark.parametrize(
    "alter",
    [_without_last_frame, _with_frames_swapped, lambda content: content[:-1], lambda content: content[:12]],
    ids=["frame", "swapped", "byte", "header"],
)
def test_a_file_cut_short_or_put_in_another_order_is_noticed(alter: Callable[[bytes], bytes]) -> None:
    key = make_key("AES-256-GCM")
    content = sealed(b"x" * (2 * FRAME_BYTES), key)

    with pytest.raises(Undecryptable):
        unsealed(alter(content), key)


@pytest.fixture
def bank(db: None) -> Partner:
    return make_partner(key_id="")


def test_two_keys_overlap_and_the_newest_seals(bank: Partner) -> None:
    old = make_key("AES-256-GCM", "old", partner=bank, valid_until=NOW + timedelta(days=1))
    new = make_key("AES-256-GCM", "new", partner=bank, valid_from=NOW - timedelta(days=1))
    old.save()
    new.save()
    find = keys_of(bank, at=NOW)

    assert b"".join(opened(io.BytesIO(sealed(b"1", old)), find)) == b"1"
    assert b"".join(opened(io.BytesIO(sealed(b"2", new)), find)) == b"2"
    assert sealing_key(bank, "AES-256-GCM", at=NOW) == new
    assert sealing_key(bank, "AES-256-GCM", at=NOW - timedelta(days=2)) == old
    assert sealing_key(bank, "SM4-GCM", at=NOW) is None


@pytest.mark.parametrize(
    "fields",
    [{"valid_until": NOW}, {"valid_from": NOW + timedelta(days=1)}, {"key_id": "k2"}, {"cipher": "SM4-GCM"}],
    ids=["expired", "not-yet", "unknown", "cipher"],
)
def test_a_key_that_is_not_valid_opens_nothing(bank: Partner, fields: dict[str, Any]) -> None:
    kept = make_key(fields.pop("cipher", "AES-256-GCM"), fields.pop("key_id", "k1"), partner=bank, **fields)
    kept.save()

    with pytest.raises(Undecryptable):
        list(opened(io.BytesIO(sealed(b"1", make_key("AES-256-GCM"))), keys_of(bank, at=NOW)))


@pytest.mark.parametrize("cipher", LENGTHS)
@pytest.mark.parametrize("compression", ["NONE", "GZIP", "ZIP"])
def test_a_sealed_file_is_read_like_any_other(bank: Partner, cipher: str, compression: str) -> None:
    key = make_key(cipher, partner=bank)
    key.save()
    fields = ["bank_contract_no", "msisdn"]
    layout = make_layout("bank_contract_full", fields, cipher=cipher, compression=compression)
    vault.remove("S-sealed")
    write(layout, [["B1", "13805710001", *[None] * 10]], header={}, to="S-sealed", key=key)
    with vault.open_("S-sealed") as file:
        content = file.read()
    vault.remove("S-sealed")

    with reading_of(content, layout) as reading:
        assert rows(reading) == [(1, False, "B1", "13805710001")]


@pytest.mark.usefixtures("bank")
@pytest.mark.parametrize(("cipher", "content"), [("AES-256-GCM", b"B1|1\n"), ("NONE", b"UNIPAYE1\1\2k1")])
def test_an_envelope_is_there_exactly_when_the_layout_says_so(cipher: str, content: bytes) -> None:
    layout = make_layout("bank_contract_full", ["bank_contract_no", "msisdn"], cipher=cipher)

    with pytest.raises(Undecryptable), reading_of(content, layout):
        pass
