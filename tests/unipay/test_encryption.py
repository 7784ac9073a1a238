"""Sealed values: opened only with the right key and context, found by their blind index."""

import base64
import hashlib

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models
from django.db.models.expressions import Value
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from unipay import encryption
from unipay.encryption import Keyring, UnknownKey, Unsealable, keyring_from_settings
from unipay.sealed_field import SealedTextField

FIRST, SECOND, INDEX = b"1" * 32, b"2" * 32, b"i" * 32
RING = Keyring({"k1": FIRST}, "k1", INDEX)


def encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


@pytest.fixture
def keys_in_settings(settings: Settings) -> Settings:
    settings.UNIPAY_ENCRYPTION_KEYS = f"k1:{encoded(FIRST)}"
    settings.UNIPAY_BLIND_INDEX_KEY = encoded(INDEX)
    return settings


@given(st.text(), st.text(max_size=20))
def test_what_is_sealed_can_be_opened(plaintext: str, context: str) -> None:
    try:
        (plaintext + context).encode()
    except UnicodeEncodeError:
        return

    assert RING.open_(RING.seal(plaintext, context=context), context=context) == plaintext


def test_a_token_names_its_key_and_never_repeats() -> None:
    one = RING.seal("6222021234567890128", context="contract.account")
    two = RING.seal("6222021234567890128", context="contract.account")

    assert one.startswith("k1:")
    assert two.startswith("k1:")
    assert one != two


def test_a_token_opens_only_in_the_column_it_was_sealed_for() -> None:
    token = RING.seal("6222021234567890128", context="contract.account")

    with pytest.raises(Unsealable, match="altered or is not 'contract.holder'"):
        RING.open_(token, context="contract.holder")


@given(st.integers(min_value=0))
def test_one_changed_bit_is_noticed(position: int) -> None:
    key_id, sealed = RING.seal("张三丰", context="c").split(":")
    raw = bytearray(base64.b64decode(sealed))
    raw[position // 8 % len(raw)] ^= 1 << position % 8

    with pytest.raises(Unsealable, match="altered"):
        RING.open_(f"{key_id}:{encoded(bytes(raw))}", context="c")


@pytest.mark.parametrize(
    "token", ["", "k1", "k1:", ":abc", "plain text", "k1:!!!!", "k1:AAAA", "k1:中文", "a b:AAAA"]
)
def test_what_was_never_sealed_is_unsealable(token: str) -> None:
    with pytest.raises(Unsealable):
        RING.open_(token, context="c")


def test_an_unknown_key_is_named() -> None:
    token = Keyring({"k9": SECOND}, "k9", INDEX).seal("x", context="c")

    with pytest.raises(UnknownKey, match="'k9', which is not in UNIPAY_ENCRYPTION_KEYS"):
        RING.open_(token, context="c")


def test_after_rotation_old_tokens_open_and_ask_to_be_sealed_again() -> None:
    rotated = Keyring({"k2": SECOND, "k1": FIRST}, "k2", INDEX)
    old = RING.seal("x", context="c")
    new = rotated.seal("x", context="c")

    assert rotated.open_(old, context="c") == "x"
    assert rotated.needs_reseal(old) is True
    assert rotated.needs_reseal(new) is False
    assert new.startswith("k2:")


def test_a_blind_index_tells_equality_within_one_context_and_survives_rotation() -> None:
    rotated = Keyring({"k2": SECOND, "k1": FIRST}, "k2", INDEX)
    index = RING.blind_index("330106199001011234", context="holder.identity")

    assert len(index) == 64
    assert index == rotated.blind_index("330106199001011234", context="holder.identity")
    assert index != RING.blind_index("330106199001011234", context="contract.account")
    assert index != RING.blind_index("330106199001011235", context="holder.identity")
    assert index != Keyring({"k1": FIRST}, "k1", b"j" * 32).blind_index(
        "330106199001011234", context="holder.identity"
    )


def test_a_keyring_does_not_show_its_keys() -> None:
    assert repr(RING) == "<Keyring k1>"


def test_the_first_key_of_the_variable_seals() -> None:
    ring = keyring_from_settings(f" k2:{encoded(SECOND)} , k1:{encoded(FIRST)}", encoded(INDEX))

    assert ring.seal("x", context="c").startswith("k2:")
    assert ring.open_(RING.seal("x", context="c"), context="c") == "x"


@pytest.mark.parametrize(
    ("spec", "index_key", "fault"),
    [
        ("", encoded(INDEX), "UNIPAY_ENCRYPTION_KEYS: at least one"),
        (encoded(FIRST), encoded(INDEX), "UNIPAY_ENCRYPTION_KEYS: each key is written id:base64"),
        ("k1:", encoded(INDEX), "UNIPAY_ENCRYPTION_KEYS: each key is written id:base64"),
        ("k1:%%%", encoded(INDEX), "UNIPAY_ENCRYPTION_KEYS: key 'k1' is not base64"),
        (
            f"k1:{encoded(b'short')}",
            encoded(INDEX),
            "UNIPAY_ENCRYPTION_KEYS: key 'k1' must be 32 bytes, got 5",
        ),
        (f"k 1:{encoded(FIRST)}", encoded(INDEX), "UNIPAY_ENCRYPTION_KEYS: key id 'k 1' must be"),
        (f"k1:{encoded(FIRST)},k1:{encoded(SECOND)}", encoded(INDEX), "key 'k1' is given twice"),
        (f"k1:{encoded(FIRST)}", "%%%", "UNIPAY_BLIND_INDEX_KEY is not base64"),
        (f"k1:{encoded(FIRST)}", "", "UNIPAY_BLIND_INDEX_KEY: at least 32 bytes are needed, got 0"),
    ],
)
def test_a_wrong_setting_is_named_and_its_key_not_shown(spec: str, index_key: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault) as caught:
        keyring_from_settings(spec, index_key)

    assert encoded(FIRST) not in str(caught.value)


@pytest.mark.parametrize(
    ("keys", "primary", "index_key", "fault"),
    [
        ({"k1": FIRST}, "k2", INDEX, "primary key 'k2'"),
        ({"k1": b"short"}, "k1", INDEX, "32 bytes"),
        ({"k:1": FIRST}, "k:1", INDEX, "key id"),
        ({"k1": FIRST}, "k1", b"short", "blind index key"),
    ],
)
def test_a_keyring_is_never_made_of_bad_keys(
    keys: dict[str, bytes], primary: str, index_key: bytes, fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        Keyring(keys, primary, index_key)


def test_the_default_keyring_follows_the_settings(keys_in_settings: Settings) -> None:
    before = encryption.default()
    same = encryption.default()
    keys_in_settings.UNIPAY_ENCRYPTION_KEYS = f"k2:{encoded(SECOND)},k1:{encoded(FIRST)}"
    after = encryption.default()

    assert before is same
    assert after is not before
    assert after.open_(before.seal("x", context="c"), context="c") == "x"


@pytest.mark.usefixtures("keys_in_settings")
def test_a_sealed_field_stores_a_token_and_reads_the_plain_text() -> None:
    field = SealedTextField(context="contract.account")

    stored = field.get_prep_value("6222021234567890128")

    assert stored is not None
    assert stored.startswith("k1:")
    assert "6222021234567890128" not in stored
    assert field.from_db_value(stored, Value(""), connection) == "6222021234567890128"


@pytest.mark.usefixtures("keys_in_settings")
@pytest.mark.parametrize("empty", [None, ""])
def test_a_sealed_field_leaves_nothing_as_it_is(empty: str | None) -> None:
    field = SealedTextField(context="contract.account", null=True)

    assert field.get_prep_value(empty) == empty
    assert field.from_db_value(empty, Value(""), connection) == empty


def test_a_sealed_field_stays_the_same_through_a_migration() -> None:
    field = SealedTextField(context="contract.account", null=True, verbose_name="account")

    name, path, args, kwargs = field.deconstruct()

    assert (name, path, args) == (None, "unipay.sealed_field.SealedTextField", [])
    assert kwargs == {"context": "contract.account", "null": True, "verbose_name": "account"}
    assert field.clone().context == "contract.account"
    assert field.get_internal_type() == "TextField"


@pytest.mark.parametrize("lookup", ["exact", "in", "icontains", "gt", "regex", "length"])
def test_a_sealed_field_refuses_to_be_searched(lookup: str) -> None:
    field = SealedTextField(context="contract.account", name="account")

    with pytest.raises(FieldError, match="account is sealed: look it up by its blind index"):
        field.get_lookup(lookup)
    with pytest.raises(FieldError, match="account is sealed"):
        field.get_transform(lookup)


def test_a_sealed_field_may_be_asked_whether_it_is_empty() -> None:
    assert SealedTextField(context="c").get_lookup("isnull") is models.lookups.IsNull


@given(st.binary(min_size=32, max_size=130), st.text(max_size=30), st.text(max_size=30))
def test_the_pads_make_the_blind_index(index_key: bytes, value: str, context: str) -> None:
    ring = Keyring({"k1": FIRST}, "k1", index_key)
    try:
        text = value.encode()
        inner, outer = ring.blind_index_pads(context=context)
    except UnicodeEncodeError:
        return

    inside = hashlib.sha256(inner + text).digest()

    assert hashlib.sha256(outer + inside).hexdigest() == ring.blind_index(value, context=context)
