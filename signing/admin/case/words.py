"""How the pages of cases write times, people and waiting."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unipay import clock

NOTHING = "—"


def moment(at: datetime | str | None) -> str:
    """Write a moment to the minute in business time; RFC 3339 text is read first."""
    if not at:
        return NOTHING
    return f"{localtime(_read(at), clock.BUSINESS_ZONE):%Y-%m-%d %H:%M}"


def exact_moment(at: datetime | str | None) -> str:
    """Write a moment to the second in business time."""
    if not at:
        return NOTHING
    return f"{localtime(_read(at), clock.BUSINESS_ZONE):%Y-%m-%d %H:%M:%S}"


def person_name(person: Any) -> str:
    """Write a person's full name, else the log-in; Unipay itself where there was nobody."""
    if person is None:
        return _("Unipay itself")
    return str(person.get_full_name() or person.get_username())


def time_left(due_at: datetime, now: datetime) -> str:
    """Write how long is left until something is due, or for how long it has been overdue."""
    if due_at < now:
        return _("overdue by %(span)s") % {"span": span(now - due_at)}
    return _("%(span)s left") % {"span": span(due_at - now)}


def span(length: timedelta) -> str:
    """Write a length of time in its largest whole unit: days, hours or minutes."""
    minutes = int(length.total_seconds() // 60)
    if minutes >= 48 * 60:
        return ngettext("%(count)d day", "%(count)d days", minutes // 1440) % {"count": minutes // 1440}
    if minutes >= 60:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def _read(at: datetime | str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at
