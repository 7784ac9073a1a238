"""What files show on the overview: what is missing or late, what waits for people, what no partner has answered."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from unipay.backoffice.bounded import bounded_counts
from unipay.backoffice.dashboard import Card, Section, Source, Tone, Viewer, list_address, register
from unipay.exchange.models import DirectoryUse, ExpectedState, ReceivedState, SentState

UNANSWERED_AFTER = timedelta(hours=24)
RECENTLY = timedelta(days=7)
_EXPECTED, _RECEIVED, _SENT = "exchange.expectedfile", "exchange.receivedfile", "exchange.sentfile"
_DIRECTORIES = "exchange.directory"


def expected(viewer: Viewer) -> Iterator[Card]:
    """The files that should have come."""
    rows = viewer.rows(_EXPECTED)
    counted = bounded_counts(
        missing=rows.filter(state=ExpectedState.MISSING),
        undeclared=rows.filter(state=ExpectedState.UNDECLARED),
        late=rows.filter(state=ExpectedState.LATE, due_at__gt=viewer.now - RECENTLY),
    )
    yield Card(
        title=_("Files missing"),
        figure=counted["missing"],
        link=list_address(_EXPECTED, state__exact=ExpectedState.MISSING),
        tone=Tone.DANGER if counted["missing"] else Tone.OK,
        order=200,
        note=_("Without them nothing is compared for their day.") if counted["missing"] else "",
        icon="event_busy",
    )
    yield Card(
        title=_("Files empty without a word"),
        figure=counted["undeclared"],
        link=list_address(_EXPECTED, state__exact=ExpectedState.UNDECLARED),
        tone=Tone.WARNING if counted["undeclared"] else Tone.OK,
        order=210,
        note=_("Ask the partner whether there is really nothing.") if counted["undeclared"] else "",
        icon="question_mark",
    )
    yield Card(
        title=_("Files late in 7 days"),
        figure=counted["late"],
        link=list_address(_EXPECTED, state__exact=ExpectedState.LATE),
        tone=Tone.NOTICE if counted["late"] else Tone.OK,
        order=930,
        icon="schedule",
    )


def received(viewer: Viewer) -> Iterator[Card]:
    """The files that wait for people, and those that could not be taken."""
    rows, since = viewer.rows(_RECEIVED), viewer.now - RECENTLY
    counted = bounded_counts(
        waiting=rows.filter(state=ReceivedState.CHECKED),
        refused=rows.filter(state=ReceivedState.REFUSED, received_at__gt=since),
        quarantined=rows.filter(state=ReceivedState.QUARANTINED, received_at__gt=since),
    )
    yield Card(
        title=_("Files with faults to decide on"),
        figure=counted["waiting"],
        link=list_address(_RECEIVED, state__exact=ReceivedState.CHECKED),
        tone=Tone.WARNING if counted["waiting"] else Tone.OK,
        order=190,
        icon="rule",
    )
    yield Card(
        title=_("Files in quarantine, in 7 days"),
        figure=counted["quarantined"],
        link=list_address(_RECEIVED, state__exact=ReceivedState.QUARANTINED),
        tone=Tone.DANGER if counted["quarantined"] else Tone.OK,
        order=220,
        note=_("They could not be opened: ask for them again.") if counted["quarantined"] else "",
        icon="coronavirus",
    )
    yield Card(
        title=_("Files refused in 7 days"),
        figure=counted["refused"],
        link=list_address(_RECEIVED, state__exact=ReceivedState.REFUSED),
        tone=Tone.NOTICE if counted["refused"] else Tone.OK,
        order=230,
        icon="block",
    )


def sent(viewer: Viewer) -> Iterator[Card]:
    """Our files that no partner has answered, and those to be handed over."""
    rows = viewer.rows(_SENT)
    counted = bounded_counts(
        unanswered=rows.filter(state=SentState.DELIVERED, delivered_at__lte=viewer.now - UNANSWERED_AFTER),
        stuck=rows.filter(state=SentState.READY).exclude(last_error=""),
    )
    yield Card(
        title=_("Our files unanswered for a day"),
        figure=counted["unanswered"],
        link=list_address(_SENT, state__exact=SentState.DELIVERED),
        tone=Tone.WARNING if counted["unanswered"] else Tone.OK,
        order=240,
        icon="mark_email_unread",
    )
    yield Card(
        title=_("Our files that cannot be delivered"),
        figure=counted["stuck"],
        link=list_address(_SENT, state__exact=SentState.READY),
        tone=Tone.DANGER if counted["stuck"] else Tone.OK,
        order=225,
        icon="folder_off",
    )


def directories(viewer: Viewer) -> Iterator[Card]:
    """The places we cannot look into."""
    failing = (
        viewer.rows(_DIRECTORIES).filter(is_active=True, use=DirectoryUse.PICK_UP).exclude(last_error="")
    )
    count = bounded_counts(failing=failing)["failing"]
    yield Card(
        title=_("Directories that fail"),
        figure=count,
        link=list_address(_DIRECTORIES, is_active__exact=1),
        tone=Tone.WARNING if count else Tone.OK,
        order=250,
        icon="folder_off",
    )


register(Source("expected files", _("Expected files"), Section.NOW, _EXPECTED, expected))
register(Source("received files", _("Received files"), Section.NOW, _RECEIVED, received))
register(Source("sent files", _("Sent files"), Section.NOW, _SENT, sent))
register(Source("directories", _("Directories"), Section.NOW, _DIRECTORIES, directories))
