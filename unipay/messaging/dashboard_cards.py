"""What the overview shows of messages: what was given up or refused, how late delivery is, whom it cannot reach."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unipay.backoffice.bounded import bounded_counts
from unipay.backoffice.dashboard import Card, Section, Source, Tone, Viewer, list_address, named, register
from unipay.errors import Text
from unipay.messaging.ladder import FAILURES_BEFORE_REST
from unipay.messaging.models import Line, MessageState
from unipay.messaging.queries import outbox_lag_seconds
from unipay.messaging.slowness import SlowPartner, slow_partners

LATE = timedelta(minutes=2)
_MESSAGES, _LINES = "messaging.outboundmessage", "messaging.line"


def messages(viewer: Viewer) -> Iterator[Card]:
    """What delivery gave up, what partners refused, and what still waits."""
    rows = viewer.rows(_MESSAGES)
    counted = bounded_counts(**{state: rows.filter(state=state) for state in ("DEAD", "REFUSED", "PENDING")})
    yield _by_state(_("Messages given up"), MessageState.DEAD, counted["DEAD"], Tone.DANGER, 200)
    yield _by_state(
        _("Messages partners refused"), MessageState.REFUSED, counted["REFUSED"], Tone.WARNING, 210
    )
    lag = outbox_lag_seconds(now=viewer.now)
    yield Card(
        title=_("Messages waiting for delivery"),
        figure=counted["PENDING"],
        link=list_address(_MESSAGES, state__exact=MessageState.PENDING),
        tone=Tone.DANGER if lag > LATE.total_seconds() else Tone.OK,
        order=220,
        note=_("The latest is %(seconds)d s late.") % {"seconds": lag} if lag >= 1 else _("None is late."),
        icon="schedule_send",
    )


def lines(viewer: Viewer) -> Iterator[Card]:
    """Which partners cannot be reached, and which answer slowly."""
    slow = {each.partner_id: each for each in slow_partners(now=viewer.now)}
    failing = Q(failures__gte=FAILURES_BEFORE_REST)
    found = list(viewer.rows(_LINES).filter(failing | Q(partner__in=list(slow))).select_related("partner"))
    down = [each.partner.title for each in found if each.failures >= FAILURES_BEFORE_REST]
    yield _by_condition(_("Partners that cannot be reached"), "failing", down, Tone.DANGER, 300)
    late = [_slowly(each, slow[each.partner_id]) for each in found if each.partner_id in slow]
    yield _by_condition(_("Partners that answer slowly"), "slow", late, Tone.WARNING, 305)


def _by_state(title: Text, state: MessageState, count: int, tone: Tone, order: int) -> Card:
    link = list_address(_MESSAGES, state__exact=state)
    icon = "mail_off" if tone is Tone.DANGER else "block"
    return Card(title, count, link, tone=tone if count else Tone.OK, order=order, icon=icon)


def _by_condition(title: Text, condition: str, names: list[str], tone: Tone, order: int) -> Card:
    return Card(
        title,
        len(names),
        list_address(_LINES, condition=condition),
        tone=tone if names else Tone.OK,
        order=order,
        note=named(names),
        icon="cloud_off" if tone is Tone.DANGER else "hourglass_bottom",
    )


def _slowly(line: Line, slow: SlowPartner) -> str:
    return f"{line.partner.title} {slow.p95_ms / 1000:.1f} s"


register(Source("messages", _("Messages"), Section.NOW, _MESSAGES, messages))
register(Source("lines", _("Lines to partners"), Section.NOW, _LINES, lines))
