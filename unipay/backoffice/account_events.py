"""The record of what happens to accounts: kept, logged, and told to the person when somebody else did it."""

from collections.abc import Iterable
from datetime import datetime

import structlog
from django.contrib.auth.models import User
from django.db.models import F

from unipay.backoffice.models import Account, AccountEvent, AccountEventKind

LATEST = 20

log = structlog.get_logger(__name__)


def note(user: User, kind: AccountEventKind, *, by: User, now: datetime, detail: str = "") -> AccountEvent:
    """Keep and log one event of the account."""
    event = AccountEvent.objects.create(user=user, kind=kind, by=by, detail=detail[:300], at=now)
    log.warning("account_event", kind=kind.value, account=user.pk, by=by.pk, detail=event.detail)
    return event


def latest_events(user: User) -> Iterable[AccountEvent]:
    """Return the latest events of the account, newest first."""
    return AccountEvent.objects.filter(user=user).select_related("by").order_by("-id")[:LATEST]


def take_news(user: User, *, now: datetime) -> list[AccountEvent]:
    """Return what others did to the account since the person last logged in, once."""
    account, _is_new = Account.objects.get_or_create(user=user)
    events = AccountEvent.objects.filter(user=user).exclude(by_id=F("user_id")).select_related("by")
    if account.events_seen_at is not None:
        events = events.filter(at__gt=account.events_seen_at)
    news = list(events.order_by("-id")[:LATEST])
    Account.objects.filter(pk=account.pk).update(events_seen_at=now)
    return news
