"""What the overview shows of the counted days: today's signings by bank and channel, refusals by reason, the way from a
session or a bank's request to a formal contract, and the trend of a fortnight."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from signing import figures
from signing.figures import Day, Freshness
from signing.models import Measure
from signing.models.daily_figure import FORMAL as FORMAL_CONTRACT
from signing.states import FORMAL, Channel, ContractState, EndReason, SessionState
from unipay import clock
from unipay.backoffice.dashboard import (
    Card,
    Chart,
    Funnel,
    Remark,
    Series,
    Shown,
    Step,
    Tone,
    Viewer,
    list_address,
)
from unipay.errors import CATALOGUE

CONTRACTS, SESSIONS = "signing.contract", "signing.signingsession"
JOURNAL, REQUESTS = "signing.signingtransaction", "messaging.inboundrequest"
_MOST_REASONS = 8


def signings(viewer: Viewer) -> Iterator[Shown]:
    """How many contracts became formal and ended today, and the former by bank and channel."""
    day = _today(viewer)
    yield _as_of(viewer)
    yield _journal_card(viewer, Measure.SIGNED, _("Contracts signed"), order=10, icon="signature")
    yield _journal_card(viewer, Measure.TERMINATED, _("Contracts ended"), order=20, icon="contract_delete")
    by_bank = day.by_bank(Measure.SIGNED)
    titles = figures.bank_titles(by_bank)
    banks = sorted(by_bank, key=lambda bank_id: -by_bank[bank_id].total())
    channels = [each for each in Channel if any(by_bank[bank_id][each] for bank_id in banks)]
    yield Chart(
        title=_("Contracts signed by bank and channel"),
        labels=tuple(titles[bank_id] for bank_id in banks),
        series=tuple(
            Series(
                channel.label,
                tuple(by_bank[bank_id][channel] for bank_id in banks),
                tuple(
                    _journal(day.day, Measure.SIGNED, bank__id__exact=bank_id, channel=channel)
                    for bank_id in banks
                ),
            )
            for channel in channels
        ),
        empty=_("No contract has been signed today."),
        order=100,
    )


def sessions(viewer: Viewer) -> Iterator[Shown]:
    """How far the subscribers came whom halls sent to sign today."""
    day = _today(viewer)
    opened, states = day.total(Measure.SESSION), day.by_detail(Measure.SESSION)
    completed = states[SessionState.COMPLETED] + states[FORMAL_CONTRACT]
    yield _as_of(viewer)
    yield Card(
        title=_("Sessions opened"),
        figure=opened,
        link=_sessions(day.day),
        tone=Tone.NOTICE,
        order=30,
        note=_("%(share)d %% of them completed") % {"share": 100 * completed // opened} if opened else "",
        icon="tab_move",
    )
    yield Funnel(
        title=_("Carrier channel: from the hall to a contract"),
        steps=(
            Step(_("sessions opened"), opened, _sessions(day.day)),
            Step(
                _("consented, sent to the bank"),
                day.total(Measure.CONSENTED),
                _sessions(day.day, consented="yes"),
            ),
            Step(_("signed at the bank"), completed, _sessions(day.day, state__exact=SessionState.COMPLETED)),
            Step(_("formal contracts"), states[FORMAL_CONTRACT], _sessions(day.day, formal="yes")),
        ),
        lost=tuple(_not_completed(day.day, states)),
        empty=_("No hall has sent a subscriber to sign today."),
        order=110,
    )


def _not_completed(day: date, states: Counter[str]) -> Iterator[Step]:
    for state in SessionState:
        if state != SessionState.COMPLETED:
            yield Step(state.label, states[state], _sessions(day, state__exact=state))
    clashes = _sessions(day, state__exact=SessionState.COMPLETED, formal="no")
    yield Step(ContractState.CONTESTED.label, states[SessionState.COMPLETED], clashes)


def bank_channel(viewer: Viewer) -> Iterator[Shown]:
    """What became of what banks asked today."""
    day = _today(viewer)
    opened = day.by_detail(Measure.OPENED)
    asked_at = _requests(viewer, day.day, asked="signings.create")
    formal = sum(opened[state] for state in (*FORMAL, ContractState.TERMINATED))
    yield _as_of(viewer)
    yield Funnel(
        title=_("Bank channel: from the request to a contract"),
        steps=(
            Step(_("requests to sign"), day.total(Measure.ASKED), asked_at),
            Step(_("provisional contracts"), opened.total(), _contracts(day.day)),
            Step(_("formal contracts"), formal, _contracts(day.day, outcome="formal")),
        ),
        lost=tuple(_not_formal(day.day, opened)),
        empty=_("No bank has asked to sign today."),
        order=120,
    )


def _not_formal(day: date, opened: Counter[str]) -> Iterator[Step]:
    for state, title in (
        (ContractState.PROVISIONAL, _("waiting for the bank")),
        (ContractState.CONTESTED, ContractState.CONTESTED.label),
    ):
        yield Step(title, opened[state], _contracts(day, state__exact=state))
    for reason in EndReason:
        yield Step(reason.label, opened[reason], _contracts(day, outcome=reason))


def refusals(viewer: Viewer) -> Iterator[Shown]:
    """What partners were refused today, by reason."""
    day = _today(viewer)
    reasons = day.by_detail(Measure.REFUSED)
    most = [code for code, _count in reasons.most_common(_MOST_REASONS)]
    yield _as_of(viewer)
    yield Card(
        title=_("Requests refused"),
        figure=reasons.total(),
        link=_refused(viewer, day.day),
        tone=Tone.NOTICE,
        order=40,
        note=_yesterday(viewer, Measure.REFUSED),
        icon="do_not_disturb_on",
    )
    yield Chart(
        title=_("Refusals by reason"),
        labels=tuple(_reason(code) for code in most),
        series=(
            Series(
                _("requests refused"),
                tuple(reasons[code] for code in most),
                tuple(_refused(viewer, day.day, code) for code in most),
            ),
        ),
        empty=_("Nothing has been refused today."),
        is_list=True,
        order=130,
    )


def _reason(code: str) -> str:
    return str(CATALOGUE[code].title).rstrip(".。") if code in CATALOGUE else code


def signing_trend(viewer: Viewer) -> Iterator[Shown]:
    """Contracts signed and ended on each day of a fortnight."""
    signed = _line(viewer, Measure.SIGNED, _("signed"), lambda day: _journal(day, Measure.SIGNED))
    ended = _line(viewer, Measure.TERMINATED, _("ended"), lambda day: _journal(day, Measure.TERMINATED))
    yield _trend(viewer, _("Contracts signed and ended"), signed, ended, order=10)


def session_trend(viewer: Viewer) -> Iterator[Shown]:
    """Sessions opened on each day of a fortnight."""
    opened = _line(viewer, Measure.SESSION, _("sessions opened"), _sessions)
    yield _trend(viewer, _("Sessions opened"), opened, order=20)


def refusal_trend(viewer: Viewer) -> Iterator[Shown]:
    """Requests refused on each day of a fortnight."""
    refused = _line(viewer, Measure.REFUSED, _("requests refused"), partial(_refused, viewer))
    yield _trend(viewer, _("Requests refused"), refused, order=30)


def _trend(viewer: Viewer, title: str, *series: Series, order: int) -> Chart:
    labels = tuple(f"{day:%m-%d}" for day in _days(viewer)[Measure.SIGNED])
    return Chart(
        title, labels, series, _("Nothing happened in these fourteen days."), is_line=True, order=order
    )


def _line(viewer: Viewer, measure: Measure, name: str, link: Callable[[date], str]) -> Series:
    days = _days(viewer)[measure]
    return Series(name, tuple(days.values()), tuple(link(day) for day in days))


def _journal_card(viewer: Viewer, measure: Measure, title: str, *, order: int, icon: str) -> Card:
    day = _today(viewer)
    return Card(
        title=title,
        figure=day.total(measure),
        link=_journal(day.day, measure),
        tone=Tone.NOTICE,
        order=order,
        note=_yesterday(viewer, measure),
        icon=icon,
    )


def _today(viewer: Viewer) -> Day:
    day = clock.business_date(viewer.now)
    return viewer.once("signing.today", lambda: figures.figures_of(day, provinces=viewer.provinces))


def _days(viewer: Viewer) -> dict[Measure, dict[date, int]]:
    day = clock.business_date(viewer.now)
    return viewer.once("signing.trend", lambda: figures.trend(day, provinces=viewer.provinces))


def _yesterday(viewer: Viewer, measure: Measure) -> str:
    return _("yesterday %(count)d") % {"count": list(_days(viewer)[measure].values())[-2]}


def _as_of(viewer: Viewer) -> Remark:
    known: Freshness = viewer.once("signing.freshness", lambda: figures.freshness(viewer.now))
    if known.as_of is None:
        return Remark(
            _("Nothing has been counted yet: the first figures come within a minute."), Tone.WARNING
        )
    at = localtime(known.as_of)
    if known.is_stale:
        text = _("These figures are old: they are as of %(moment)s. The scheduled work stands still.")
        return Remark(text % {"moment": f"{at:%Y-%m-%d %H:%M}"}, Tone.WARNING)
    return Remark(_("As of %(moment)s") % {"moment": f"{at:%H:%M}"})


def _journal(day: date, kind: str, **asked: object) -> str:
    return list_address(JOURNAL, day=day, kind__exact=kind, **asked)


def _sessions(day: date, **asked: object) -> str:
    return list_address(SESSIONS, day=day, **asked)


def _contracts(day: date, **asked: object) -> str:
    return list_address(CONTRACTS, began="bank", day=day, **asked)


def _refused(viewer: Viewer, day: date, code: str = "any") -> str:
    return _requests(viewer, day, refused=code)


def _requests(viewer: Viewer, day: date, **asked: object) -> str:
    """Banks' requests are counted at the home of their number; nobody who sees one province alone may list them."""
    may_list = viewer.may_open(REQUESTS) and viewer.provinces is None
    return list_address(REQUESTS, day=day, **asked) if may_list else ""
