from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from tests.factories import key_pair, make_partner
from unipay import signatures
from unipay.errors import Refusal
from unipay.partners import keys
from unipay.partners.models import OwnKey, Partner, PartnerKey

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
RSA, SM2 = "RSA-SHA256", "SM2-SM3"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    keys.forget_keys()
    yield
    keys.forget_keys()


def offer(partner: Partner, key_id: str, *, name: str = "", now: datetime = NOW) -> PartnerKey:
    return keys.add_partner_key(partner, key_id, RSA, key_pair(name or key_id).public_pem, now)


def refusal_of(call: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    return caught.value.reason.code


def test_a_partner_has_two_live_keys_and_not_a_third() -> None:
    bank = make_partner(key_id="")

    first, second = offer(bank, "k1"), offer(bank, "k2")

    assert (first.slot, second.slot) == (1, 2)
    assert refusal_of(offer, bank, "k3") == "two_live_keys"
    assert PartnerKey.objects.count() == 2


def test_retiring_a_key_makes_room_for_the_next() -> None:
    bank = make_partner(key_id="")
    first = offer(bank, "k1")
    offer(bank, "k2")

    keys.retire_key(first, now=NOW + DAY)

    assert keys.live_key("ICBC", "k1", NOW + DAY) is None
    assert offer(bank, "k3", now=NOW + DAY).slot == 1


def test_a_key_is_retired_only_once() -> None:
    bank = make_partner(key_id="")
    key = offer(bank, "k1")
    offer(bank, "k2")
    keys.retire_key(key, now=NOW)

    assert refusal_of(keys.retire_key, key, now=NOW + DAY) == "key_retired"
    assert PartnerKey.objects.get(key_id="k1").retired_at == NOW


def test_the_only_live_key_is_retired_by_who_says_so() -> None:
    bank = make_partner(key_id="")
    key = offer(bank, "k1")

    assert refusal_of(keys.retire_key, key, now=NOW) == "only_live_key"
    assert PartnerKey.objects.get().retired_at is None
    assert keys.retire_key(key, now=NOW, even_the_only=True).retired_at == NOW


def test_a_rotated_key_counts_until_its_end_beside_the_new_one() -> None:
    bank = make_partner(key_id="")
    old = offer(bank, "k1")
    offered = keys.OfferedKey("k2", "RSA-SHA256", key_pair("k2").public_pem)

    new = keys.rotate_key(old, offered, ends_at=NOW + DAY, now=NOW)

    assert keys.live_key("ICBC", "k1", NOW) == old
    assert keys.live_key("ICBC", "k1", NOW + DAY) is None
    assert keys.live_key("ICBC", "k2", NOW + DAY) == new


def test_a_rotation_that_is_refused_leaves_the_old_key_as_it_was() -> None:
    bank = make_partner(key_id="")
    old = offer(bank, "k1")

    offered = keys.OfferedKey("k2", "RSA-SHA256", "nonsense")

    assert refusal_of(keys.rotate_key, old, offered, ends_at=NOW, now=NOW) == "public_key_unreadable"
    assert PartnerKey.objects.get().valid_until is None


def test_a_key_that_ran_out_makes_room_by_itself() -> None:
    bank = make_partner(key_id="")
    for name, following in (("k1", "k2"), ("k2", "k3")):
        old = PartnerKey.objects.filter(key_id=name).first() or offer(bank, name)
        offered = keys.OfferedKey(following, "RSA-SHA256", key_pair(following).public_pem)
        keys.rotate_key(old, offered, ends_at=NOW + DAY, now=NOW if name == "k1" else NOW + 2 * DAY)

    assert list(PartnerKey.objects.order_by("id").values_list("key_id", "slot", "retired_at")) == [
        ("k1", 1, NOW + DAY),
        ("k2", 2, None),
        ("k3", 1, None),
    ]


@pytest.mark.parametrize("code", ["ICBC", "CCB"])
def test_a_retired_key_does_not_come_back_under_another_name(code: str) -> None:
    bank, other = make_partner("ICBC", key_id=""), make_partner("CCB", key_id="")
    keys.retire_key(offer(bank, "k1", name="leaked"), now=NOW, even_the_only=True)

    newcomer = {"ICBC": bank, "CCB": other}[code]

    assert refusal_of(offer, newcomer, "k2", name="leaked", now=NOW + DAY) == "public_key_in_use"


def test_adding_the_same_key_again_changes_nothing() -> None:
    bank = make_partner(key_id="")
    first = offer(bank, "k1")

    again = offer(bank, "k1", now=NOW + DAY)

    assert again == first
    assert again.valid_from == NOW
    assert PartnerKey.objects.count() == 1


def test_a_key_id_never_changes_its_key_nor_comes_back() -> None:
    bank = make_partner(key_id="")
    key = offer(bank, "k1")

    assert refusal_of(offer, bank, "k1", name="other") == "key_id_taken"
    keys.retire_key(key, now=NOW, even_the_only=True)
    assert refusal_of(offer, bank, "k1") == "key_id_taken"


def test_two_partners_never_share_a_key() -> None:
    offer(make_partner("ICBC", key_id=""), "k1", name="shared")

    assert refusal_of(offer, make_partner("CCB", key_id=""), "k1", name="shared") == "public_key_in_use"


@pytest.mark.parametrize(
    ("algorithm", "public_pem", "detail"),
    [
        (RSA, "ssh-rsa AAAA", "the text is not one PEM block"),
        (RSA, key_pair("sm", SM2).public_pem, "the public key is damaged or of an unknown type"),
        (SM2, key_pair("k1").public_pem, "the public key is not an SM2 key"),
        (RSA, key_pair("k1").private_pem, "the PEM block holds a PRIVATE KEY"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_with_the_cause(
    algorithm: str, public_pem: str, detail: str
) -> None:
    bank = make_partner(key_id="")

    with pytest.raises(Refusal) as caught:
        keys.add_partner_key(bank, "k1", algorithm, public_pem, NOW)

    assert caught.value.reason.code == "public_key_unreadable"
    assert str(caught.value.detail).startswith(detail)
    assert not PartnerKey.objects.exists()


def test_a_key_counts_within_its_validity_only() -> None:
    bank = make_partner(key_id="")
    keys.add_partner_key(bank, "k1", RSA, key_pair("k1").public_pem, NOW, valid_until=NOW + DAY)

    assert keys.live_key("ICBC", "k1", NOW - DAY) is None
    assert keys.live_key("ICBC", "k1", NOW).partner == bank
    assert keys.live_key("ICBC", "k1", NOW + DAY) is None


def test_a_key_counts_for_its_own_partner_only() -> None:
    make_partner("ICBC")
    make_partner("CCB", key_id="")

    assert keys.live_key("CCB", "k1", NOW) is None
    assert keys.live_key("ICBC", "k2", NOW) is None


@pytest.mark.django_db(transaction=True)
def test_a_live_key_is_read_once_and_forgotten_when_it_is_retired(django_assert_num_queries: object) -> None:
    make_partner("ICBC")

    with django_assert_num_queries(1):
        first = keys.live_key("ICBC", "k1", NOW)
        second = keys.live_key("ICBC", "k1", NOW)
    keys.retire_key(first, now=NOW, even_the_only=True)

    assert second is first
    assert keys.live_key("ICBC", "k1", NOW) is None


@pytest.mark.django_db(transaction=True)
def test_a_key_nobody_has_is_not_remembered() -> None:
    bank = make_partner("ICBC", key_id="")

    assert keys.live_key("ICBC", "k1", NOW) is None

    offer(bank, "k1")
    assert keys.live_key("ICBC", "k1", NOW) is not None


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_sees_is_not_remembered_as_it_may_be_rolled_back() -> None:
    with transaction.atomic():
        undone = keys.own_key(RSA, NOW)
        transaction.set_rollback(True)

    kept = keys.own_key(RSA, NOW)

    assert kept.key_id != undone.key_id
    assert OwnKey.objects.get() == kept


@pytest.mark.django_db(transaction=True)
def test_our_first_key_is_made_once_however_many_ask_for_it() -> None:
    def ask(_: int) -> str:
        keys.forget_keys()
        try:
            return keys.own_key(SM2, NOW).key_id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        key_ids = set(pool.map(ask, range(8)))

    assert key_ids == {OwnKey.objects.get().key_id}


@pytest.mark.parametrize(
    ("algorithm", "prefix"), [(RSA, "unipay-rsa-20260302-"), (SM2, "unipay-sm2-20260302-")]
)
def test_our_key_signs_what_its_public_half_verifies(algorithm: str, prefix: str) -> None:
    key = keys.own_key(algorithm, NOW)

    signature = signatures.sign(key.private_key, algorithm, b"text")

    assert key.key_id.startswith(prefix)
    assert signatures.verify(key.public_key, algorithm, b"text", signature)


def test_the_private_half_is_sealed_in_the_database() -> None:
    key = keys.own_key(SM2, NOW)

    with connection.cursor() as cursor:
        cursor.execute("SELECT private_key FROM partners_ownkey WHERE id = %s", [key.pk])
        (stored,) = cursor.fetchone()

    assert "PRIVATE KEY" not in stored
    assert "PRIVATE KEY" in key.private_key


def test_a_successor_is_published_a_week_before_it_signs() -> None:
    old = keys.own_key(SM2, NOW)

    new = keys.rotate_own_key(SM2, now=NOW)

    assert keys.own_key(SM2, NOW + 7 * DAY - SECOND) == old
    assert keys.own_key(SM2, NOW + 7 * DAY) == new
    assert old.public_key != new.public_key


def test_only_one_successor_waits_at_a_time() -> None:
    keys.own_key(SM2, NOW)
    keys.rotate_own_key(SM2, now=NOW)

    assert refusal_of(keys.rotate_own_key, SM2, now=NOW + DAY) == "successor_waits"
    assert keys.rotate_own_key(SM2, now=NOW + 7 * DAY).signs_from == NOW + 14 * DAY


def test_a_leaked_key_is_replaced_at_once_even_while_its_successor_waits() -> None:
    leaked = keys.own_key(SM2, NOW)
    waiting = keys.rotate_own_key(SM2, now=NOW)

    keys.retire_own_key(leaked, now=NOW + DAY, even_the_only=True)

    replacement = keys.own_key(SM2, NOW + DAY)
    assert replacement not in (leaked, waiting)
    assert replacement.signs_from == NOW + DAY
    assert refusal_of(keys.retire_own_key, leaked, now=NOW + DAY) == "key_retired"


@pytest.mark.django_db(transaction=True)
def test_a_retired_key_of_ours_is_forgotten_at_once() -> None:
    leaked = keys.own_key(SM2, NOW)

    keys.retire_own_key(leaked, now=NOW, even_the_only=True)

    assert keys.own_key(SM2, NOW) != leaked


def test_the_only_key_that_signs_is_retired_by_who_says_so() -> None:
    key = keys.own_key(SM2, NOW)
    keys.rotate_own_key(SM2, now=NOW)

    assert refusal_of(keys.retire_own_key, key, now=NOW + DAY) == "only_live_key"
    keys.retire_own_key(key, now=NOW + 8 * DAY)

    assert keys.own_key(SM2, NOW + 8 * DAY) != key


def test_a_successor_begins_when_it_was_told_to() -> None:
    keys.own_key(SM2, NOW)

    assert keys.rotate_own_key(SM2, now=NOW, signs_from=NOW + 30 * DAY).signs_from == NOW + 30 * DAY
