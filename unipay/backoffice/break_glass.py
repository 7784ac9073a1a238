"""Break-glass: somebody with the right takes the administrator's rights for half an hour, and everybody hears of it.

What is done meanwhile carries the number of the break-glass in the history. Rules that keep people apart hold on:
nobody approves an own proposal, changes the rules of who must agree, makes accounts, gives roles, changes the own
rights, or gets at the account of somebody who may do more (unipay.backoffice.authority).
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import Permission, User
from django.utils.crypto import get_random_string
from prometheus_client import Counter

from unipay.backoffice.account_events import note
from unipay.backoffice.models import AccountEventKind, BreakGlass, BreakGlassEnd
from unipay.backoffice.roles import ADMINISTRATOR
from unipay.backoffice.standing import forget_standing, live_break_glass, own_rights, standing_of
from unipay.clock import business_date

RIGHT = "backoffice.break_glass"
LASTS = timedelta(minutes=30)

# With these one person could be maker and checker, and stay so when the half hour is over.
NEVER_LENT = frozenset(
    {
        "approvals.add_approvalrule",
        "approvals.change_approvalrule",
        "approvals.delete_approvalrule",
        "auth.add_user",
        "backoffice.assign_roles",
    }
)

BROKEN = Counter("unipay_break_glass", "Times that somebody took the administrator's rights in an emergency.")

log = structlog.get_logger(__name__)

_KEPT = "_break_glass_rights"


def start(user: User, *, reason: str, ip_address: str | None, now: datetime) -> BreakGlass:
    """Lend the administrator's rights until LASTS from now, and raise the alarm."""
    number = f"BG{business_date(now):%Y%m%d}-{get_random_string(6, '0123456789')}"
    row = BreakGlass.objects.create(
        break_glass_no=number,
        person=user,
        reason=reason,
        started_at=now,
        ends_at=now + LASTS,
        ip_address=ip_address,
    )
    forget_standing(user)
    BROKEN.inc()
    log.critical("break_glass_started", break_glass_no=number, user=user.pk, reason=reason)
    return row


def end(user: User, *, by: User, now: datetime) -> int:
    """End what the person has broken, before its time; return how many ended. A colleague's hand is noted."""
    live = list(BreakGlass.objects.filter(live_break_glass(now), person=user))
    BreakGlassEnd.objects.bulk_create(
        [BreakGlassEnd(break_glass=row, at=now) for row in live], ignore_conflicts=True
    )
    forget_standing(user)
    for row in live:
        log.critical("break_glass_ended", break_glass_no=row.break_glass_no, user=user.pk, by=by.pk)
        if by.pk != user.pk:
            note(user, AccountEventKind.BREAK_GLASS_ENDED, by=by, now=now, detail=row.break_glass_no)
    return len(live)


class BreakGlassBackend(BaseBackend):
    """Lends the rights of the administrator's role to whoever has a live break-glass and still the right to it."""

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return what is lent, for the rights of no single row."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if not standing_of(user_obj).break_glass_no or RIGHT not in own_rights(user_obj):
            return set()
        if not hasattr(user_obj, _KEPT):
            setattr(user_obj, _KEPT, _administrators_rights())
        lent: set[str] = getattr(user_obj, _KEPT)
        return lent

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Tell whether anything of the app is lent."""
        return any(right.startswith(f"{app_label}.") for right in self.get_group_permissions(user_obj))


def _administrators_rights() -> set[str]:
    found = Permission.objects.filter(group__name=ADMINISTRATOR)
    pairs = found.values_list("content_type__app_label", "codename")
    return {f"{label}.{codename}" for label, codename in pairs} - NEVER_LENT
