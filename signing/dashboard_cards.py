"""What signing shows on the overview: the cases that need somebody now, and what the days brought."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from signing import overview
from signing.states import UNDECIDED, CaseState
from unipay.backoffice.bounded import bounded_counts
from unipay.backoffice.dashboard import Card, Section, Source, Tone, Viewer, list_address, register

_CASES = "signing.manualcase"


def cases(viewer: Viewer) -> Iterator[Card]:
    """The cases that are overdue, nobody's, and the viewer's own."""
    undecided = viewer.rows(_CASES).filter(state__in=UNDECIDED)
    counted = bounded_counts(
        overdue=undecided.filter(state=CaseState.OPEN, due_at__lt=viewer.now),
        nobodys=undecided.filter(owner=None),
        mine=undecided.filter(owner=viewer.request.user.pk),
    )
    yield Card(
        title=_("Cases overdue"),
        figure=counted["overdue"],
        link=list_address(_CASES, due="overdue"),
        tone=Tone.DANGER if counted["overdue"] else Tone.OK,
        order=100,
        icon="alarm",
    )
    yield Card(
        title=_("Cases nobody has taken"),
        figure=counted["nobodys"],
        link=list_address(_CASES, owner="nobody"),
        tone=Tone.WARNING if counted["nobodys"] else Tone.OK,
        order=110,
        icon="person_off",
    )
    yield Card(
        title=_("My cases"),
        figure=counted["mine"],
        link=list_address(_CASES, owner="me"),
        tone=Tone.NOTICE if counted["mine"] else Tone.OK,
        order=90,
        icon="gavel",
    )


register(Source("cases", _("Manual cases"), Section.NOW, _CASES, cases))
register(Source("signings", _("Contracts signed"), Section.TODAY, overview.JOURNAL, overview.signings))
register(Source("sessions", _("Sessions opened"), Section.TODAY, overview.SESSIONS, overview.sessions))
register(Source("bank channel", _("Bank channel"), Section.TODAY, overview.CONTRACTS, overview.bank_channel))
register(Source("refusals", _("Requests refused"), Section.TODAY, overview.REQUESTS, overview.refusals))
register(
    Source(
        "signing trend", _("Contracts signed"), Section.FORTNIGHT, overview.JOURNAL, overview.signing_trend
    )
)
register(
    Source(
        "session trend", _("Sessions opened"), Section.FORTNIGHT, overview.SESSIONS, overview.session_trend
    )
)
register(
    Source(
        "refusal trend", _("Requests refused"), Section.FORTNIGHT, overview.REQUESTS, overview.refusal_trend
    )
)
