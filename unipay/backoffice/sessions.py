"""How long a log-in lasts: until nothing was done for a while, until its hours are over, or until it is ended."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase

from unipay.backoffice.account_events import note
from unipay.backoffice.models import Account, AccountEventKind
from unipay.backoffice.standing import forget_standing, standing_of

BEGAN, SEEN = "unipay_began", "unipay_seen"
# The moment of the last request is written down no oftener than this, and so known within a tenth at worst.
WRITTEN_EVERY = timedelta(minutes=1)


def begin(session: SessionBase, *, now: datetime) -> None:
    """Start the clocks: somebody has just given the password."""
    session[BEGAN] = session[SEEN] = now.timestamp()


def is_over(session: SessionBase, user: Any, *, now: datetime) -> bool:
    """Tell whether the log-in has ended, and wind its clock if it has not."""
    moment = now.timestamp()
    if BEGAN not in session:
        begin(session, now=now)
    began, seen = float(session[BEGAN]), float(session.get(SEEN, 0))
    idle = settings.UNIPAY_IDLE_MINUTES * 60
    since = standing_of(user).sessions_since
    if moment - seen > idle or moment - began > settings.UNIPAY_LOGIN_HOURS * 3600:
        return True
    if since is not None and began < since.timestamp():
        return True
    if moment - seen > min(WRITTEN_EVERY.total_seconds(), idle / 10):
        session[SEEN] = moment
    return False


def end_all(user: User, *, by: User, now: datetime) -> None:
    """End every session of the person that began until now, wherever it is."""
    Account.objects.update_or_create(user=user, defaults={"sessions_since": now})
    forget_standing(user)
    note(user, AccountEventKind.SESSIONS_ENDED, by=by, now=now)
