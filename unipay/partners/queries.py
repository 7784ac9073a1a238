"""Questions about partners: who they are, whether they take business, where a number is at home, what a code means."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db.models import F, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from prometheus_client import Counter

from unipay import clock
from unipay.errors import Finality
from unipay.msisdn import home_prefixes
from unipay.partners import sightings
from unipay.partners.kinds import Direction, PartnerKind, PartnerStatus
from unipay.partners.models import NumberSegment, Partner, PortedNumber, ResultCode

UNMAPPED_CODES = Counter(
    "unipay_unmapped_result_codes",
    "Result codes of partners that nobody has given a meaning yet.",
    ["partner", "direction", "operation"],
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Meaning:
    """What a partner's code means to us; `is_mapped` False: nobody has said so yet, and it is UNKNOWN."""

    reason_code: str
    finality: Finality
    is_mapped: bool = True


def partner_by_code(code: str) -> Partner | None:
    """Return the partner of that code, whatever its kind and status, or None."""
    return Partner.objects.filter(code=code).first()


def home_province(msisdn: str) -> Partner | None:
    """Return the province the number is at home in: where it was ported, else by its longest segment.

    None when no segment covers it; raises ValueError for what is not a mobile number.
    """
    ported = PortedNumber.objects.filter(msisdn=msisdn)
    # All of these begin one number, so the longest also sorts last.
    segments = NumberSegment.objects.filter(prefix__in=home_prefixes(msisdn)).order_by("-prefix")
    nearest = Coalesce(Subquery(ported.values("province_id")), Subquery(segments.values("province_id")[:1]))
    return Partner.objects.filter(pk=nearest).first()


def open_banks(now: datetime) -> QuerySet[Partner]:
    """Return the banks that take new signings at `now`, by code: open, real, and not in a maintenance window."""
    return (
        Partner.objects.filter(kind=PartnerKind.BANK, status=PartnerStatus.OPEN, is_virtual=False)
        .exclude(maintenance_windows__period__contains=now)
        .order_by("code")
    )


def takes_new_business(partner: Partner, now: datetime) -> bool:
    """Tell whether the partner takes new business at `now`; what stands may be ended even when it does not."""
    return partner.status == PartnerStatus.OPEN and partner.closed_until(now) is None


def meaning(partner: Partner, direction: str, operation: str, code: str) -> Meaning:
    """Return what the code means: the partner's own row before its kind's, the operation's before the general one.

    A code nobody has mapped is UNKNOWN and raises an alarm (log event and metric).
    """
    row = result_code_row(partner, direction, operation, code)
    if row is not None:
        return Meaning(row.reason_code, Finality(row.finality))
    _raise_alarm(partner, direction=direction, operation=operation, code=code)
    return Meaning("", Finality.UNKNOWN, is_mapped=False)


def result_code_row(partner: Partner, direction: str, operation: str, code: str) -> ResultCode | None:
    """Return the row that gives the code its meaning, or None, without an alarm."""
    return (
        ResultCode.objects.filter(
            Q(partner=partner) | Q(partner=None),
            kind=partner.kind,
            direction=direction,
            operation__in=[operation, ""],
            code=code,
        )
        .order_by(F("partner").asc(nulls_last=True), "-operation")
        .first()
    )


def _raise_alarm(partner: Partner, *, direction: str, operation: str, code: str) -> None:
    UNMAPPED_CODES.labels(partner.code, Direction(direction).value, operation).inc()
    log.warning(
        "unmapped_result_code",
        partner=partner.code,
        direction=str(direction),
        operation=operation,
        code=code[:64],
    )
    sightings.note(
        partner, direction=Direction(direction).value, operation=operation, code=code, now=clock.now()
    )
