"""Nonces are forgotten when no timestamp they could come with counts any more, and not earlier."""

from datetime import timedelta

import pytest

from tests.factories import make_partner
from unipay import clock
from unipay.api.models import UsedNonce
from unipay.api.tasks import prune_nonces


@pytest.mark.django_db
def test_only_nonces_past_all_use_are_forgotten() -> None:
    key, now = make_partner().keys.get(), clock.now()
    for minutes in (0, 10, 14, 16, 1000):
        UsedNonce.objects.create(key=key, nonce=f"n{minutes}", seen_at=now - timedelta(minutes=minutes))

    assert prune_nonces() == 2
    assert sorted(UsedNonce.objects.values_list("nonce", flat=True)) == ["n0", "n10", "n14"]
