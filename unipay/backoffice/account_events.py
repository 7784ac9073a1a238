"""The record of what happens to accounts: kept, logged, and told to the person when somebody else did it.

News stays until its owner says it was read: an impostor's log-in does not make it disappear.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.db.models import QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from unipay.backoffice.models import Account, AccountEvent, AccountEventKind

LATEST = 20
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger(__name__)


def note(user: User, kind: AccountEventKind, *, by: User, now: datetime, detail: str = "") -> AccountEvent:
    """Keep and log one event of the account."""
    event = AccountEvent.objects.create(user=user, kind=kind, by=by, detail=detail[:300], at=now)
    log.warning("account_event", kind=kind.value, account=user.pk, by=by.pk, detail=event.detail)
    return event


def latest_events(user: User) -> Iterable[AccountEvent]:
    """Return the latest events of the account, newest first."""
    return AccountEvent.objects.filter(user=user).select_related("by").order_by("-id")[:LATEST]


def news(user_id: Any, seen_at: Any) -> QuerySet[AccountEvent]:
    """Return what others did to the account after its owner last said that the news was read, newest first."""
    since = Coalesce(seen_at, Value(_LONG_AGO))
    return AccountEvent.objects.filter(user_id=user_id, at__gt=since).exclude(by_id=user_id).order_by("-id")


def news_of(user: User) -> Iterable[AccountEvent]:
    """Return the latest news of the account."""
    seen_at = Account.objects.filter(user=user).values("events_seen_at")
    return news(user.pk, Subquery(seen_at)).select_related("by")[:LATEST]


def read_news(user: User, event_id: int) -> None:
    """Note that the owner has read the news up to this event; what happened since is still news."""
    event = AccountEvent.objects.filter(user=user, pk=event_id).first()
    if event is not None:
        Account.objects.update_or_create(user=user, defaults={"events_seen_at": event.at})
