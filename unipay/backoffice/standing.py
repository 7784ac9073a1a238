"""How somebody stands at this moment: what the login still lacks, and whether the glass is broken.

Asked on every request of the back office, so it is one query, kept on the user's instance.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, Subquery

from unipay import clock
from unipay.backoffice.account_events import news
from unipay.backoffice.models import Authenticator, BreakGlass

_KEPT = "_standing"


@dataclass(frozen=True)
class Standing:
    """`break_glass_no` is empty unless the person holds the administrator's rights until `break_glass_ends_at`."""

    has_second_factor: bool = False
    must_change_password: bool = False
    sessions_since: datetime | None = None
    has_news: bool = False
    break_glass_no: str = ""
    break_glass_ends_at: datetime | None = None


def standing_of(user: Any) -> Standing:
    """Return how the person stands, as it was when first asked of this instance."""
    if user.pk is None:
        return Standing()
    if not hasattr(user, _KEPT):
        setattr(user, _KEPT, _asked(user.pk, clock.now()))
    kept: Standing = getattr(user, _KEPT)
    return kept


def forget_standing(user: Any) -> None:
    """Ask anew next time: something about the person has just changed."""
    user.__dict__.pop(_KEPT, None)
    for cache in ("_perm_cache", "_user_perm_cache", "_group_perm_cache", "_break_glass_rights"):
        user.__dict__.pop(cache, None)


def own_rights(user: Any) -> set[str]:
    """Return the person's rights without those that a break-glass lends."""
    return set(ModelBackend().get_all_permissions(user))


def live_break_glass(now: datetime) -> Q:
    """Return the condition under which a break-glass lends its rights."""
    return Q(ends_at__gt=now, end=None)


def _asked(user_id: int, now: datetime) -> Standing:
    live = BreakGlass.objects.filter(live_break_glass(now), person_id=OuterRef("pk")).order_by("-ends_at")
    row = (
        User.objects.filter(pk=user_id)
        .values_list(
            Exists(Authenticator.objects.filter(user_id=OuterRef("pk"), confirmed=True)),
            "account__must_change_password",
            "account__sessions_since",
            Exists(news(OuterRef("pk"), OuterRef("account__events_seen_at"))),
            Subquery(live.values("break_glass_no")[:1]),
            Subquery(live.values("ends_at")[:1]),
        )
        .first()
    )
    if row is None:
        return Standing()
    has_second_factor, must_change, since, has_news, break_glass_no, ends_at = row
    return Standing(has_second_factor, bool(must_change), since, has_news, break_glass_no or "", ends_at)
