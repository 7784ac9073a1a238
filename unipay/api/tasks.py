"""Housekeeping of the API."""

from datetime import timedelta

from celery import shared_task

from unipay import clock
from unipay.api.authentication import CLOCK_TOLERANCE_SECONDS
from unipay.api.models import UsedNonce

NONCE_KEPT = timedelta(seconds=3 * CLOCK_TOLERANCE_SECONDS)
"""A timestamp counts until 300 s after it, and may lie 300 s ahead: longer than both together."""


@shared_task(name="api.prune_nonces", ignore_result=True)
def prune_nonces() -> int:
    """Forget the nonces whose timestamps no longer count; returns how many."""
    deleted, _rows = UsedNonce.objects.filter(seen_at__lt=clock.now() - NONCE_KEPT).delete()
    return deleted
