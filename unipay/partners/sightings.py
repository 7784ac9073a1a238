"""Codes partners said that nobody has mapped: noted when they are seen, until somebody gives them a meaning."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from unipay.partners.models import Partner, ResultCode, UnmappedCode

MOST_PER_PARTNER = 200

# Never waits: whoever sees the same code at the same moment leaves the noting to the other, so that no flow can be
# held up, or held in a circle, by a remark. A partner that makes codes up fills no table.
_NOTE = """
    INSERT INTO partners_unmappedcode AS seen
        (partner_id, direction, operation, code, times, first_seen_at, last_seen_at)
    SELECT %(partner_id)s, %(direction)s, %(operation)s, %(code)s, 1, %(now)s, %(now)s
    WHERE pg_try_advisory_xact_lock(hashtextextended(%(name)s, 0))
    AND (SELECT count(*) FROM partners_unmappedcode known WHERE known.partner_id = %(partner_id)s) < %(most)s
    ON CONFLICT (partner_id, direction, operation, code)
    DO UPDATE SET times = seen.times + 1, last_seen_at = EXCLUDED.last_seen_at
"""


def note(partner: Partner, *, direction: str, operation: str, code: str, now: datetime) -> None:
    """Note that the partner said the code; at most MOST_PER_PARTNER different ones are kept for each partner."""
    name = f"unmapped:{partner.pk}:{direction}:{operation}:{code[:32]}"
    given: dict[str, Any] = {"partner_id": partner.pk, "direction": direction, "operation": operation}
    given |= {"code": code[:32], "now": now, "most": MOST_PER_PARTNER, "name": name}
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, given)


def unmapped() -> QuerySet[UnmappedCode]:
    """Return the codes that still have no meaning, the latest seen first."""
    meaning = ResultCode.objects.filter(
        Q(partner=OuterRef("partner")) | Q(partner=None),
        Q(operation=OuterRef("operation")) | Q(operation=""),
        kind=OuterRef("partner__kind"),
        direction=OuterRef("direction"),
        code=OuterRef("code"),
    )
    seen = UnmappedCode.objects.filter(~Exists(meaning)).select_related("partner")
    return seen.annotate(kind=F("partner__kind")).order_by("-last_seen_at")
